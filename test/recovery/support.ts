import { confirmBy } from "../device/own-support.ts";
import { codeTo } from "../support/newcomer.ts";
import type { OnlinePhone } from "../support/online-phone.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import type { World } from "../support/world.ts";

const PAGE = "/account/recovery-codes";

/** As far as the page that is about to show new codes, confirmed by the phone. */
export async function ready(world: World, visitor: Visitor, phone: OnlinePhone): Promise<Page> {
  return confirmBy(world, visitor, await visitor.submit(await visitor.open(PAGE), "make"), phone);
}

export const listed = (page: Page) => page.html.querySelectorAll(".papers li").map(({ text }) => text);

export async function made(world: World, visitor: Visitor, phone: OnlinePhone): Promise<string[]> {
  return listed(await visitor.submit(await ready(world, visitor, phone), "show"));
}

/** The page of the code in the mail. */
export async function begun(visitor: Visitor, identifier: string, query = ""): Promise<Page> {
  return visitor.submit(await visitor.open(`/recovery/start${query}`), "next", { identifier });
}

/** The page of the code on paper, in a browser that nobody has used. */
export async function atCode(world: World, email: string, visitor = createVisitor(world.issuer)) {
  const page = await begun(visitor, email);
  return { visitor, page: await visitor.submit(page, "next", { code: await codeTo(world, email) }) };
}

export const ALICE_PHONE = "+15555550101";

/** The newest code by SMS to somebody, from the line by which phones fill it in. */
export async function smsCode(world: World, phone = ALICE_PHONE): Promise<string> {
  const { text } = await world.message(phone);
  const [, code] = /\n@\S+ #(\d{6})$/.exec(text) ?? [];
  if (code === undefined) throw new Error(`no code ends: ${text}`);
  return code;
}

/** By e-mail and phone number: the page before the SMS, in a browser that nobody has used. */
export async function atPhone(world: World, email = ALICE, visitor = createVisitor(world.issuer)) {
  // What is due is told before.
  await world.drain();
  const page = await begun(visitor, email, "?by=phone");
  return { visitor, page: await visitor.submit(page, "next", { code: await codeTo(world, email) }) };
}

/** The page of the code that was sent to the phone number. */
export async function atPhoneCode(world: World, email = ALICE) {
  const { visitor, page } = await atPhone(world, email);
  return { visitor, page: await visitor.submit(page, "send") };
}

/** Both proven: what goes on, or what has just begun. */
export async function atWait(world: World, email = ALICE, phone = ALICE_PHONE) {
  const { visitor, page } = await atPhoneCode(world, email);
  return { visitor, page: await visitor.submit(page, "next", { code: await smsCode(world, phone) }) };
}

/** The link in the newest message to somebody. */
export async function stopLink(world: World, to: string): Promise<string> {
  const { text } = await world.message(to);
  const [link] = /https?:\/\/\S+\/stop\/[A-Za-z0-9_-]{22}/.exec(text) ?? [];
  if (link === undefined) throw new Error(`no link in: ${text}`);
  return link;
}

export async function statuses(world: World): Promise<string[]> {
  const rows = await world.database.rows<{ status: string }>("SELECT status FROM recovery_wait ORDER BY created_at");
  return rows.map(({ status }) => status);
}
