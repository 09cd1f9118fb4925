/**
 * Has one operation confirmed with E-num: it goes to the provider as `authorization_details` (RFC 9396), pushed (RFC 9126), so that
 * the browser carries nothing that could be changed; what comes back is believed by proof.ts alone. Copy it, with sign-in.ts or without.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import * as oidc from "openid-client";
import { faultOf, refusalOf, wasConfirmed } from "./fault.ts";
import { type Answer, cookieOf, type Routes, redirect } from "./http.ts";
import { createProofs, type Operation, type Proof } from "./proof.ts";
import type { Provider } from "./provider.ts";

/** The site's own record of what it wants to have confirmed. */
export interface Asked {
  /** Exactly as it is sent. Its `operation_id` is confirmed once, however often it is asked for. */
  readonly operation: Operation;
  /** The newest; a confirmed one stays. */
  outcome?: Outcome;
}

export type Outcome =
  | { kind: "confirmed"; proof: Proof }
  | { kind: "declined"; why: string }
  /** The operation, by the provider, which names the member where it is one: nobody was asked. */
  | { kind: "refused"; member?: string; why: string }
  | { kind: "failed"; why: string };

export type Unconfirmed = Exclude<Outcome, { kind: "confirmed" }>;

export interface Wishes {
  /** With `openid` the person is signed in first, and there is an ID token. */
  scope?: string;
  /** Who is signed in at the site: only that account may confirm. */
  by?: { sub: string; idToken: string } | undefined;
}

export interface Confirmations<Record extends Asked> {
  routes: Routes;
  /** Sends the person to confirm. The same record may be asked for again: after a no, or when nobody knows what became of it. */
  ask(request: IncomingMessage, record: Record, wishes?: Wishes): Promise<Answer>;
  /** What this browser has asked for within the last hour, newest first. */
  begunHere(request: IncomingMessage): Record[];
}

export interface ConfirmationsOptions<Record extends Asked> {
  provider: Provider;
  /** Where people come back to, below the site's address: one of its `redirect_uris`. */
  path: string;
  /** The site's page, and what it does; of a confirmed record perhaps more than once. */
  conclude(record: Record, outcome: Outcome): Answer;
  /** The page for somebody who comes back with what nobody here has begun, or another browser has. */
  lost(why: string): Answer;
}

/** One visit to the provider. */
interface Attempt<Record extends Asked> {
  record: Record;
  sub: string | undefined;
  browser: string;
  checks: oidc.AuthorizationCodeGrantChecks;
  /** Looked at once, however often the browser comes back. */
  answer?: Promise<Answer>;
}

const HOUR = 3600;
export const LOST = "It was not begun in this browser, or is over already.";

export function createConfirmations<Record extends Asked>(
  options: ConfirmationsOptions<Record>,
): Confirmations<Record> {
  const { path, conclude, lost, provider } = options;
  const { config, clientId, home } = provider;
  const proofs = createProofs(provider);
  // By `state`. In memory: a site that restarts, or runs twice, needs a store.
  const attempts = new Map<string, Attempt<Record>>();
  const browserOf = (request: IncomingMessage) => cookieOf(request, `${clientId}-browser`);
  const attemptsOf = (request: IncomingMessage) =>
    [...attempts.values()].filter(({ browser }) => browser === browserOf(request)).reverse();

  const push = async (request: IncomingMessage, record: Record, { scope, by }: Wishes): Promise<Answer> => {
    const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
    const address = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: home + path,
      authorization_details: JSON.stringify([record.operation]),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      ...(scope !== undefined && { scope, nonce }),
      ...(by !== undefined && { id_token_hint: by.idToken }),
    });
    const checks = {
      pkceCodeVerifier: verifier,
      expectedState: state,
      ...(scope !== undefined && { expectedNonce: nonce, idTokenExpected: true }),
    };
    // Only a name that we gave: one that somebody planted is not taken on.
    const browser = attemptsOf(request)[0]?.browser ?? randomUUID();
    attempts.set(state, { record, sub: by?.sub, browser, checks });
    setTimeout(() => attempts.delete(state), HOUR * 1000).unref();
    // Over https it is `Secure` as well.
    const cookie = `${clientId}-browser=${browser}; Path=/; Max-Age=${HOUR}; HttpOnly; SameSite=Lax`;
    return redirect(address.href, cookie);
  };

  const finish = async (record: Record, proving: Promise<Proof>, sub: string | undefined): Promise<Answer> => {
    const { operation } = record;
    const outcome = await proving
      .catch((error) => (wasConfirmed(error) ? proofs.ofRecord({ operation, sub }) : Promise.reject(error)))
      .then((proof) => ({ kind: "confirmed" as const, proof }), outcomeOf);
    if (record.outcome?.kind !== "confirmed") record.outcome = outcome;
    return conclude(record, record.outcome);
  };

  const comeBack = async (request: IncomingMessage, url: URL): Promise<Answer> => {
    const attempt = attempts.get(url.searchParams.get("state") ?? "");
    if (attempt === undefined || attempt.browser !== browserOf(request)) return lost(LOST);
    const { record, checks, sub } = attempt;
    const first = attempt.answer === undefined;
    const expected = { operation: record.operation, sub };
    attempt.answer ??= finish(record, proofs.ofReturn(url, checks, expected), sub);
    const answer = await attempt.answer;
    // The same page, but no cookie a second time: somebody else may be signed in by now.
    return first ? answer : { ...answer, headers: {} };
  };

  return {
    routes: { [`GET /${path}`]: comeBack },
    ask: (request, record, wishes = {}) =>
      push(request, record, wishes).catch((error) => finish(record, Promise.reject(error), wishes.by?.sub)),
    begunHere: (request) => [...new Set(attemptsOf(request).map(({ record }) => record))],
  };
}

/** A number for people, `order-4f7a2c91d0`, that no other operation of the site's has. */
export function newOperationId(kind: string): string {
  return `${kind}-${randomBytes(5).toString("hex")}`;
}

function outcomeOf(error: unknown): Outcome {
  const { declined, words: why } = faultOf(error);
  if (declined) return { kind: "declined", why };
  const refused = refusalOf(error);
  return refused === undefined ? { kind: "failed", why } : { kind: "refused", ...refused };
}
