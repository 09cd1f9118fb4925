import type { Journey, LiveSite } from "./journey.ts";
import type { CommandLinePhone } from "./journey-phone.ts";
import type { Walk } from "./journey-walk.ts";

/** What people do on a journey, page by page, in the words of their language. */

export async function pressSignIn({ page, hands, at, button }: Walk, { address, look }: LiveSite): Promise<void> {
  await page.goto(address);
  await at(look.heading);
  await hands.press(button("Sign in with E-num"));
}

/** As far as the page with the check number. */
export async function sayWho({ hands, m, at, field, button }: Walk, site: LiveSite, identifier: string): Promise<void> {
  await at(m.login.identifier.headingTo(site.look.name));
  await hands.type(identifier, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
}

export async function answer({ hands, m, at, field, button, shown }: Walk, phone: CommandLinePhone): Promise<void> {
  await at(m.login.challenge.heading);
  const response = await phone.respond("login", await shown("challenge"));
  await hands.type(response, field(m.login.challenge.response));
  await hands.press(button(m.login.challenge.submit));
}

export async function signIn(walk: Walk, site: LiveSite, identifier: string, phone: CommandLinePhone): Promise<void> {
  await pressSignIn(walk, site);
  await sayWho(walk, site, identifier);
  await answer(walk, phone);
}

/** Buys the first book: as far as the provider's first page. */
export async function pressBuy({ page, hands, at }: Walk, { address, look }: LiveSite): Promise<void> {
  await page.goto(address);
  await at(look.heading);
  await hands.press(page.getByRole("button", { name: "Buy with E-num" }).first());
}

/** With nobody signed in: as far as the page with the check number; `heading` is the payment's, on both. */
export async function sayWhoPays({ hands, m, at, field, button, page }: Walk, heading: string, identifier: string) {
  await at(heading);
  await hands.type(identifier, field(m.login.identifier.label));
  await hands.press(button(m.login.identifier.next));
  await page.locator("[data-enum-challenge]").waitFor();
  await at(heading);
}

/** Scans the code of an operation with the phone, and types its response. */
export async function scan(walk: Walk, phone: CommandLinePhone, heading: string, submit: string): Promise<string> {
  await walk.at(heading);
  const text = await walk.shown("qr");
  const said = await phone.run("scan", text);
  await confirm(walk, await phone.respond("scan", text), submit);
  return said.replace(/\s+/g, " ");
}

/** Fills in a site's form, by its labels. */
export async function fill({ hands, field }: Walk, values: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(values)) await hands.type(value, field(label));
}

/** Types what the phone has answered into the payment's page. */
export async function confirm({ hands, m, field, button }: Walk, response: string, submit: string): Promise<void> {
  await hands.type(response, field(m.login.challenge.response));
  await hands.press(button(submit));
}

export async function signOut({ hands, m, at, button }: Walk, site: LiveSite): Promise<void> {
  await hands.press(button("Sign out"));
  await at(m.signingOut.confirm.heading);
  await hands.press(button(m.signingOut.confirm.yes));
  await at(site.look.heading);
}

export interface Newcomer {
  email: string;
  phone: string;
}

/** As far as the activation code. */
export async function register(
  { hands, m, at, field, button }: Walk,
  { world }: Pick<Journey, "world">,
  who: Newcomer,
): Promise<void> {
  const { start, emailCode, phoneCode } = m.registration;
  await at(start.heading);
  await hands.type(who.email, field(start.email));
  await hands.type(who.phone, field(start.phone));
  await hands.press(button(start.next));
  await at(emailCode.heading);
  await hands.type(codeIn((await world.message(who.email)).text), field(emailCode.label));
  await hands.press(button(emailCode.next));
  await at(phoneCode.heading);
  await hands.type(codeIn((await world.message(who.phone)).text), field(phoneCode.label));
  await hands.press(button(phoneCode.next));
  await at(m.enrolment.activate.heading);
}

/** It stands alone on its line in a mail, and at the beginning of an SMS. */
export function codeIn(text: string): string {
  const code = /^ *([0-9A-Z]{8})$|^([0-9]{6}) /m.exec(text);
  if (code === null) throw new Error(`there is no code in: ${text}`);
  return code[1] ?? code[2] ?? "";
}
