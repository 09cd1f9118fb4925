import type { ClientEntry } from "../../src/provider/clients.ts";
import { ALICE } from "./sign-in.ts";
import { SHOP, type World } from "./world.ts";

export const CIBA = "urn:openid:params:grant-type:ciba";

/** A cashier's till: no browser of the person's anywhere. */
export const TILL: ClientEntry = {
  ...SHOP,
  client_id: "till",
  client_name: "Till",
  first_party: true,
  redirect_uris: [],
  post_logout_redirect_uris: [],
  response_types: [],
  grant_types: [CIBA],
  scope: "openid email",
  backchannel_token_delivery_mode: "poll",
  enum_shows_challenge: true,
  authorization_details_types: ["payment"],
};

export interface AskedBySite {
  status: number;
  body: Record<string, unknown> & { auth_req_id: string; enum_challenge: string };
}

/** What a client sends for itself, and the answer as it stands. */
export async function post(
  world: World,
  path: string,
  parameters: Record<string, string>,
  entry = TILL,
): Promise<AskedBySite> {
  const answer = await fetch(`${world.issuer}${path}`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${entry.client_id}:${entry.client_secret}`)}` },
    body: new URLSearchParams(parameters),
  });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

export const askOnPhone = (world: World, more: Record<string, string> = {}, entry = TILL) =>
  post(world, "/bc-authorize", { scope: "openid", login_hint: ALICE, ...more }, entry);

export const pollTokens = (world: World, { body }: AskedBySite, entry = TILL) =>
  post(world, "/token", { grant_type: CIBA, auth_req_id: body.auth_req_id }, entry);
