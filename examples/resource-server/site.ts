/**
 * A site whose back end uses an API for its people: it asks for tokens for that API, does what the API's challenges ask for, and has a
 * limit confirmed by an operation that the API spends. Copy it: what a site must send and check is here; pages.ts is how it looks.
 */
import { randomUUID } from "node:crypto";
import type { RequestListener } from "node:http";
import Router from "@koa/router";
import Koa, { type Context } from "koa";
import * as oidc from "openid-client";
import { LIMITS, messagePage, STATEMENTS, startPage, type WalletState, walletPage } from "./pages.ts";

export interface WalletSiteOptions {
  /** Where this site listens on this machine. */
  port: number;
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** The API's address, and the `resource` of the tokens for it. */
  resource: string;
}

/** What is to be done at the API. */
interface Wish {
  method: "GET" | "PUT";
  path: "wallet" | "statements" | "limit";
  body?: string;
}

/** A person who was sent to the provider from this browser, and why. */
interface Way {
  checks: oidc.AuthorizationCodeGrantChecks;
  wish: Wish;
  /** Challenges of the API that were answered for this wish already: each is answered once. */
  answered: readonly string[];
  /** The token is for this wish alone. */
  once: boolean;
}

interface Person {
  sub: string;
  idToken: string;
  accessToken: string;
  /** What the way to this token has answered already, until the API has taken it: else two that disagree would send a browser round for ever. */
  answered: readonly string[];
}

interface Session {
  ways: Map<string, Way>;
  person?: Person;
  /** As the API has told it last. */
  wallet?: WalletState;
}

const SCOPE = "openid wallet:read wallet:settings";
const WORKING_DAY = 12 * 3_600_000;
const COOKIE = "wallet-session";
const LONGEST = 1000;
/** What a way to the provider may help against. */
const CHALLENGES = ["invalid_token", "insufficient_user_authentication"];
const BALANCE: Wish = { method: "GET", path: "wallet" };

/** What the API wants before it does a wish (RFC 6750 section 3, RFC 9470 section 3). */
interface Challenge {
  error: string;
  /** For the authorization request. */
  ask: Record<string, string>;
}

/** For `createServer(await createWalletSite(…)).listen(port)`, once the provider runs. */
export async function createWalletSite(options: WalletSiteOptions): Promise<RequestListener> {
  const { port, issuer, clientId, clientSecret, resource } = options;
  const home = `http://localhost:${port}/`;
  // Plain http is for this machine alone.
  const execute = issuer.startsWith("http://localhost:") ? [oidc.allowInsecureRequests] : [];
  const metadata = { id_token_signed_response_alg: "ES256" };
  const authentication = oidc.ClientSecretBasic(clientSecret);
  const config = await oidc.discovery(new URL(issuer), clientId, metadata, authentication, { execute });

  // In memory: a site that restarts, or runs twice, needs a store.
  const sessions = new Map<string, Session>();
  const here = new WeakMap<Context, Session>();
  /** With a new id each time, which nobody can know beforehand. Over https the cookie is `Secure` as well. */
  const openSession = (context: Context, about: Partial<Session> = {}): Session => {
    const id = randomUUID();
    const session = { ways: new Map<string, Way>(), ...about };
    sessions.delete(context.cookies.get(COOKIE) ?? "");
    sessions.set(id, session);
    here.set(context, session);
    setTimeout(() => sessions.delete(id), WORKING_DAY).unref();
    context.cookies.set(COOKIE, id, { httpOnly: true, sameSite: "lax", overwrite: true });
    return session;
  };
  const sessionOf = (context: Context): Session =>
    here.get(context) ?? sessions.get(context.cookies.get(COOKIE) ?? "") ?? openSession(context);

  /** Sends the person to the provider, for a sign-in or more of one. Whoever is signed in here is the one who must come back. */
  const send = async (context: Context, wish: Wish, ask: Record<string, string>, answered: readonly string[]) => {
    const session = sessionOf(context);
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const address = oidc.buildAuthorizationUrl(config, {
      redirect_uri: `${home}callback`,
      scope: SCOPE,
      resource,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ...(session.person === undefined ? {} : { id_token_hint: session.person.idToken }),
      ...ask,
    });
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    session.ways.set(state, { checks, wish, answered, once: false });
    context.redirect(address.href);
  };

  /** Pushed (RFC 9126). The API is named as the one that spends what is confirmed, and no scope is asked for: nobody is signed in by it. */
  const sendToConfirm = async (context: Context, sub: string, from: string, to: string) => {
    const operation = { type: "security_settings", operation_id: randomUUID(), setting: "Daily limit", from, to };
    const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
    const address = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: `${home}callback`,
      authorization_details: JSON.stringify([operation]),
      resource,
      login_hint: sub,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
    });
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    const wish: Wish = { method: "PUT", path: "limit", body: to };
    sessionOf(context).ways.set(state, { checks, wish, answered: CHALLENGES, once: true });
    context.redirect(address.href);
  };

  /** Asks the API; a challenge sends the person to the provider once, and the same challenge again is the end of it. */
  const fulfil = async (context: Context, accessToken: string, wish: Wish, answered: readonly string[]) => {
    const { method, path, body } = wish;
    const answer = await callApi(config, accessToken, new URL(`${resource}/${path}`), method, body);
    if ("error" in answer) {
      if (answered.includes(answer.error))
        throw new Error(`The wallet's server asks for more than it got: ${answer.error}.`);
      return send(context, wish, answer.ask, [...answered, answer.error]);
    }
    const session = sessionOf(context);
    if (session.person !== undefined) session.person.answered = [];
    if (!answer.ok) throw new Error((await answer.text()) || `The wallet's server answered ${answer.status}.`);
    if (method === "PUT") return context.redirect(`${home}?changed=${path}`);
    const wallet: WalletState = await answer.json();
    session.wallet = wallet;
    context.body = walletPage(wallet, context.query["changed"]);
  };

  const router = new Router();

  router.get("/", async (context) => {
    const { person } = sessionOf(context);
    if (person === undefined) context.body = startPage();
    else await fulfil(context, person.accessToken, BALANCE, person.answered);
  });

  router.post("/sign-in", (context) => send(context, BALANCE, {}, ["invalid_token"]));

  router.post("/statements", async (context) => {
    const { person } = sessionOf(context);
    const body = await chosen(context, STATEMENTS);
    const wish: Wish = { method: "PUT", path: "statements", body };
    await (person === undefined ? send(context, wish, {}, []) : fulfil(context, person.accessToken, wish, []));
  });

  router.post("/limit", async (context) => {
    const { person, wallet } = sessionOf(context);
    if (person === undefined || wallet === undefined) throw new Error("Sign in first.");
    await sendToConfirm(context, person.sub, wallet.limit, await chosen(context, LIMITS));
  });

  /** openid-client compares `state` and `iss`, redeems the code and checks the ID token; that it is the same person is for us to see. */
  router.get("/callback", async (context) => {
    const session = sessionOf(context);
    const state = String(context.query["state"]);
    const way = session.ways.get(state);
    if (way === undefined) throw new Error("It was not begun in this browser, or is over already.");
    session.ways.delete(state);
    const tokens = await oidc.authorizationCodeGrant(config, new URL(context.url, home), way.checks);
    if (way.once) return fulfil(context, tokens.access_token, way.wish, way.answered);
    const { sub = "" } = tokens.claims() ?? {};
    if (session.person !== undefined && session.person.sub !== sub) throw new Error("Somebody else has signed in.");
    const { access_token: accessToken, id_token: idToken = "" } = tokens;
    const person = { sub, idToken, accessToken, answered: way.answered };
    openSession(context, { ...session, person });
    if (way.wish.method === "GET") return context.redirect(home);
    return fulfil(context, person.accessToken, way.wish, way.answered);
  });

  router.post("/sign-out", (context) => {
    const idToken = sessionOf(context).person?.idToken;
    sessions.delete(context.cookies.get(COOKIE) ?? "");
    const parameters = { id_token_hint: idToken ?? "", post_logout_redirect_uri: home };
    context.redirect(idToken === undefined ? home : oidc.buildEndSessionUrl(config, parameters).href);
  });

  const app = new Koa();
  app.use(async (context, next) => {
    context.set("cache-control", "no-store");
    await next().catch((error: unknown) => {
      const { declined, words } = faultOf(error);
      context.status = declined ? 403 : 400;
      context.body = messagePage(declined ? undefined : words);
    });
    // A form that was posted goes on by GET.
    if (context.status === 302) context.status = 303;
  });
  app.use(router.routes());
  return app.callback();
}

/** The API's answer, or its challenge in the words of the authorization request. openid-client has parsed the header. */
async function callApi(
  config: oidc.Configuration,
  token: string,
  address: URL,
  method: string,
  body: string | undefined,
): Promise<Response | Challenge> {
  try {
    return await oidc.fetchProtectedResource(config, token, address, method, body ?? null);
  } catch (error) {
    if (!(error instanceof oidc.WWWAuthenticateChallengeError)) throw error;
    const { error: code, acr_values: acr, max_age: age } = error.cause.find(isBearer)?.parameters ?? {};
    if (code === undefined || !CHALLENGES.includes(code)) {
      throw new Error(`The wallet's server refused: ${code ?? error.status}.`);
    }
    return { error: code, ask: { ...(acr ? { acr_values: acr } : {}), ...(age ? { max_age: age } : {}) } };
  }
}

function isBearer({ scheme }: { scheme: string }): boolean {
  return scheme === "bearer";
}

async function chosen({ req }: Context, allowed: readonly string[]): Promise<string> {
  let form = "";
  for await (const part of req) {
    form += part;
    if (form.length > LONGEST) throw new Error("That is too long.");
  }
  const word = allowed.find((each) => each === new URLSearchParams(form).get("to"));
  if (word === undefined) throw new Error("That cannot be chosen.");
  return word;
}

/** What the provider, the API or a check said against it; the person's own no is no failure. */
function faultOf(error: unknown): { declined: boolean; words: string } {
  const named = error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError;
  if (!named) return { declined: false, words: error instanceof Error ? error.message : "" };
  return { declined: error.error === "access_denied", words: `${error.error} ${error.error_description ?? ""}`.trim() };
}
