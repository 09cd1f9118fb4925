import { type Held, show } from "../support/certificate-proxy.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { SHOP, type World } from "../support/world.ts";

/** The page of a sign-in at the shop, in a browser of its own where none is named. */
export async function atSignIn(
  world: World,
  parameters: Record<string, string> = {},
  visitor = createVisitor(world.issuer),
) {
  const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin(parameters);
  return { visitor, attempt, page: await visitor.open(attempt.address) };
}

/** Presses the button, as far as the address at the origin that asks. */
export const sentAway = async (visitor: Visitor, page: Page) => (await visitor.submit(page, "certificate")).url;

/** Presses the button, shows this certificate, and comes back. */
export async function by(visitor: Visitor, page: Page, held?: Held): Promise<Page> {
  return visitor.open((await show(await sentAway(visitor, page), held)).location);
}

/** A whole sign-in at the shop by this certificate, in a browser that knows nobody. */
export async function signedInBy(world: World, held: Held, parameters: Record<string, string> = {}) {
  const { visitor, page, attempt } = await atSignIn(world, parameters);
  return { visitor, attempt, page: await by(visitor, page, held) };
}
