import { atAccount } from "../account/support.ts";
import { confirmBy, confirmedUntilCallback } from "../device/own-support.ts";
import { CAROL, smsTo } from "../support/by-sms.ts";
import { codeTo } from "../support/newcomer.ts";
import { type OnlinePhone, onlinePhone } from "../support/online-phone.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

export const ALICE_PHONE = "+15555550101";
export const CAROL_PHONE = "+15555550103";
export const NEW = { email: "new-alice@example.com", phone: "+15555550177" } as const;
export type Kind = keyof typeof NEW;

/** Alice in a browser that her response has signed in, with her phone at hand. */
export async function stage(options: Parameters<typeof createWorld>[0] = {}) {
  const world = await createWorld(options);
  const phone = await onlinePhone(world);
  const { visitor } = await atAccount(world);
  return { world, phone, visitor, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** Carol, who never had a phone client, or somebody else, signed in by codes to e-mail and phone number. */
export async function carol(world: World, email = CAROL): Promise<Visitor> {
  const visitor = createVisitor(world.issuer);
  const number = await visitor.submit(await visitor.open("/account/contact"), "next", { identifier: email });
  const byMail = await visitor.submit(number, "sms");
  const bySms = await visitor.submit(byMail, "next", { code: await codeTo(world, email) });
  const page = await visitor.submit(bySms, "next", { code: await smsTo(world, email) });
  if (page.url !== `${world.issuer}/account/contact`) throw new Error(`${email} is at ${page.url}: ${page.text}`);
  return visitor;
}

/** The page of the code that was sent to a new contact. */
export async function asked(visitor: Visitor, kind: Kind, value: string = NEW[kind]): Promise<Page> {
  return visitor.submit(await visitor.open(`/account/contact/${kind}`), "next", { [kind]: value });
}

/** The page on which it is confirmed. */
export async function proven(world: World, visitor: Visitor, kind: Kind, value: string = NEW[kind]): Promise<Page> {
  const page = await asked(visitor, kind, value);
  return visitor.submit(page, "next", { code: await codeTo(world, value) });
}

/** Confirmed by the phone, and back. */
export async function changed(
  world: World,
  visitor: Visitor,
  phone: OnlinePhone,
  kind: Kind,
  value: string = NEW[kind],
) {
  const operation = await visitor.submit(await proven(world, visitor, kind, value), "confirm");
  return confirmBy(world, visitor, operation, phone);
}

/** The address that comes back from the confirmation, not opened yet. */
export async function callbackOf(world: World, visitor: Visitor, phone: OnlinePhone, kind: Kind): Promise<string> {
  const operation = await visitor.submit(await proven(world, visitor, kind), "confirm");
  return confirmedUntilCallback(world, visitor, operation, phone);
}

/** Without the phone: it is to be made in 48 hours. */
export async function waiting(world: World, visitor: Visitor, kind: Kind, value: string = NEW[kind]): Promise<Page> {
  return visitor.submit(await proven(world, visitor, kind, value), "wait");
}

/** The link in the newest message to somebody. */
export async function linkTo(world: World, to: string): Promise<string> {
  const { text } = await world.message(to);
  const [link] = /https?:\/\/\S+\/stop\/[A-Za-z0-9_-]{22}/.exec(text) ?? [];
  if (link === undefined) throw new Error(`no link in: ${text}`);
  return link;
}

export async function contactsOf(world: World, email: string): Promise<{ email: string; phone: string } | undefined> {
  return world.database.first("SELECT email, phone FROM account WHERE email = ?", [email]);
}

/** To whom something was sent, since the last time that this was asked. */
export function listener(world: World) {
  let heard = 0;
  return async (): Promise<string[]> => {
    const messages = await world.messages();
    const news = messages.slice(0, messages.length - heard);
    heard = messages.length;
    return news.map(({ to }) => to).sort();
  };
}

export { ALICE, CAROL };
