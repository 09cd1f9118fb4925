import { parse } from "node-html-parser";
import { createAuthenticator } from "../support/authenticator.ts";
import { scanned } from "../support/scan.ts";
import { ALICE } from "../support/sign-in.ts";
import type { World } from "../support/world.ts";
import { type Browser, hook, type Visited } from "./browser.ts";

const PASSKEYS = "/account/passkeys";

/** A passkey of alice's, who is signed in at this browser, and an operation by which she may add another. */
export async function passkeyOf(world: World, browser: Browser): Promise<{ passkey: string; operation: string }> {
  const page = await allowed(world, browser);
  const options = parse(page.answer.body).querySelector("[data-passkey]")?.getAttribute("data-passkey") ?? "";
  const credential = createAuthenticator(world.issuer).make(options);
  const { answer, url } = await browser.submit(page.url.pathname, { action: "passkey", credential });
  const passkey = /href="\/account\/passkeys\/([\w-]+)"/.exec(answer.body)?.[1];
  if (passkey === undefined) throw new Error(`no passkey: ${answer.status} ${url.pathname}`);
  const another = await allowed(world, browser);
  return { passkey, operation: another.url.pathname.split("/").at(-1) ?? "" };
}

/** The page to which a confirmed operation leads, which was asked for by this button. */
export async function allowed(world: World, browser: Browser, path = PASSKEYS, action = "add"): Promise<Visited> {
  const asked = await browser.submit(path, { action });
  const [digits, qr] = [hook(asked, "challenge"), hook(asked, "qr")];
  if (digits === undefined || qr === undefined)
    throw new Error(`nothing to confirm at ${path}: ${asked.answer.status} ${asked.url.pathname}`);
  const response = world.answer(ALICE, digits, await scanned(world, qr));
  return browser.submit(asked.url.pathname, { action: "next", response });
}
