import type { Context } from "koa";
import type { Subject } from "../challenge/challenge.ts";
import { HOUR, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { networkOf } from "../http/network.ts";
import type { Visit } from "../interaction/step.ts";
import {
  type Counter,
  type Gate,
  type GateColumns,
  knownBrowserCounter,
  type Limits,
  unknownBrowsersCounter,
} from "../limits/limits.ts";
import { type Along, both, type Scalar, type ThrottleRule } from "../limits/throttle.ts";
import type { Locale } from "../locale/locale.ts";
import type { Notices } from "../notice/notice.ts";
import type { Browsers } from "./browsers.ts";
import type { EmailProof } from "./email-proof.ts";

/** What guards every way of proving an account alike, by a response or by a code: counters, the e-mail first, and telling its owner. */
export interface Safeguards {
  /** The counter on which this browser's failures are counted. */
  counterFor(sql: Sql, context: Context, subject: Subject): Promise<CounterFor>;
  /** The same, of the account whose id a statement finds itself; and of what it gave back. */
  counterAlong(context: Context, account: Scalar): Along;
  counterIn(row: CounterColumns, subject: Subject): CounterFor;
  /** Undefined where this visit has proven the account's e-mail; else a code was sent there, or too many were. */
  emailFirst(
    sql: Sql,
    asking: { visit: Visit; locale: Locale },
    subject: Subject,
  ): Promise<{ kind: "email-code" } | { kind: "too-many" } | undefined>;
  /** At the first lock; of a decoy nobody is told, with the same statements. */
  tellOwner(
    sql: Sql,
    asking: { context: Context; locale: Locale },
    accountId: string | undefined,
    until: Millis,
  ): Promise<void>;
  /** Names of throttles: wrong answers of an address over all accounts, and unanswered check numbers of an account. */
  wrongFrom(context: Context): string;
  unanswered(subject: Subject): string;
}

/** `known`: this browser has signed the account in before, and what is judged on its counter now is read along. */
export type CounterFor = { counter: Counter; known: false } | { counter: Counter; known: true; gate: Gate };

/** `browser_digest` is null where the account does not know this browser, or is nobody's. */
export type CounterColumns = GateColumns & { browser_digest: string | null };

/** PROTOCOL 11, spraying. */
export const WRONG_ANSWERS: ThrottleRule = { limit: 20, window: HOUR };

export interface SafeguardPorts {
  browsers: Browsers;
  emailProof: EmailProof;
  notices: Notices;
  limits: Pick<Limits, "gateAlong" | "gateIn">;
}

export function createSafeguards(ports: SafeguardPorts): Safeguards {
  return {
    async counterFor(sql, context, subject) {
      const { gateAlong, gateIn } = ports.limits;
      const known = await ports.browsers.knownWith<GateColumns>(sql, context, subject.accountId, gateAlong);
      return known === undefined
        ? { counter: unknownBrowsersCounter(subject.key), known: false }
        : { counter: known.counter, known: true, gate: gateIn(known.row) };
    },
    counterAlong(context, account) {
      const { known, counter } = ports.browsers.knownAlong(context, account);
      return both(known, ports.limits.gateAlong(counter));
    },
    counterIn({ browser_digest: digest, ...gate }, { key, accountId }) {
      return digest === null || accountId === undefined
        ? { counter: unknownBrowsersCounter(key), known: false }
        : { counter: knownBrowserCounter(digest, accountId), known: true, gate: ports.limits.gateIn(gate) };
    },
    async emailFirst(sql, { visit, locale }, subject) {
      const proof = await ports.emailProof.state(sql, visit.uid);
      const own = proof.kind !== "none" && proof.subject.key === subject.key ? proof.kind : "none";
      if (own === "proven") return undefined;
      const sent = await ports.emailProof.send(sql, visit.uid, subject, locale);
      return sent || own === "waiting" ? { kind: "email-code" } : { kind: "too-many" };
    },
    async tellOwner(sql, { context, locale }, accountId, until) {
      await ports.browsers.forget(sql, context, accountId ?? "");
      const locked = { kind: "locked", until } as const;
      if (accountId === undefined) return ports.notices.pretend(sql, locale, locked);
      return ports.notices.tell(sql, accountId, locked);
    },
    wrongFrom: (context) => `wrong from ${networkOf(context.ip)}`,
    unanswered: (subject) => `unanswered ${subject.key}`,
  };
}
