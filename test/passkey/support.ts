import { atAccount } from "../account/support.ts";
import { confirmBy } from "../device/own-support.ts";
import { type Authenticator, createAuthenticator, type Misdeeds } from "../support/authenticator.ts";
import { type OnlinePhone, onlinePhone } from "../support/online-phone.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { SHOP, type World } from "../support/world.ts";

export const PASSKEYS = "/account/passkeys";

/** What the page's script reads. */
export const optionsOf = (page: Page) => page.html.querySelector("[data-passkey]")?.getAttribute("data-passkey") ?? "";

/** Alice with her phone, at her account page. */
export async function aliceAt(world: World) {
  const phone = await onlinePhone(world);
  const { visitor } = await atAccount(world);
  return { phone, visitor };
}

/** As far as the phone's confirmation. */
export async function asked(visitor: Visitor): Promise<Page> {
  return visitor.submit(await visitor.open(PASSKEYS), "add");
}

/** As far as the page on which the browser makes it. */
export async function allowed(world: World, visitor: Visitor, phone: OnlinePhone): Promise<Page> {
  return confirmBy(world, visitor, await asked(visitor), phone);
}

export const give = (visitor: Visitor, page: Page, credential: string) =>
  visitor.submit(page, "passkey", { credential });

/** A passkey of alice's, by the pages and the phone. */
export async function added(
  world: World,
  { visitor, phone }: Awaited<ReturnType<typeof aliceAt>>,
): Promise<{ authenticator: Authenticator; page: Page }> {
  const authenticator = createAuthenticator(world.issuer);
  const page = await allowed(world, visitor, phone);
  return { authenticator, page: await give(visitor, page, authenticator.make(optionsOf(page))) };
}

/** The page of a sign-in at the shop, in a browser of its own where none is named. */
export async function atSignIn(
  world: World,
  {
    visitor = createVisitor(world.issuer),
    parameters = {},
  }: { visitor?: Visitor; parameters?: Record<string, string> } = {},
) {
  const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin(parameters);
  return { visitor, attempt, page: await visitor.open(attempt.address) };
}

/** Signs in at the shop with a passkey, in a browser that knows nobody. */
export async function signedInBy(world: World, authenticator: Authenticator, misdeeds: Misdeeds = {}) {
  const { visitor, page, attempt } = await atSignIn(world);
  return { visitor, attempt, page: await give(visitor, page, authenticator.use(optionsOf(page), misdeeds)) };
}
