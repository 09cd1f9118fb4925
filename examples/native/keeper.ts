/**
 * A native app as WM Keeper would be one (RFC 8252): no secret, PKCE, the person's own browser, a loopback port to come back to, and tokens
 * that are bound to a key of this run (DPoP). Where there is no browser it shows a code instead (RFC 8628). It signs a person in, has a
 * transfer confirmed by the same person, and uses what was confirmed at a resource server.
 */
import * as oidc from "openid-client";
import { createProofs, type Operation, type Proof } from "../site/proof.ts";
import { listenOnLoopback } from "./loopback.ts";

export interface KeeperOptions {
  issuer: string;
  clientId: string;
  /** Opens the system's browser, never a view of the app's own (RFC 8252 section 8.12); or only tells the address. */
  open(address: string): void;
  /** Where the person has a browser on another device alone: tells where they type which code. */
  show?: (code: { address: string; userCode: string }) => void;
}

export interface Person {
  sub: string;
  wmid: string | undefined;
  idToken: string;
}

export interface Keeper {
  signIn(): Promise<Person>;
  /** Nothing is sent before the receipt is there, and is of exactly this transfer by this person. */
  confirm(operation: Operation, by: Person): Promise<Proof>;
  /** The same for what a resource server does once it is confirmed: it is compared here as well, before it is spent there. */
  use(operation: Operation, by: Person, call: Call): Promise<Response>;
}

/** At a resource server; `resource` is its address (RFC 8707), under which `path` is. */
export interface Call {
  resource: string;
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: Uint8Array;
}

/** Once a run: the provider's discovery document is read, and a key is made that never leaves this process. */
export async function createKeeper({ issuer, clientId, open, show }: KeeperOptions): Promise<Keeper> {
  // Plain http is for this machine alone.
  const execute = issuer.startsWith("http://localhost:") ? [oidc.allowInsecureRequests] : [];
  const metadata = { id_token_signed_response_alg: "ES256" };
  const config = await oidc.discovery(new URL(issuer), clientId, metadata, oidc.None(), { execute });
  const proving = { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair()) };
  const proofs = createProofs({ config, clientId, proving });

  /** One visit to the provider, in the browser of this machine. */
  const byBrowser = async (parameters: Record<string, string>) => {
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    await using loopback = await listenOnLoopback(state);
    const address = await oidc.buildAuthorizationUrlWithPAR(
      config,
      {
        redirect_uri: loopback.redirectUri,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
        ...parameters,
      },
      proving,
    );
    open(address.href);
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    return oidc.authorizationCodeGrant(config, await loopback.returned, checks, undefined, proving);
  };

  /** The same in a browser on another device. openid-client asks as often as it may, until the person is done. */
  const byCode = async (parameters: Record<string, string>, tell: NonNullable<typeof show>) => {
    const answer = await oidc.initiateDeviceAuthorization(config, parameters);
    tell({ address: answer.verification_uri, userCode: answer.user_code });
    return oidc.pollDeviceAuthorizationGrant(config, answer, undefined, proving);
  };

  const visit = (parameters: Record<string, string>) =>
    show === undefined ? byBrowser(parameters) : byCode(parameters, show);

  const confirmed = async (operation: Operation, { sub, idToken }: Person, more: Record<string, string> = {}) => {
    // With the hint nobody else is asked, and with `openid` the answer names who it was.
    const tokens = await visit({
      authorization_details: JSON.stringify([operation]),
      scope: "openid",
      id_token_hint: idToken,
      ...more,
    });
    return { tokens, proof: await proofs.ofTokens(tokens, { operation, sub }) };
  };

  return {
    async signIn() {
      const tokens = await visit({ scope: "openid wmid" });
      const { sub = "" } = tokens.claims() ?? {};
      const { wmid } = await oidc.fetchUserInfo(config, tokens.access_token, sub, proving);
      return { sub, wmid: typeof wmid === "string" ? wmid : undefined, idToken: tokens.id_token ?? "" };
    },

    confirm: async (operation, by) => (await confirmed(operation, by)).proof,

    async use(operation, by, { resource, method, path, headers, body }) {
      const { tokens } = await confirmed(operation, by, { resource });
      const address = new URL(`${resource}${path}`);
      const sent = new Headers(headers);
      return oidc.fetchProtectedResource(config, tokens.access_token, address, method, body, sent, proving);
    },
  };
}
