import { createHmac } from "node:crypto";
import { decodeJwt } from "jose";
import type { Client } from "oidc-provider";

/**
 * A subject that only sites of one sector share (OpenID Connect Core section 8.1): keyed, so that nobody can compute an account's id or
 * another sector's subject from it.
 */
function pairwiseSubject(key: Uint8Array, accountId: string, sector: string): string {
  return createHmac("sha256", key).update(`${sector}\0${accountId}`).digest("base64url");
}

/** The `sub` that this client sees for an account. */
export function subjectFor(key: Uint8Array, accountId: string, client: Client): string {
  return client.subjectType === "pairwise" ? pairwiseSubject(key, accountId, sectorOf(client)) : accountId;
}

/** oidc-provider works it out from `sector_identifier_uri` or the one host of the redirect addresses; its types do not know it. */
function sectorOf(client: Client): string {
  const sector = client["sectorIdentifier"];
  return typeof sector === "string" ? sector : client.clientId;
}

/**
 * The `sub` that a request pins: by `id_token_hint`, by the parameter `claims`, or by a `login_hint` that is neither e-mail, WMID nor phone
 * (PROTOCOL 8 and 10). Undefined where it pins nobody. oidc-provider has verified the hint and the claims by then.
 */
export function pinnedSubject(
  params: Readonly<Record<string, string | undefined>>,
  isIdentifier: (hint: string) => boolean,
): string | undefined {
  const hint = params["id_token_hint"];
  if (hint !== undefined) return decodeJwt(hint).sub;
  const claimed = claimedSubject(params["claims"]);
  if (claimed !== undefined) return claimed;
  const loginHint = params["login_hint"];
  return loginHint === undefined || isIdentifier(loginHint) ? undefined : loginHint;
}

function claimedSubject(claims: string | undefined): string | undefined {
  const value = claims === undefined ? undefined : JSON.parse(claims)?.id_token?.sub?.value;
  return typeof value === "string" ? value : undefined;
}
