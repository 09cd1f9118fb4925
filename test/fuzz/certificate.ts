import { ecRequest } from "../certificate/support.ts";
import { ASKING, HEADER } from "../support/certificate-proxy.ts";
import { escaped, SELF } from "../support/certificates.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import type { World } from "../support/world.ts";
import { type Browser, hook } from "./browser.ts";
import type { Draft } from "./draft.ts";

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

/** With which the browser goes from this visit to the origin that asks for certificates. */
export async function ticketOf(browser: Browser, uid: string): Promise<string> {
  const away = await browser.submit(`/interaction/${uid}/certificate`, { action: "certificate" });
  const ticket = away.url.searchParams.get("ticket");
  if (ticket === null) throw new Error(`no ticket: ${away.answer.status} ${away.url.href}`);
  return ticket;
}

/** That origin alone believes what the proxy tells there. */
export function atAskingOrigin(draft: Draft): void {
  draft.headers = draft.headers.map(([name, value]) => [name, name === "Host" ? new URL(ASKING).host : value]);
  draft.headers.push([HEADER, escaped(SELF)]);
}
