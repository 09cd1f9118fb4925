/**
 * A site that signs people in with E-num: an ordinary OpenID Connect relying party on openid-client.
 * Copy it: what a site must send and check is here, for payments in payment.ts; pages.ts is how it looks, http.ts any web framework.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener } from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oidc from "openid-client";
import { faultOf } from "./fault.ts";
import { type Answer, cookieOf, formOf, serve } from "./http.ts";
import { BOOK_SHOP, type Look, messagePage, type Person, shelfPage } from "./pages.ts";
import { createPayments } from "./payment.ts";

export interface ShopOptions {
  /** Where this site listens on this machine; the provider knows its addresses from the clients file. */
  port: number;
  issuer: string;
  clientId: string;
  clientSecret: string;
  look?: Look;
}

/** What this site knows of one browser: a sign-in that was begun, then the person. */
interface Session {
  checks?: oidc.AuthorizationCodeGrantChecks;
  person?: Person & { sub: string; sid: unknown; idToken: string };
}

const LOGOUT = "http://schemas.openid.net/event/backchannel-logout";
const WORKING_DAY = 12 * 3_600_000;

/** For `createServer(await createShop(…)).listen(port)`, once the provider runs: its discovery document is read first. */
export async function createShop({ port, issuer, look = BOOK_SHOP, ...client }: ShopOptions): Promise<RequestListener> {
  const { clientId, clientSecret } = client;
  const home = `http://localhost:${port}/`;
  // Plain http is for this machine alone.
  const execute = issuer.startsWith("http://localhost:") ? [oidc.allowInsecureRequests] : [];
  const metadata = { id_token_signed_response_alg: "ES256" };
  const authentication = oidc.ClientSecretBasic(clientSecret);
  const config = await oidc.discovery(new URL(issuer), clientId, metadata, authentication, { execute });
  const keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri ?? issuer));

  // In memory: a site that restarts, or runs twice, needs a store.
  const sessions = new Map<string, Session>();
  const logoutTokens = new Set<string>();
  const sessionIdOf = (request: IncomingMessage) => cookieOf(request, `${clientId}-session`);
  /** With a new id each time, which nobody can know beforehand. Over https the cookie is `Secure` as well. */
  const goOn = (location: string, session: Session): Answer => {
    const id = randomUUID();
    sessions.set(id, session);
    setTimeout(() => sessions.delete(id), WORKING_DAY).unref();
    const cookie = `${clientId}-session=${id}; Path=/; HttpOnly; SameSite=Lax`;
    return { status: 303, headers: { location, "set-cookie": cookie } };
  };

  const routes = {
    ...createPayments({ config, clientId, home, look }),

    "GET /": async (request: IncomingMessage) => {
      return { status: 200, body: shelfPage(look, sessions.get(sessionIdOf(request))?.person) };
    },

    "POST /sign-in": async () => {
      const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
      const address = oidc.buildAuthorizationUrl(config, {
        redirect_uri: `${home}callback`,
        scope: "openid email wmid",
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: "S256",
        state,
        nonce,
      });
      const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
      return goOn(address.href, { checks });
    },

    /** openid-client compares `state` and `iss`, redeems the code, and checks the ID token: `iss`, `aud`, `exp`, `nonce`. */
    "GET /callback": async (request: IncomingMessage, url: URL) => {
      const { checks } = sessions.get(sessionIdOf(request)) ?? {};
      if (checks === undefined) throw new Error("It was not begun in this browser, or is over already.");
      sessions.delete(sessionIdOf(request));
      const tokens = await oidc.authorizationCodeGrant(config, url, checks);
      const { sub = "", sid }: { sub?: string; sid?: unknown } = tokens.claims() ?? {};
      const { email, wmid } = await oidc.fetchUserInfo(config, tokens.access_token, sub);
      return goOn(home, { person: { sub, sid, email, wmid, idToken: tokens.id_token ?? "" } });
    },

    /** Ends the session here, and asks the provider to end its own (OpenID Connect RP-Initiated Logout). */
    "POST /sign-out": async (request: IncomingMessage) => {
      const idToken = sessions.get(sessionIdOf(request))?.person?.idToken;
      sessions.delete(sessionIdOf(request));
      if (idToken === undefined) return { status: 303, headers: { location: home } };
      const address = oidc.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: home });
      return { status: 303, headers: { location: address.href } };
    },

    /** The person has signed out elsewhere, says the provider (OpenID Connect Back-Channel Logout, section 2.6). */
    "POST /backchannel-logout": async (request: IncomingMessage) => {
      const token = (await formOf(request)).get("logout_token") ?? "";
      const checks = { issuer, audience: clientId, typ: "logout+jwt", algorithms: ["ES256"], maxTokenAge: 180 };
      const { payload } = await jwtVerify(token, keys, { ...checks, requiredClaims: ["sub", "exp", "jti", "events"] });
      const { sub, sid, jti = "", events, nonce } = payload;
      const isLogout = typeof events === "object" && events !== null && LOGOUT in events && nonce === undefined;
      if (!isLogout || logoutTokens.has(jti)) throw new Error("That is no logout token, or was used before.");
      logoutTokens.add(jti);
      for (const [id, { person }] of sessions) {
        if (person?.sub === sub && (sid === undefined || person?.sid === sid)) sessions.delete(id);
      }
      return { status: 200 };
    },
  };
  return serve(home, routes, (error) => failure(look, error));
}

function failure(look: Look, error: unknown): Answer {
  const { declined, words } = faultOf(error);
  return { status: declined ? 403 : 400, body: messagePage(look, declined ? undefined : words) };
}
