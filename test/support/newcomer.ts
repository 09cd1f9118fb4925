import type { Page, Visitor } from "./visitor.ts";
import type { World } from "./world.ts";

export interface Newcomer {
  email: string;
  phone: string;
}

/** The registration's first page, filled in and sent: the page that asks for the e-mail's code. */
export async function start(visitor: Visitor, typed: Newcomer): Promise<Page> {
  return visitor.submit(await visitor.open("/register"), "next", { ...typed });
}

/** The newest code that was sent to an e-mail or a phone. */
export async function codeTo(world: World, to: string): Promise<string> {
  const { text } = await world.message(to);
  const code = /^ *([0-9A-Z]{8})$|^([0-9]{6}) /m.exec(text);
  if (code === null) throw new Error(`no code in: ${text}`);
  return code[1] ?? code[2] ?? "";
}

/** Both codes typed: the page with the activation code. */
export async function prove(world: World, visitor: Visitor, typed: Newcomer): Promise<Page> {
  const email = await start(visitor, typed);
  const phone = await visitor.submit(email, "next", { code: await codeTo(world, typed.email) });
  return visitor.submit(phone, "next", { code: await codeTo(world, typed.phone) });
}
