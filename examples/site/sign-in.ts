/**
 * Signs people in with E-num: an ordinary OpenID Connect relying party on openid-client.
 * Copy it: what a site must send and check is here, for operations in confirmation.ts; page.ts is how it looks, http.ts any web framework.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oidc from "openid-client";
import { faultOf } from "./fault.ts";
import { type Answer, cookieOf, formOf, guarded, type Routes, redirect } from "./http.ts";
import { type Look, notSignedInPage } from "./page.ts";
import type { Provider } from "./provider.ts";

/** Kept by `sub`: an e-mail may change, and a `sub` does not. */
export interface Person {
  sub: string;
  sid: unknown;
  email: unknown;
  wmid: unknown;
  idToken: string;
}

export interface SignIn {
  routes: Routes;
  personOf(request: IncomingMessage): Person | undefined;
  /** Signs a person in whom a confirmation has proven; what is given is to be set as a cookie. */
  enter(person: Person): string;
}

/** What this site knows of one browser: a sign-in that was begun, then the person. */
interface Session {
  checks?: oidc.AuthorizationCodeGrantChecks;
  person?: Person;
}

const LOGOUT = "http://schemas.openid.net/event/backchannel-logout";
const WORKING_DAY = 12 * 3_600_000;

export function createSignIn({ config, clientId, home }: Provider, look: Look): SignIn {
  const { issuer, jwks_uri: keysUri = issuer } = config.serverMetadata();
  const keys = createRemoteJWKSet(new URL(keysUri));

  // In memory: a site that restarts, or runs twice, needs a store.
  const sessions = new Map<string, Session>();
  const logoutTokens = new Set<string>();
  const sessionIdOf = (request: IncomingMessage) => cookieOf(request, `${clientId}-session`);
  /** With a new id each time, which nobody can know beforehand. Over https the cookie is `Secure` as well. */
  const keep = (session: Session): string => {
    const id = randomUUID();
    sessions.set(id, session);
    setTimeout(() => sessions.delete(id), WORKING_DAY).unref();
    return `${clientId}-session=${id}; Path=/; HttpOnly; SameSite=Lax`;
  };
  const goOn = (location: string, session: Session): Answer => redirect(location, keep(session));

  const routes: Routes = {
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
      if (idToken === undefined) return redirect(home);
      return redirect(oidc.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: home }).href);
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

  const failure = (error: unknown): Answer => {
    const { declined, words } = faultOf(error);
    return { status: declined ? 403 : 400, body: notSignedInPage(look, declined ? undefined : words) };
  };
  return {
    routes: guarded(routes, failure),
    personOf: (request) => sessions.get(sessionIdOf(request))?.person,
    enter: (person) => keep({ person }),
  };
}
