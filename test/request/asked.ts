import type { ClientEntry } from "../../src/provider/clients.ts";
import { createRelyingParty, type SignIn } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import type { Page, Visitor } from "../support/visitor.ts";
import { SHOP, type World } from "../support/world.ts";

/** A sign-in as far as the check number. */
export async function asked(world: World, visitor: Visitor, email = ALICE, site = SHOP): Promise<Page> {
  return (await askedBy(world, visitor, { email, site })).page;
}

export async function askedBy(
  world: World,
  visitor: Visitor,
  {
    email = ALICE,
    site = SHOP,
    parameters = {},
  }: { email?: string; site?: ClientEntry; parameters?: Record<string, string> } = {},
): Promise<{ page: Page; finish: SignIn["finish"] }> {
  const party = await createRelyingParty(world.issuer, site);
  const { address, finish } = await party.begin({ prompt: "login", ...parameters });
  return { page: await visitor.submit(await visitor.open(address), "next", { identifier: email }), finish };
}

/** A browser that has signed alice in before, at its next sign-in. */
export async function knownAsked(world: World, site = SHOP) {
  const { visitor } = await signIn(world, { client: site });
  return { visitor, ...(await askedBy(world, visitor, { site })) };
}

/** The request's id, as the page's QR code names it. */
export function requestIn(page: Page): string {
  return /[?&]r=([\w-]+)/.exec(page.qr)?.[1] ?? "";
}
