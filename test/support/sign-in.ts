import type { ClientEntry } from "../../src/provider/clients.ts";
import { createRelyingParty, type RelyingParty, type SignIn } from "./relying-party.ts";
import { createVisitor, type Page, type Visitor } from "./visitor.ts";
import { SHOP, type World } from "./world.ts";

export const ALICE = "alice@example.com";

export interface Wish {
  client?: ClientEntry;
  parameters?: Record<string, string>;
  visitor?: Visitor;
  email?: string;
  /** What to choose on a consent page: buttons are pressed by themselves otherwise. */
  wmid?: string;
}

export interface SignedIn {
  party: RelyingParty;
  attempt: SignIn;
  visitor: Visitor;
  /** Where the person ended: at the site, with a code or an error. */
  back: Page;
  tokens(): ReturnType<SignIn["finish"]>;
}

/** A whole sign-in, with every page that asks for something: identifier, response, consent. */
export async function signIn(world: World, wish: Wish = {}): Promise<SignedIn> {
  const { client = SHOP, parameters = {}, email = ALICE } = wish;
  const visitor = wish.visitor ?? createVisitor(world.issuer);
  const party = await createRelyingParty(world.issuer, client, await world.discovered());
  const attempt = await party.begin(parameters);
  const page = await passPages(world, visitor, attempt.address, { email, wmid: wish.wmid });
  return { party, attempt, visitor, back: page, tokens: () => attempt.finish(page.url) };
}

/** From an address that a site sends a person to, through every page, back to the site. */
export async function passPages(
  world: World,
  visitor: Visitor,
  address: string,
  { email = ALICE, wmid }: { email?: string; wmid?: string | undefined } = {},
): Promise<Page> {
  let page = await visitor.open(address);
  for (let pages = 0; pages < 5 && page.url.startsWith(world.issuer) && page.status === 200; pages += 1) {
    page = await goOn(world, visitor, page, email, wmid);
  }
  return page;
}

function goOn(world: World, visitor: Visitor, page: Page, email: string, wmid: string | undefined): Promise<Page> {
  const has = (selector: string) => page.html.querySelector(selector) !== null;
  if (has("input[name=identifier]")) return visitor.submit(page, "next", { identifier: email });
  if (has("input[name=response]"))
    return visitor.submit(page, "next", { response: world.answer(email, page.challenge) });
  if (has('button[value="allow"]')) return visitor.submit(page, "allow", wmid === undefined ? {} : { wmid });
  throw new Error(`"${page.title}" asks for nothing: ${page.text}`);
}

export function errorOf(page: Page): string | null {
  return new URL(page.url).searchParams.get("error");
}
