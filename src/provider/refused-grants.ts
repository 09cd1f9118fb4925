import { errors, type KoaContextWithOIDC, type Provider } from "oidc-provider";
import { CIBA_GRANT } from "./ciba-clients.ts";
import { DEVICE_GRANT } from "./device-grant.ts";
import { TTL } from "./lifetimes.ts";

/** By which parameter each grant hands in what it is about. */
const PARAMETERS: Readonly<Record<string, string>> = {
  authorization_code: "code",
  refresh_token: "refresh_token",
  [DEVICE_GRANT]: "device_code",
  [CIBA_GRANT]: "auth_req_id",
};

/** What is not there and what is another client's are told in the same words: nobody learns of others' codes. */
const UNKNOWN =
  "is none of this client's that still counts: it was mistyped, is another client's, or was ended with all else of its sign-in";

/** By oidc-provider's own words, which it keeps for the log, what is told: behind the parameter's name, in the characters of RFC 6749 section 5.2. */
export const REASONS: readonly (readonly [RegExp, string])[] = [
  [/ not found$|^client mismatch$/, UNKNOWN],
  [/^authorization code is expired$/, `has run out: it is redeemed within ${TTL.AuthorizationCode} seconds`],
  [/^refresh token is expired$/, "has run out: the person signs in again"],
  [
    /already (consumed|used)$/,
    "was used already, so all tokens that came of it are revoked: the person signs in again",
  ],
  [/^grant is expired$/, "is of an access that has run out: the person signs in again"],
  [/redirect_uri mismatch$/, "was given for another redirect_uri: send the one of the authorization request"],
  [/^code_verifier must be provided$/, "needs code_verifier: its authorization request had a code_challenge"],
  [/^code_verifier does not match/, "was asked for with the code_challenge of another code_verifier"],
  [/^unsupported code_challenge_method$/, "was asked for without a code_challenge: leave code_verifier out"],
  [/^missing DPoP proof JWT$|^DPoP proof JWT not provided$/, "needs a DPoP proof"],
  [/^failed jkt |does not match dpop_jkt$/, "is bound to another key than that of the DPoP proof"],
  [/^mutual TLS client certificate not provided$/, "needs the client certificate"],
  [/^failed x5t#S256 /, "is bound to another client certificate"],
  [/in an absence no more$/, "counts no more: the person has taken this site's access in their absence back"],
];

/**
 * oidc-provider says of every code and token that is refused that the grant request is invalid. A client that has shown who it is learns what
 * of its own is wrong. A public one, which anybody can claim to be, does not: whoever has found a code of its would learn whether it still counts.
 */
export function explainRefusals(provider: Pick<Provider, "on">): void {
  provider.on("grant.error", (context, error) => {
    const { client, params } = context.oidc;
    if (!(error instanceof errors.InvalidGrant) || client === undefined || client.tokenEndpointAuthMethod === "none")
      return;
    const [, reason] = REASONS.find(([words]) => words.test(error.error_detail ?? "")) ?? [];
    const parameter = PARAMETERS[String(params?.["grant_type"])];
    if (reason !== undefined && parameter !== undefined) describe(context, `the ${parameter} ${reason}`);
  });
}

/** A page, for a browser that comes by mistake, is a text. */
function describe({ body }: KoaContextWithOIDC, description: string): void {
  if (typeof body === "object" && body !== null && "error_description" in body) body.error_description = description;
}
