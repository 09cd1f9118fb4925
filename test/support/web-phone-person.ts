import type { Browser } from "playwright-core";
import { prove } from "./newcomer.ts";
import { createRelyingParty } from "./relying-party.ts";
import type { Page, Visitor } from "./visitor.ts";
import { createVisitor } from "./visitor.ts";
import { type WebPhone, type WebPhoneWay, webPhone } from "./web-phone.ts";
import { SHOP, type World } from "./world.ts";

export const DORA = { email: "dora@example.com", phone: "+447700900321" };
export const EDWARD = { email: "edward@example.com", phone: "+447700900322" };

/** Somebody new whose one device is the web client, and whose browser stands on the page that says so. */
export async function personWithWebPhone(world: World, browser: Browser, options: WebPhoneWay = {}): Promise<WebPhone> {
  const phone = await webPhone(browser, options);
  await phone.open(`${world.issuer}/phone`);
  await join(world, phone, DORA);
  return phone;
}

/** Registers, and connects the client, which stands on its first screen or on that which asks for an activation code. */
export async function join(world: World, phone: WebPhone, who: typeof DORA): Promise<void> {
  const visitor = createVisitor(world.issuer);
  const code = await prove(world, visitor, who);
  await phone.connect({ email: who.email, code: code.activation });
  await firstResponse(phone, visitor, code);
  await phone.at(phone.w.answer.active);
  await phone.done();
}

/** From the screen that asks for the first check number; the page then is the last of the enrolment. */
export async function firstResponse(phone: WebPhone, visitor: Visitor, page: Page): Promise<Page> {
  const first = await visitor.submit(page, "answered");
  const response = await phone.respond("activate", first.challenge);
  return visitor.submit(first, "next", { response });
}

/** A sign-in as far as the page with the check number. */
export async function asked(world: World, email = DORA.email): Promise<{ visitor: Visitor; page: Page }> {
  const shop = await createRelyingParty(world.issuer, SHOP);
  const visitor = createVisitor(world.issuer);
  const identifier = await visitor.open((await shop.begin({})).address);
  return { visitor, page: await visitor.submit(identifier, "next", { identifier: email }) };
}

/** The page is the site's, and has a code. */
export function isSignedIn(page: Page): boolean {
  return new URL(page.url).searchParams.has("code");
}
