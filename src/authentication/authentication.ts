/**
 * Owns how a person proves an account with a response, whatever it is for: a login, or an operation that is confirmed.
 * It decides who is asked (an account, or nobody), on which counter, and what must come first; whether a response is right,
 * `challenge/` decides. Whoever is asked, the same statements are sent to the database, in number and kind.
 * Control enters from a step with a visit and leaves with a verdict; what follows from a right response the step says itself,
 * in the same transaction.
 */
import type { Context } from "koa";
import type { Account, Accounts } from "../account/account.ts";
import type { Identifier } from "../account/identifier.ts";
import type { Audit } from "../audit/audit.ts";
import type { Challenges, ChallengeView, Origin, Subject, Verdict } from "../challenge/challenge.ts";
import type { Expectation } from "../challenge/expectation.ts";
import { DAY, MINUTE, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Response } from "../e-num/challenge.ts";
import { Fault } from "../errors.ts";
import { networkOf } from "../http/network.ts";
import type { Visit } from "../interaction/step.ts";
import {
  type Counter,
  type Gate,
  type GateColumns,
  isKnownBrowser,
  type Limits,
  unknownBrowsersCounter,
} from "../limits/limits.ts";
import { both, named, type Throttle, type ThrottleRule } from "../limits/throttle.ts";
import type { Locale } from "../locale/locale.ts";
import type { Digester } from "../secrecy.ts";
import type { Browsers } from "./browsers.ts";
import type { EmailProof, EmailVerdict } from "./email-proof.ts";
import { type CounterColumns, type CounterFor, type Safeguards, WRONG_ANSWERS } from "./safeguards.ts";

export interface AuthenticationPorts {
  database: Database;
  digest: Digester;
  accounts: Accounts;
  browsers: Pick<Browsers, "known">;
  challenges: Challenges;
  emailProof: EmailProof;
  limits: Limits;
  throttle: Throttle;
  audit: Audit;
  safeguards: Safeguards;
  /** Where the browser is, for the phone to show. */
  originOf(context: Context): Origin;
}

export type Asked =
  | { kind: "asked"; challenge: ChallengeView }
  /** The account's e-mail is to be proven first: a code was sent. */
  | { kind: "email-code" }
  /** Too many identifiers from this address. */
  | { kind: "too-many" }
  | Exclude<Gate, { kind: "open" }>;

export type AuthenticationVerdict =
  | Exclude<Verdict, { kind: "accepted" }>
  /** `closedOut`: a browser that the owner knows has signed in while unknown ones are closed out. */
  | (Extract<Verdict, { kind: "accepted" }> & { closedOut: boolean });

/** In whose browser, at which visit, in which language. */
export interface Asking {
  context: Context;
  visit: Visit;
  locale: Locale;
  /** What the response is for; events are named by it. */
  purpose: "login" | "operation";
  /** What `current` has said in this request, so that an answer need not read it once more. */
  shown?: ChallengeView;
  /** How long a check number is good for, where the operation's type says so. */
  lifetime?: Millis;
  /** What an answer that comes from the phone, without this browser, is judged by. */
  details?: string;
}

/** What a right response leads to, in the transaction that accepts it; throwing takes it all back. */
export type Accepting = (sql: Sql, verdict: Accepted, challenge: ChallengeView) => Promise<void>;
export type Accepted = Extract<Verdict, { kind: "accepted" }>;

export interface Authentication {
  /** Issues a challenge for whom the identifier names; for nobody, a decoy. */
  ask(asking: Asking, identifier: Identifier): Promise<Asked>;
  /** A challenge for an account that is known by other means: it has just been enrolled in this browser. */
  askAccount(asking: Asking, account: Account): Promise<Asked>;
  /** A new check number for the same person. */
  askAgain(asking: Asking, former: ChallengeView): Promise<Asked>;
  answer(
    asking: Asking,
    response: Response,
    expectation: Expectation,
    accepting: Accepting,
  ): Promise<AuthenticationVerdict>;
  /** The code that proves the account's e-mail; when it is right, a challenge follows. */
  answerEmail(asking: Asking, typed: string): Promise<{ verdict: EmailVerdict; asked: Asked | undefined }>;
  /** Another code; false when too many were asked for, or none is awaited. */
  resendEmail(asking: Pick<Asking, "visit" | "locale">): Promise<boolean>;
  awaitsEmail(visit: Visit): Promise<boolean>;
  current(visit: Visit): Promise<ChallengeView | undefined>;
  /** Whether unknown browsers are closed out of the account that has just answered in a known one. */
  closedOut(context: Context, accountId: string): Promise<boolean>;
  /** Lets unknown browsers in for a quarter of an hour. */
  admit(visit: Visit, accountId: string): Promise<void>;
  decline(visit: Visit, purpose: Asking["purpose"]): Promise<void>;
}

/** PROTOCOL 11; its reasons are there. */
const IDENTIFIERS: ThrottleRule = { limit: 20, window: MINUTE };
const UNANSWERED: ThrottleRule = { limit: 30, window: DAY };

export function createAuthentication(ports: AuthenticationPorts): Authentication {
  const { database, audit, throttle, safeguards } = ports;
  const { wrongFrom, unanswered } = safeguards;

  const countUnanswered = async (sql: Sql, subject: Subject, counter: Counter) => {
    const along = ports.limits.gateAlong(counter);
    const { passes, row } = await throttle.passWith<GateColumns>(sql, unanswered(subject), UNANSWERED, along);
    return { gate: ports.limits.gateIn(row), few: passes };
  };

  const askSubject = async (
    sql: Sql,
    { context, visit, locale, purpose, lifetime, details }: Asking,
    subject: Subject,
    along?: CounterFor,
  ): Promise<Asked> => {
    const counted = along ?? (await safeguards.counterFor(sql, context, subject));
    const { counter, known } = counted;
    const { gate, few } = counted.known
      ? { gate: counted.gate, few: true }
      : await countUnanswered(sql, subject, counter);
    if (gate.kind !== "open") {
      // No number is shown, so that there is none to be left unanswered.
      if (!known) await throttle.refund(sql, unanswered(subject));
      return gate;
    }
    if (!few) {
      const first = await safeguards.emailFirst(sql, { visit, locale }, subject);
      if (first !== undefined) return first;
    }
    const request = { context: visit.uid, subject, counter, purpose, clientId: visit.site.clientId, lifetime, details };
    const challenge = await ports.challenges.issue(sql, { ...request, origin: ports.originOf(context) });
    return { kind: "asked", challenge };
  };

  const decoy = (identifier: Identifier): Subject => ({
    key: `decoy:${ports.digest("decoy", `${identifier.kind} ${identifier.value}`)}`,
    accountId: undefined,
  });

  /** What follows from a verdict, kept in the same transaction. */
  const keep = async (
    sql: Sql,
    { context, visit, locale, purpose }: Asking,
    challenge: ChallengeView,
    verdict: Verdict,
    accepting: Accepting,
  ): Promise<void> => {
    const { accountId } = challenge.subject;
    if (verdict.kind !== "accepted") await throttle.pass(sql, wrongFrom(context), WRONG_ANSWERS);
    const about = { accountId, clientId: visit.site.clientId };
    switch (verdict.kind) {
      case "accepted":
        return accepting(sql, verdict, challenge);
      case "wrong-response":
      case "exhausted":
        return audit.append(sql, { ...about, type: `${purpose}.refused`, detail: { reason: verdict.kind } });
      case "locked":
        await audit.append(sql, { ...about, type: `${purpose}.locked`, detail: { until: verdict.until } });
        return verdict.first ? safeguards.tellOwner(sql, { context, locale }, accountId, verdict.until) : undefined;
      case "closed-out":
      case "too-many":
      case "expired":
      case "already-used":
      case "declined":
        return;
      default:
        return verdict satisfies never;
    }
  };

  const gateOfUnknown = (sql: Sql, accountId: string) => ports.limits.gate(sql, unknownBrowsersCounter(accountId));

  return {
    ask: (asking, identifier) =>
      database.transaction(async (sql) => {
        const account = ports.accounts.idOf(identifier);
        const { passes, row } = await throttle.passWith<{ account_id: string | null } & CounterColumns>(
          sql,
          `identifiers from ${networkOf(asking.context.ip)}`,
          IDENTIFIERS,
          both(named(account, "account_id"), safeguards.counterAlong(asking.context, account)),
        );
        if (!passes) return { kind: "too-many" };
        const id = row.account_id;
        // Made for everybody, so that it costs the same.
        const nobody = decoy(identifier);
        const subject = id === null ? nobody : { key: id, accountId: id };
        return askSubject(sql, asking, subject, safeguards.counterIn(row, subject));
      }),
    askAccount: (asking, { id }) => database.transaction((sql) => askSubject(sql, asking, { key: id, accountId: id })),
    askAgain: (asking, former) => database.transaction((sql) => askSubject(sql, asking, former.subject)),

    async answer(asking, response, expectation, accepting) {
      const { context, visit } = asking;
      const judge = async (sql: Sql): Promise<{ verdict: AuthenticationVerdict; answered?: Subject }> => {
        const { verdict, challenge } = await ports.challenges.answer(
          sql,
          visit.uid,
          response,
          expectation,
          asking.shown,
          // Too many wrong ones from this address, over all accounts. They alone are counted, after they are known to be wrong: as many as the pool has connections may pass beside one another.
          throttle.passing(wrongFrom(context), WRONG_ANSWERS),
          unknownBrowsersCounter,
        );
        if (verdict.kind === "too-many") return { verdict };
        if (challenge === undefined) throw new Fault("session-lost", { detail: "no check number was shown" });
        if (verdict.judged) await keep(sql, asking, challenge, verdict, accepting);
        if (verdict.kind !== "accepted") return { verdict };
        if (!isKnownBrowser(challenge.counter)) {
          const { judged } = verdict;
          return { verdict: { ...verdict, closedOut: false }, ...(judged && { answered: challenge.subject }) };
        }
        const { gate = await gateOfUnknown(sql, verdict.accountId) } = verdict;
        return { verdict: { ...verdict, closedOut: gate.kind === "closed-out" } };
      };
      const { verdict, answered } = await database.transaction(judge);
      // Afterwards: whoever asks for another number takes the allowance before the number, and the two would wait for one another.
      // Where it fails, a place of a day is lost; the answer is kept, and its person goes on.
      if (answered !== undefined) await throttle.refund(database, unanswered(answered)).catch(() => undefined);
      return verdict;
    },

    answerEmail: (asking, typed) =>
      database.transaction(async (sql) => {
        const verdict = await ports.emailProof.answer(sql, asking.visit.uid, typed);
        if (verdict.kind !== "right") return { verdict, asked: undefined };
        // The other click of two is led to the number of the first: its person may be at the phone with it by now.
        const shown = verdict.judged ? undefined : await ports.challenges.current(sql, asking.visit.uid);
        if (shown?.state === "open" || shown?.state === "answered")
          return { verdict, asked: { kind: "asked", challenge: shown } };
        return { verdict, asked: await askSubject(sql, asking, verdict.subject) };
      }),
    resendEmail: ({ visit, locale }) =>
      database.transaction(async (sql) => {
        const proof = await ports.emailProof.state(sql, visit.uid);
        return proof.kind === "waiting" && ports.emailProof.send(sql, visit.uid, proof.subject, locale);
      }),
    awaitsEmail: async (visit) => (await ports.emailProof.state(database, visit.uid)).kind === "waiting",

    current: (visit) => ports.challenges.current(database, visit.uid),
    async closedOut(context, accountId) {
      const browser = await ports.browsers.known(database, context, accountId);
      return browser !== undefined && (await gateOfUnknown(database, accountId)).kind === "closed-out";
    },
    admit: (visit, accountId) =>
      database.transaction(async (sql) => {
        const until = await ports.limits.admit(sql, unknownBrowsersCounter(accountId));
        const about = { accountId, clientId: visit.site.clientId };
        await audit.append(sql, { ...about, type: "login.admitted", detail: { until, by: "browser" } });
      }),
    decline: (visit, purpose) =>
      database.transaction(async (sql) => {
        const current = await ports.challenges.current(sql, visit.uid);
        await ports.challenges.decline(sql, visit.uid);
        // A stranger may press this as well, so it ends this one request and tells nobody (PROTOCOL 7).
        const about = { accountId: current?.subject.accountId, clientId: visit.site.clientId };
        await audit.append(sql, { ...about, type: `${purpose}.declined`, detail: {} });
      }),
  };
}
