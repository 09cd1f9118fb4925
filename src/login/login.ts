/**
 * Owns the step in which a person proves an account with a response: identifier, check number, response.
 * It decides who is asked (an account, or nobody) and on which counter; whether a response is right, `challenge/` decides.
 * Control enters from the dispatcher with a visit and leaves with an outcome; the account that was proven is in it.
 */
import type { Account, Accounts } from "../account/account.ts";
import type { Identifier } from "../account/identifier.ts";
import type { Audit } from "../audit/audit.ts";
import type { Challenges, ChallengeView, Subject, Verdict } from "../challenge/challenge.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database.ts";
import type { Response } from "../e-num/challenge.ts";
import type { Visit } from "../interaction/step.ts";
import { type Counter, knownBrowserCounter, type Limits, unknownBrowsersCounter } from "../limits/limits.ts";
import type { Messaging } from "../messaging/messaging.ts";
import type { Digester } from "../secrecy.ts";
import type { Context } from "koa";
import type { Browsers } from "./browsers.ts";

export interface LoginPorts {
  database: Database;
  clock: Clock;
  digest: Digester;
  accounts: Accounts;
  browsers: Browsers;
  challenges: Challenges;
  limits: Limits;
  audit: Audit;
  messaging: Messaging;
}

export type Asked = { kind: "asked"; challenge: ChallengeView } | { kind: "locked"; until: Millis };

export interface Login {
  /** Issues a challenge for whom the identifier names; for nobody, a decoy. */
  ask(context: Context, visit: Visit, identifier: Identifier): Promise<Asked>;
  /** A challenge for an account that is known by other means: it has just been enrolled in this browser. */
  askAccount(context: Context, visit: Visit, account: Account): Promise<Asked>;
  /** A new check number for the same person. */
  askAgain(context: Context, visit: Visit, former: ChallengeView): Promise<Asked>;
  answer(context: Context, visit: Visit, response: Response): Promise<Verdict>;
  current(visit: Visit): Promise<ChallengeView | undefined>;
  decline(visit: Visit): Promise<void>;
}

export function createLogin(ports: LoginPorts): Login {
  const { database, audit } = ports;

  const counterFor = async (sql: Sql, context: Context, subject: Subject): Promise<Counter> => {
    const browser = await ports.browsers.known(sql, context, subject.accountId);
    return browser === undefined || subject.accountId === undefined
      ? unknownBrowsersCounter(subject.key)
      : knownBrowserCounter(browser, subject.accountId);
  };

  const ask = (context: Context, visit: Visit, subjectOf: (sql: Sql) => Promise<Subject>): Promise<Asked> =>
    database.transaction(async (sql) => {
      const subject = await subjectOf(sql);
      const counter = await counterFor(sql, context, subject);
      const until = await ports.limits.lockedUntil(sql, counter);
      if (until !== undefined) return { kind: "locked", until };
      const request = { context: visit.uid, subject, counter, mode: "login" as const, clientId: visit.site.clientId };
      return { kind: "asked", challenge: await ports.challenges.issue(sql, request) };
    });

  const decoy = (identifier: Identifier): Subject => ({
    key: `decoy:${ports.digest("decoy", `${identifier.kind} ${identifier.value}`)}`,
    accountId: undefined,
  });

  /** What follows from a verdict, kept in the same transaction. */
  const keep = async (sql: Sql, context: Context, visit: Visit, subject: Subject, verdict: Verdict): Promise<void> => {
    if (!verdict.judged) return;
    const { accountId } = subject;
    const about = { accountId, clientId: visit.site.clientId };
    switch (verdict.kind) {
      case "accepted":
        await ports.browsers.remember(sql, context, verdict.accountId);
        return audit.append(sql, { ...about, type: "login.accepted", deviceId: verdict.deviceId, detail: {} });
      case "wrong-response":
      case "exhausted":
        return audit.append(sql, { ...about, type: "login.refused", detail: { reason: verdict.kind } });
      case "locked":
        await audit.append(sql, { ...about, type: "login.locked", detail: { until: verdict.until } });
        if (verdict.first && accountId !== undefined) await tellOwner(sql, context, accountId, verdict.until);
        return;
      case "expired":
      case "already-used":
      case "declined":
        return;
      default:
        return verdict satisfies never;
    }
  };

  const tellOwner = async (sql: Sql, context: Context, accountId: string, until: Millis): Promise<void> => {
    await ports.browsers.forget(sql, context, accountId);
    const account = await ports.accounts.byId(sql, accountId);
    if (account === undefined) return;
    await ports.messaging.enqueue(sql, {
      channel: "mail",
      to: account.email,
      locale: account.locale,
      template: "locked",
      params: { until: new Date(until) },
    });
  };

  return {
    ask: (context, visit, identifier) =>
      ask(context, visit, async (sql) => {
        const account = await ports.accounts.find(sql, identifier);
        return account === undefined ? decoy(identifier) : { key: account.id, accountId: account.id };
      }),
    askAccount: (context, visit, account) => ask(context, visit, async () => ({ key: account.id, accountId: account.id })),
    askAgain: (context, visit, former) => ask(context, visit, async () => former.subject),
    answer: (context, visit, response) =>
      database.transaction(async (sql) => {
        const current = await ports.challenges.current(sql, visit.uid);
        const verdict = await ports.challenges.answer(sql, visit.uid, response);
        if (current !== undefined) await keep(sql, context, visit, current.subject, verdict);
        return verdict;
      }),
    current: (visit) => ports.challenges.current(database, visit.uid),
    decline: (visit) =>
      database.transaction(async (sql) => {
        const current = await ports.challenges.current(sql, visit.uid);
        await ports.challenges.decline(sql, visit.uid);
        // A stranger may press this as well, so it ends this one request and tells nobody (PROTOCOL 7).
        const about = { accountId: current?.subject.accountId, clientId: visit.site.clientId };
        await audit.append(sql, { ...about, type: "login.declined", detail: {} });
      }),
  };
}
