/** The lines of a site that has operations confirmed, as docs/integrate.md shows them; `integrate.test.ts` runs them. */
import { isDeepStrictEqual } from "node:util";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oidc from "openid-client";

/** `config` is what `oidc.discovery` has given. */
export function createConfirming(config: oidc.Configuration, clientId: string, callback: string) {
  const begin = async (operation: { type: string; operation_id: string }) => {
    const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
    const address = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: callback,
      authorization_details: JSON.stringify([operation]),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
    });
    return { address: address.href, checks: { pkceCodeVerifier: verifier, expectedState: state } };
  };

  /** What was asked for is compared with what comes back, member for member, before anything is done. */
  const finish = async (url: URL, asked: object, checks: oidc.AuthorizationCodeGrantChecks) => {
    const tokens = await oidc.authorizationCodeGrant(config, url, checks);
    const [{ confirmation, ...approved } = { type: "" }] = tokens.authorization_details ?? [];
    if (!isDeepStrictEqual(approved, asked)) throw new Error("Something else was confirmed than was asked for.");
    return { confirmation, accessToken: tokens.access_token };
  };

  /** The receipt, checked as anybody can check it: by the published keys alone, with `typ` and `alg`. */
  const receiptOf = async (confirmationId: string, accessToken: string) => {
    const { issuer, enum_confirmations_jwks_uri: uri } = config.serverMetadata();
    const address = `${issuer}/confirmations/${confirmationId}/receipt`;
    const answer = await fetch(address, { headers: { authorization: `Bearer ${accessToken}` } });
    if (!answer.ok) throw new Error(`The receipt is not there: ${answer.status}.`);
    const keys = createRemoteJWKSet(new URL(String(uri)));
    const options = { issuer, audience: clientId, typ: "enum-receipt+jwt", algorithms: ["ES256"] };
    return (await jwtVerify(await answer.text(), keys, options)).payload;
  };

  return { begin, finish, receiptOf };
}
