import * as client from "openid-client";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { statementOf } from "./operations.ts";
import { createRelyingParty, type RelyingParty } from "./relying-party.ts";
import { ALICE } from "./sign-in.ts";
import type { Page, Visitor } from "./visitor.ts";
import { SHOP, type World } from "./world.ts";

export const PAYMENT = {
  type: "payment",
  operation_id: "inv-1042",
  payee: { purse: "Z123456789012", name: "Book shop" },
  amount: { value: "10.5", currency: "WMZ" },
  description: "Two books",
};
export const PAY = { mode: "payment", amount: "10.5", recipient: "Z123456789012" };
export const TYPED = statementOf(PAY);
export const STORE: ClientEntry = {
  ...SHOP,
  authorization_details_types: ["payment", "profile_update", "trust_transfer"],
};

type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

export interface Begun {
  party: RelyingParty;
  /** Where the site sends the person. */
  address: string;
  finish(back: { url: string }): Promise<Tokens>;
}

export interface Ordered extends Omit<Begun, "address"> {
  page: Page;
}

/** The site pushes a request. */
export async function begin(
  world: Pick<World, "issuer">,
  element: object = PAYMENT,
  more: Record<string, string> = {},
  site: ClientEntry = STORE,
): Promise<Begun> {
  const party = await createRelyingParty(world.issuer, site);
  const verifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const address = await client.buildAuthorizationUrlWithPAR(party.config, {
    redirect_uri: site.redirect_uris[0] ?? "",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    authorization_details: JSON.stringify([element]),
    ...more,
  });
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  return {
    party,
    address: address.href,
    finish: (back) => client.authorizationCodeGrant(party.config, new URL(back.url), checks, undefined, party.proving),
  };
}

/** And sends the person. */
export async function order(
  world: Pick<World, "issuer">,
  visitor: Visitor,
  ...asked: [element?: object, more?: Record<string, string>, site?: ClientEntry]
): Promise<Ordered> {
  const { party, address, finish } = await begin(world, ...asked);
  return { party, page: await visitor.open(address), finish };
}

/** From a page that says why nothing was confirmed, by its one link, back to the site. */
export function leave(visitor: Visitor, farewell: Page): Promise<Page> {
  const hrefs = farewell.html.querySelectorAll("main a").map((link) => link.getAttribute("href"));
  return visitor.open(hrefs.find((href) => href?.includes("/authorize/")) ?? "");
}

/** A payment by a person who is not signed in, typed: the tokens and the confirmation's id. */
export async function paid(
  world: World,
  visitor: Visitor,
  element: object = PAYMENT,
  site: ClientEntry = STORE,
  more: Record<string, string> = {},
) {
  const { page, finish, party } = await order(world, visitor, element, more, site);
  const number = await visitor.submit(page, "next", { identifier: ALICE });
  const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge, TYPED) });
  const tokens = await finish(back);
  const [confirmed] = tokens.authorization_details ?? [];
  const id: string = JSON.parse(JSON.stringify(confirmed)).confirmation.id;
  return { tokens, id, party };
}
