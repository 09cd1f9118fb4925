import * as client from "openid-client";
import type { ClientEntry } from "../../src/provider/clients.ts";

/** A site: an ordinary relying party on openid-client, without a server of its own. */
export interface RelyingParty {
  config: client.Configuration;
  /** The key to which its tokens are bound, where its entry wants them bound (RFC 9449). */
  keys: CryptoKeyPair | undefined;
  proving: client.DPoPOptions;
  /** Begins a sign-in: where to send the person, and how to end it with the address that they come back to. */
  begin(parameters?: Record<string, string>): Promise<SignIn>;
}

export interface SignIn {
  address: string;
  /** `proving`: another key than the site's own. */
  finish(
    returned: string,
    proving?: client.DPoPOptions,
  ): Promise<client.TokenEndpointResponse & client.TokenEndpointResponseHelpers>;
}

/** What a provider says of itself (OpenID Connect Discovery section 4). */
export async function discover(issuer: string): Promise<client.ServerMetadata> {
  const execute = [client.allowInsecureRequests];
  return (await client.discovery(new URL(issuer), "any", {}, client.None(), { execute })).serverMetadata();
}

/** `provider`: as it was discovered, where it was before; else the site asks for it. */
export async function createRelyingParty(
  issuer: string,
  entry: ClientEntry,
  provider?: client.ServerMetadata,
): Promise<RelyingParty> {
  const metadata = {
    client_secret: entry.client_secret ?? "",
    id_token_signed_response_alg: entry.id_token_signed_response_alg,
  };
  const authentication =
    entry.token_endpoint_auth_method === "none" ? client.None() : client.ClientSecretBasic(entry.client_secret);
  const discovered = provider ?? (await discover(issuer));
  const config = new client.Configuration(discovered, entry.client_id, metadata, authentication);
  client.allowInsecureRequests(config);
  const [redirectUri = ""] = entry.redirect_uris;
  const keys = entry.dpop_bound_access_tokens === true ? await client.randomDPoPKeyPair() : undefined;
  const proving = keys === undefined ? {} : { DPoP: client.getDPoPHandle(config, keys) };
  return {
    config,
    keys,
    proving,
    async begin(parameters = {}) {
      const verifier = client.randomPKCECodeVerifier();
      const checks = {
        pkceCodeVerifier: verifier,
        expectedState: client.randomState(),
        expectedNonce: client.randomNonce(),
        idTokenExpected: true,
      };
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: "openid",
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state: checks.expectedState,
        nonce: checks.expectedNonce,
        ...parameters,
      });
      return {
        address: address.href,
        finish: (returned, other = proving) =>
          client.authorizationCodeGrant(config, new URL(returned), checks, undefined, other),
      };
    },
  };
}
