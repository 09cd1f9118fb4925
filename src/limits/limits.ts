/**
 * Owns the counters of wrong responses and the locks that follow from them (PROTOCOL 11). It does not know what is counted:
 * callers name a counter, count a try before they judge it, and clear the counter after a right response.
 */
import { type Clock, HOUR, MINUTE, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Along, Scalar } from "./throttle.ts";

/** Whose failures are counted together; made by the functions below alone. */
export type Counter = string & { readonly brand: "Counter" };

export interface Limits {
  /** Counts one try, before it is judged. The fifth in a row comes with the lock that it leaves behind unless it is right. */
  count(sql: Sql, counter: Counter): Promise<Counted>;
  /** After a right response on this counter. */
  clear(sql: Sql, counter: Counter): Promise<void>;
  /**
   * After a right code by SMS, which is less than a response: takes back what its own visit has cost, this try and the lock that came with it,
   * and nothing else. So codes open no way to guess at responses beyond what PROTOCOL 11 allows.
   */
  forgive(sql: Sql, counter: Counter, cost: { tries: number; locked: boolean }): Promise<void>;
  /** Whether anything is judged on this counter now. */
  gate(sql: Sql, counter: Counter): Promise<Gate>;
  /** The same, for a statement that reads it along, and of what it gave back. */
  gateAlong(counter: Counter | Scalar): Along;
  gateIn(row: GateColumns): Gate;
  /** The owner lets unknown browsers try again for a quarter of an hour; until when. */
  admit(sql: Sql, counter: Counter): Promise<Millis>;
}

/** `closed-out`: after 100 failures, until the owner opens it (NIST SP 800-63B section 5.2.2). */
export type Gate = { kind: "open" } | { kind: "locked"; until: Millis } | { kind: "closed-out" };

/** `lock`: what this try leaves behind unless it is right; `first`, when there was none before it since the last right response. */
export type Counted =
  | { kind: "counted"; lock: { until: Millis; first: boolean } | undefined }
  | Exclude<Gate, { kind: "open" }>;

/** PSD2 RTS article 4(3)(b): at most five failures in a row. */
const FAILURES = 5;
/** The first lock, the second, and each one after. */
const LOCKS: readonly [Millis, Millis, Millis] = [15 * MINUTE, HOUR, 6 * HOUR];
/** NIST SP 800-63B section 5.2.2: no more than 100 failures on one account. */
const TOTAL = 100;
const ADMISSION: Millis = 15 * MINUTE;

/** A browser that has signed this account in before has a counter of its own (OWASP device cookies). */
export function knownBrowserCounter(browserDigest: string, accountId: string): Counter {
  return `browser:${browserDigest}:${accountId}` as Counter;
}

/** The same, of the account whose id a statement finds itself. */
export function knownBrowserCounterOf(browserDigest: string, account: Scalar): Scalar {
  return { scalar: `('browser:' || ? || ':' || ${account.scalar})`, bindings: [browserDigest, ...account.bindings] };
}

/** Whether it is that of a browser that has signed in before. */
export function isKnownBrowser(counter: Counter): boolean {
  return counter.startsWith("browser:");
}

/** All browsers together that never signed this subject in; a subject is an account's id or a decoy's key. */
export function unknownBrowsersCounter(subject: string): Counter {
  return `unknown:${subject}` as Counter;
}

/** A site that asks for a person by itself, without a browser; nothing is counted on it, since only devices answer (PROTOCOL 12). */
export function siteCounter(clientId: string, subject: string): Counter {
  return `site:${clientId}:${subject}` as Counter;
}

/** Whether a site asked by itself. */
export function isSite(counter: Counter): boolean {
  return counter.startsWith("site:");
}

/** All the first responses of one enrolment together. */
export function enrolmentCounter(enrolmentId: string): Counter {
  return `enrolment:${enrolmentId}` as Counter;
}

/** A device's own answers and renewals over the device API. */
export function deviceCounter(deviceId: string): Counter {
  return `device:${deviceId}` as Counter;
}

const COUNT = `
  INSERT INTO counter (id, failures, total, locks, locked_until, admitted_until, updated_at) VALUES (?, 1, 1, 0, 0, 0, ?)
  ON CONFLICT (id) DO UPDATE SET
    total = counter.total + 1,
    failures = CASE WHEN counter.failures + 1 >= ${FAILURES} THEN 0 ELSE counter.failures + 1 END,
    locks = CASE WHEN counter.failures + 1 >= ${FAILURES} THEN counter.locks + 1 ELSE counter.locks END,
    locked_until = CASE WHEN counter.failures + 1 < ${FAILURES} THEN counter.locked_until
      ELSE excluded.updated_at + CASE counter.locks WHEN 0 THEN ${LOCKS[0]} WHEN 1 THEN ${LOCKS[1]} ELSE ${LOCKS[2]} END END,
    updated_at = excluded.updated_at
  WHERE counter.locked_until <= excluded.updated_at
    AND (counter.total < ${TOTAL} OR counter.admitted_until > excluded.updated_at)
  RETURNING locked_until, locks`;
const CLEAR = "UPDATE counter SET failures = 0, total = 0, locks = 0, locked_until = 0, updated_at = ? WHERE id = ?";
const FORGIVE = `
  UPDATE counter SET
    failures = CASE WHEN failures > ? THEN failures - ? ELSE 0 END,
    total = CASE WHEN total > ? THEN total - ? ELSE 0 END,
    updated_at = ? WHERE id = ?`;
/** The lock was this try's: it had reset the failures, of which those of other visits come back. */
const FORGIVE_LOCK = `
  UPDATE counter SET
    failures = CASE WHEN ${FAILURES} > ? THEN ${FAILURES} - ? ELSE 0 END,
    total = CASE WHEN total > ? THEN total - ? ELSE 0 END,
    locks = locks - 1, locked_until = 0, updated_at = ? WHERE id = ?`;
const GATE = "SELECT total, locked_until, admitted_until FROM counter WHERE id = ?";
const ADMIT = `
  INSERT INTO counter (id, failures, total, locks, locked_until, admitted_until, updated_at) VALUES (?, 0, 0, 0, 0, ?, ?)
  ON CONFLICT (id) DO UPDATE SET admitted_until = excluded.admitted_until, locked_until = 0, failures = 0, updated_at = excluded.updated_at`;

const gateOf = (counter: string) =>
  ["total", "locked_until", "admitted_until"]
    .map((column) => `(SELECT ${column} FROM counter WHERE id = ${counter}) AS ${column}`)
    .join(", ");
const GATE_ALONG = gateOf("?");

interface GateRow {
  total: number;
  locked_until: Millis;
  admitted_until: Millis;
}

/** All null where nothing was counted yet. */
export type GateColumns = GateRow | { [column in keyof GateRow]: null };

export function createLimits(ports: { clock: Clock }): Limits {
  const gateIn: Limits["gateIn"] = (row) => {
    if (row.total === null) return { kind: "open" };
    const now = ports.clock();
    if (row.total >= TOTAL && row.admitted_until <= now) return { kind: "closed-out" };
    return row.locked_until > now ? { kind: "locked", until: row.locked_until } : { kind: "open" };
  };
  const gate: Limits["gate"] = async (sql, counter) => {
    const row = await sql.first<GateRow>(GATE, [counter]);
    return row === undefined ? { kind: "open" } : gateIn(row);
  };
  return {
    gate,
    gateIn,
    gateAlong(counter) {
      if (typeof counter === "string") return { columns: GATE_ALONG, bindings: [counter, counter, counter] };
      const { scalar, bindings } = counter;
      return { columns: gateOf(scalar), bindings: [...bindings, ...bindings, ...bindings] };
    },
    async admit(sql, counter) {
      const now = ports.clock();
      await sql.run(ADMIT, [counter, now + ADMISSION, now]);
      return now + ADMISSION;
    },
    async count(sql, counter) {
      const now = ports.clock();
      const row = await sql.first<{ locked_until: Millis; locks: number }>(COUNT, [counter, now]);
      if (row === undefined) {
        const shut = await gate(sql, counter);
        return shut.kind === "open" ? { kind: "locked", until: now } : shut;
      }
      const lock = row.locked_until > now ? { until: row.locked_until, first: row.locks === 1 } : undefined;
      return { kind: "counted", lock };
    },
    async clear(sql, counter) {
      await sql.run(CLEAR, [ports.clock(), counter]);
    },
    async forgive(sql, counter, { tries, locked }) {
      await sql.run(locked ? FORGIVE_LOCK : FORGIVE, [tries, tries, tries, tries, ports.clock(), counter]);
    },
  };
}
