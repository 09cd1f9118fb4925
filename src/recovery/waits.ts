import type { Account } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import { type Clock, DAY, HOUR, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Throttle, ThrottleRule } from "../limits/throttle.ts";
import type { RecoveryWait } from "../messaging/messages.ts";
import type { Notices } from "../notice/notice.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import type { Waiting } from "../stop/stop.ts";
import { createWorker, type Worker } from "../worker.ts";
import {
  announceWait,
  closeTaken,
  endWait,
  insertWait,
  inTime,
  lapseWait,
  lastWait,
  noteUse,
  takeWait,
  WAYS,
  type WaitRow,
  type Way,
  waitByStop,
  waitingOf,
  waitsToTell,
} from "./wait-store.ts";

/** `ready`: it may be taken up, until `until`. */
export interface Wait {
  id: string;
  way: Way;
  state: "waiting" | "ready";
  due: Millis;
  until: Millis;
  /** It was taken up, and no phone was connected. */
  takenAt?: Millis;
}

/** What is stopped, for the pages that ask whether it is. */
export function stoppingOf({ way, state, until }: Wait) {
  return { kind: "recovery", way, ...(state === "ready" ? { until: new Date(until) } : {}) } as const;
}

/** What its pages say of when. */
export function phaseOf({ state, due, until }: Wait) {
  return state === "ready" ? { state, until: new Date(until) } : { state, due: new Date(due) };
}

/** By whom: the link of a message, the owner at a signed-in place, or since the account's e-mail or phone number is another now. */
export type StoppedBy = "link" | "account" | "contact" | "operator";

/**
 * Recoveries that wait, so that whoever was told can stop them (PROTOCOL 5). While one does, all devices go on, and no code by SMS confirms
 * an operation. One of each way at a time for an account: who begins again meanwhile changes nothing.
 */
export interface Waits {
  /** Tells it everywhere; the one that waits already, where there is one. Undefined when too many were begun. */
  begin(sql: Sql, account: Account, way: Way): Promise<Wait | undefined>;
  of(sql: Sql, accountId: string, way: Way): Promise<Wait | undefined>;
  /** The one that the account's pages warn of. */
  current(accountId: string): Promise<Wait | undefined>;
  /** When the last of those is over that may be taken up, now or later; undefined where there is none. */
  openUntil(sql: Sql, accountId: string): Promise<Millis | undefined>;
  /** True for the one call that takes it up in its time, and again where that has not led to a phone. */
  take(sql: Sql, accountId: string, way: Way): Promise<boolean>;
  /** Another way back was faster, or one of them, `but`, was taken up: no other is taken up, nor once more. */
  replaceAll(sql: Sql, accountId: string, but?: string): Promise<void>;
  /** All of an account; false where none waits. */
  stop(accountId: string): Promise<boolean>;
  /** True for the one call that stops it. */
  stopOne(sql: Sql, id: string, by: StoppedBy): Promise<boolean>;
  /** In the transaction that changes a contact: what was proven by the former ones is worth nothing. */
  contactsChanged(sql: Sql, accountId: string): Promise<void>;
  /** By whoever has the link of a message. */
  links: Waiting;
  /** Tells what is to be told when its time has come. */
  worker: Worker;
}

export interface WaitsPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  throttle: Pick<Throttle, "pass">;
  /** Until then an operation needs what was needed before the recovery began. */
  demand: {
    raise(sql: Sql, wait: { id: string; accountId: string; until: Millis }): Promise<void>;
    lift(sql: Sql, id: string): Promise<void>;
  };
  /** Whether a device of the account has been made to work since, though it may have ended. */
  connectedSince(sql: Sql, accountId: string, since: Millis): Promise<boolean>;
  stopAddress(key: string): string;
  onAway(error: unknown): void;
}

type WaitEvent = RecoveryWait["event"];

/** As a change of a contact waits (PROTOCOL 11): who is away for a weekend's day and a night reads one of the messages. */
const WAIT: Millis = 48 * HOUR;
/** Long enough for who is not at a screen every day; what is left open longer than it must be is found by somebody else. */
const OPEN: Millis = 7 * DAY;
/** Who stops it three times in a week has a thief of mailbox and number, and need not hear of a fourth. */
const BEGUN: ThrottleRule = { limit: 3, window: 7 * DAY };

export function createWaits(ports: WaitsPorts): Waits {
  const { database, clock, audit } = ports;
  /** Not drawn and not kept: the key of a later message is that of the first. */
  const keyOf = (id: string) => ports.digest("recovery stop key", id).slice(0, 22);
  const stopDigest = (key: string) => ports.digest("recovery stop", key);

  const tell = (
    sql: Sql,
    { id, account_id: accountId, way, due_at: due, lapses_at: until }: WaitRow,
    event: WaitEvent,
  ) =>
    ports.notices.tell(sql, accountId, {
      kind: "recovery-wait",
      event,
      way,
      due,
      until,
      stop: ports.stopAddress(keyOf(id)),
    });
  const toWait = (row: WaitRow): Wait | undefined => {
    const now = clock();
    if (row.status !== "waiting" || row.lapses_at <= now) return undefined;
    const state = row.due_at <= now ? "ready" : "waiting";
    return { id: row.id, way: row.way, state, due: row.due_at, until: row.lapses_at };
  };
  /** Taken up, and left before a phone was connected: the proofs of another day will do. */
  const isUnfinished = async (sql: Sql, row: WaitRow): Promise<boolean> =>
    row.status === "done" &&
    row.lapses_at > clock() &&
    !(await ports.connectedSince(sql, row.account_id, row.ended_at ?? row.due_at));

  const of: Waits["of"] = async (sql, accountId, way) => {
    const row = await lastWait(sql, accountId, way);
    if (row === undefined) return undefined;
    if (!(await isUnfinished(sql, row))) return toWait(row);
    const taken = row.ended_at === null ? {} : { takenAt: row.ended_at };
    return { id: row.id, way, state: "ready", due: row.due_at, until: row.lapses_at, ...taken };
  };

  /** Whoever does it: one guarded statement. */
  const stopOne = async (sql: Sql, id: string, by: StoppedBy): Promise<boolean> => {
    const row = await endWait(sql, id, "stopped", clock());
    if (row === undefined) return false;
    await ports.demand.lift(sql, id);
    await audit.append(sql, { type: "recovery.stopped", accountId: row.account_id, detail: { recovery: id, by } });
    await tell(sql, row, "stopped");
    return true;
  };
  const lapse = async (sql: Sql, id: string): Promise<boolean> => {
    const row = await lapseWait(sql, id, clock());
    if (row === undefined) return false;
    await ports.demand.lift(sql, id);
    await audit.append(sql, { type: "recovery.lapsed", accountId: row.account_id, detail: { recovery: id } });
    await tell(sql, row, "lapsed");
    return true;
  };

  return {
    of,
    stopOne,
    async begin(sql, account, way) {
      const before = await lastWait(sql, account.id, way);
      // Its time is over, and no worker has come by yet.
      if (before?.status === "waiting") await lapse(sql, before.id);
      const there = await of(sql, account.id, way);
      if (there !== undefined) return there;
      const passes = way === "operator" || (await ports.throttle.pass(sql, `recoveries of ${account.id}`, BEGUN));
      if (!passes) return undefined;
      const now = clock();
      const id = randomId(ports.random);
      const due = now + WAIT;
      const row = {
        id,
        account_id: account.id,
        way,
        stop_digest: stopDigest(keyOf(id)),
        created_at: now,
        due_at: due,
        lapses_at: due + OPEN,
        next_at: due,
      };
      // Another browser was faster by a moment.
      if (!(await insertWait(sql, row))) return of(sql, account.id, way);
      await ports.demand.raise(sql, { id, accountId: account.id, until: row.lapses_at });
      await audit.append(sql, { type: "recovery.asked", accountId: account.id, detail: { recovery: id, way, due } });
      await tell(sql, { ...row, status: "waiting", used_told_at: null, ended_at: null }, "begun");
      return { id, way, state: "waiting", due, until: row.lapses_at };
    },
    current: async (accountId) => (await waitingOf(database, accountId)).map(toWait).find((wait) => wait !== undefined),
    async openUntil(sql, accountId) {
      for (const row of await inTime(sql, accountId, clock()))
        if (row.status === "waiting" || (await isUnfinished(sql, row))) return row.lapses_at;
      return undefined;
    },
    async take(sql, accountId, way) {
      const row = await lastWait(sql, accountId, way);
      if (row === undefined) return false;
      if (await isUnfinished(sql, row)) return true;
      if ((await takeWait(sql, row.id, clock())) === undefined) return false;
      await ports.demand.lift(sql, row.id);
      return true;
    },
    async replaceAll(sql, accountId, but = "") {
      for (const { id } of await waitingOf(sql, accountId)) {
        if ((await endWait(sql, id, "replaced", clock())) === undefined) continue;
        await ports.demand.lift(sql, id);
        await audit.append(sql, { type: "recovery.replaced", accountId, detail: { recovery: id } });
      }
      for (const way of WAYS) await closeTaken(sql, accountId, way, but, clock());
    },
    stop: (accountId) =>
      database.transaction(async (sql) => {
        let stopped = false;
        for (const { id } of await waitingOf(sql, accountId)) stopped = (await stopOne(sql, id, "account")) || stopped;
        return stopped;
      }),
    async contactsChanged(sql, accountId) {
      for (const { id, way } of await waitingOf(sql, accountId))
        if (way === "contacts") await stopOne(sql, id, "contact");
      await closeTaken(sql, accountId, "contacts", "", clock());
    },
    links: {
      async ofLink(key) {
        const row = await waitByStop(database, stopDigest(key));
        if (row === undefined) return undefined;
        const wait = toWait(row);
        if (wait !== undefined) return { state: "open", what: stoppingOf(wait), due: wait.due };
        return row.status === "stopped"
          ? { state: "stopped", what: { kind: "recovery", way: row.way } }
          : { state: "over" };
      },
      stopByLink: (key) =>
        database.transaction(async (sql) => {
          const row = await waitByStop(sql, stopDigest(key));
          if (row !== undefined) await stopOne(sql, row.id, "link");
        }),
    },
    worker: createWorker({
      claim: (limit) => waitsToTell(database, clock(), limit),
      attempt: ({ id, used }) =>
        database.transaction(async (sql) => {
          const row = used ? await noteUse(sql, id, clock()) : await announceWait(sql, id, clock());
          if (row !== undefined) return tell(sql, row, used ? "used" : "ready");
          if (!used) await lapse(sql, id);
        }),
      onAway: ports.onAway,
    }),
  };
}
