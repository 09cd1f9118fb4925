import { ecRequest } from "../certificate/support.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import type { World } from "../support/world.ts";
import { type Browser, hook } from "./browser.ts";

/** Of a certificate that alice, who is signed in at this browser, has been given: its serial number. */
export async function certificateOf(world: World, browser: Browser): Promise<string> {
  const asked = await browser.submit("/account/certificates/new", { action: "next", csr: ecRequest().pem });
  const [digits, qr] = [hook(asked, "challenge"), hook(asked, "qr")];
  if (digits === undefined || qr === undefined)
    throw new Error(`no certificate to confirm: ${asked.answer.status} ${asked.url.pathname}`);
  const response = world.answer(ALICE, digits, await scanned(world, qr));
  const given = await browser.submit(asked.url.pathname, { action: "next", response });
  const serial = /^\/account\/certificates\/([0-9a-f]{34})$/.exec(given.url.pathname)?.[1];
  if (serial === undefined) throw new Error(`no certificate: ${given.answer.status} ${given.url.pathname}`);
  return serial;
}
