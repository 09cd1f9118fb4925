import { randomBytes } from "node:crypto";
import type { Browser } from "playwright-core";
import { createAccounts } from "../../src/account/account.ts";
import { parseEmail, parsePhone } from "../../src/account/identifier.ts";
import { connectedWebPhone, type Met } from "./connected-web-phone.ts";
import { prove } from "./newcomer.ts";
import { createRelyingParty } from "./relying-party.ts";
import type { Page, Visitor } from "./visitor.ts";
import { createVisitor } from "./visitor.ts";
import { type WebPhone, type WebPhoneWay, webPhone } from "./web-phone.ts";
import { SHOP, type World } from "./world.ts";

export const DORA = { email: "dora@example.com", phone: "+447700900321" };
export const EDWARD = { email: "edward@example.com", phone: "+447700900322" };

/** Somebody whose one device is the web client, as if it had been connected before the journey begins; it stands on its first screen. */
export async function personWithWebPhone(world: World, browser: Browser, met: Met = {}): Promise<WebPhone> {
  const { database, now: clock } = world;
  const random = { bytes: (length: number) => randomBytes(length) };
  const email = parseEmail(DORA.email);
  const phone = parsePhone(DORA.phone);
  if (email === undefined || phone === undefined) throw new Error(`${DORA.email} is no person`);
  await createAccounts({ clock, random }).create(database, { email, phone, locale: "en" });
  return connectedWebPhone(browser, world, DORA.email, met);
}

/** Somebody new who has registered and connected the web client by hand. */
export async function newcomerWithWebPhone(
  world: World,
  browser: Browser,
  options: WebPhoneWay = {},
): Promise<WebPhone> {
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
