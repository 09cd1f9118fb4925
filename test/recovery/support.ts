import { confirmBy } from "../device/own-support.ts";
import { codeTo } from "../support/newcomer.ts";
import type { OnlinePhone } from "../support/online-phone.ts";
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
export async function begun(visitor: Visitor, identifier: string): Promise<Page> {
  return visitor.submit(await visitor.open("/recovery/start"), "next", { identifier });
}

/** The page of the code on paper, in a browser that nobody has used. */
export async function atCode(world: World, email: string, visitor = createVisitor(world.issuer)) {
  const page = await begun(visitor, email);
  return { visitor, page: await visitor.submit(page, "next", { code: await codeTo(world, email) }) };
}
