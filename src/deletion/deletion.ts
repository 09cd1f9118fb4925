/**
 * Owns the end of an account: its owner asks for it, it waits for two weeks, in which everybody who has its e-mail, its phone or its sign-in can
 * stop it, and then everything of it goes in one transaction (`erasure.ts`). While it waits the account serves at no site: every session but the
 * one in hand ends, and whoever signs in is told (`closing.ts`). An account that never had a phone lapses by itself (`lapsing.ts`).
 * It does not own what the account has: rooms' tables hang on the account's row, and what has to outlive it is named in `erasure.ts`.
 * Control enters by the pages at `/account/deletion`, the link of a message, and the operator's verb, and leaves by workers of each node (`making.ts`, and `erasing-again.ts` for what was in flight).
 */
import type { Account } from "../account/account.ts";
import {
  BETWEEN,
  type ConfirmedOperation,
  justConfirmed,
  type OwnOperation,
  operationId,
} from "../account/own-operation.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Locale, messagesFor } from "../locale/locale.ts";
import type { Notices } from "../notice/notice.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import type { Settled } from "../settled.ts";
import type { Waiting } from "../stop/stop.ts";
import { WAIT } from "./rules.ts";
import type { Stopping } from "./stopping.ts";
import { beginEnd, deletionByStop, insertDeletion, waitingOf } from "./store.ts";

/** `waiting`: so it is, also where another click was faster. `unchanged`: it was not confirmed, or too long ago, or who asked is signed in no more. */
export type DeletionOutcome = "waiting" | "unchanged";

/** On whose word: a phone's, a sign-in's of a moment ago, or the operator's with a reason. */
type Asked =
  | { by: "account"; proof: "confirmation"; confirmation: string }
  | { by: "account"; proof: "sign-in" }
  | { by: "operator"; reason: string };

export interface Deletion {
  /** The operation by which a device confirms it. */
  operation(locale: Locale): OwnOperation;
  /** If this account has confirmed that a moment ago; every session but this one ends. */
  confirm(account: Account, session: string, operationId: string): Promise<DeletionOutcome>;
  /** Without a phone's word, from a sign-in of a moment ago whose session goes on. */
  ask(account: Account, session: string): Promise<DeletionOutcome>;
  /** By the operator, in two weeks or `now`; false where it waits already. */
  order(account: Account, reason: string, now: boolean): Promise<boolean>;
  /** By whom the one was asked for that waits. */
  askedBy(accountId: string): Promise<"account" | "operator" | undefined>;
  /** By the owner, from a signed-in place, or by the operator. */
  stop(accountId: string, by: "account" | "operator"): Promise<"stopped" | "unchanged">;
  /** By whoever has the link of a message. */
  links: Waiting;
}

export interface DeletionPorts {
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** Until the transaction ends, nobody ends a device of this account. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** By our own client's `operation_id`; undefined where the device that confirmed it has been removed since. */
  confirmed(sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined>;
  /** True for the one call that spends a confirmation. */
  spend(sql: Sql, confirmationId: string): Promise<boolean>;
  /** Ends what is asked of the account's phones. */
  endRequests(sql: Sql, accountId: string): Promise<unknown>;
  /** Whether this session of the account has not been ended meanwhile. */
  goesOn(sql: Sql, accountId: string, session: string): Promise<boolean>;
  /** All sessions of the account but this one, in the caller's transaction. */
  endSessions(sql: Sql, accountId: string, but: string | undefined): Promise<unknown>;
  stopping: Stopping;
  /** Nothing is confirmed for other sites from now on, until it is stopped or the account is gone, however late that is. */
  demand: { raise(sql: Sql, deletion: { id: string; accountId: string }): Promise<void> };
  settled: Settled;
  /** Where it is stopped by its key. */
  stopAddress(key: string): string;
  /** The type of the operation. */
  type: string;
}

const DELETE = "delete_account";

export function deletesAccount(id: string): boolean {
  return id.startsWith(`${DELETE}${BETWEEN}`);
}

export function createDeletion(ports: DeletionPorts): Deletion {
  const { database, clock, audit, stopping } = ports;
  const stopDigest = (key: string) => ports.digest("deletion stop", key);
  const operation = (id: string, locale: Locale): OwnOperation => {
    const { setting, from, to } = messagesFor(locale).deletion.operation;
    return { type: ports.type, operation_id: id, setting, from, to };
  };

  /** Under `hold`. False where it waits already, and nothing more is done. */
  const begin = async (sql: Sql, account: Account, asked: Asked, wait: Millis, but?: string): Promise<boolean> => {
    const now = clock();
    const dueAt = now + wait;
    if (!(await beginEnd(sql, account.id, dueAt))) return false;
    const id = randomId(ports.random);
    const key = randomId(ports.random);
    const { by } = asked;
    await insertDeletion(sql, { id, accountId: account.id, by, stopDigest: stopDigest(key), askedAt: now, dueAt });
    await ports.demand.raise(sql, { id, accountId: account.id });
    await ports.endRequests(sql, account.id);
    await ports.endSessions(sql, account.id, but);
    const detail = { ...asked, deletion: id, due: dueAt };
    await audit.append(sql, { type: "account.deletion-asked", accountId: account.id, detail });
    // Of what is done at once its end alone is told.
    const told = {
      kind: "account-deletion",
      event: "waiting",
      by,
      until: dueAt,
      stop: ports.stopAddress(key),
    } as const;
    if (wait > 0) await ports.notices.tell(sql, account, told);
    return true;
  };
  const endSessionsAgain = async (accountId: string, but: string | undefined) => {
    await ports.settled();
    await database.transaction((sql) => ports.endSessions(sql, accountId, but));
  };

  return {
    operation: (locale) => operation(operationId(ports.random, DELETE), locale),
    async confirm(account, session, id) {
      const begun = await database.transaction(async (sql) => {
        // Whoever removes the device that has confirmed this comes before or after, and not between.
        await ports.hold(sql, account.id);
        const found = deletesAccount(id) ? await ports.confirmed(sql, id) : undefined;
        const confirmed = justConfirmed(found, account.id, clock(), (locale) => operation(id, locale));
        if (confirmed === undefined) return "unchanged";
        // Spent by the other click of two, or for one that was stopped since.
        if (!(await ports.spend(sql, confirmed.id)))
          return (await waitingOf(sql, account.id)) === undefined ? "unchanged" : "waiting";
        const asked = { by: "account", proof: "confirmation", confirmation: confirmed.id } as const;
        return (await begin(sql, account, asked, WAIT, session)) ? "begun" : "waiting";
      });
      if (begun === "begun") await endSessionsAgain(account.id, session);
      return begun === "begun" ? "waiting" : begun;
    },
    async ask(account, session) {
      const begun = await database.transaction(async (sql) => {
        await ports.hold(sql, account.id);
        // A recovery has ended it while this request was on its way.
        if (!(await ports.goesOn(sql, account.id, session))) return "unchanged";
        const asked = { by: "account", proof: "sign-in" } as const;
        return (await begin(sql, account, asked, WAIT, session)) ? "begun" : "waiting";
      });
      if (begun === "begun") await endSessionsAgain(account.id, session);
      return begun === "begun" ? "waiting" : begun;
    },
    async order(account, reason, now) {
      const begun = await database.transaction(async (sql) => {
        await ports.hold(sql, account.id);
        return begin(sql, account, { by: "operator", reason }, now ? 0 : WAIT);
      });
      if (begun) await endSessionsAgain(account.id, undefined);
      return begun;
    },
    askedBy: async (accountId) => (await waitingOf(database, accountId))?.asked_by,
    stop: (accountId, by) =>
      database.transaction(async (sql) =>
        (await stopping.one(sql, await waitingOf(sql, accountId), by)) ? "stopped" : "unchanged",
      ),
    links: {
      async ofLink(key) {
        const row = await deletionByStop(database, stopDigest(key));
        if (row === undefined) return undefined;
        if (row.status === "waiting") return { state: "open", what: { kind: "deletion" }, due: row.due_at };
        if (row.status === "done") return { state: "over" };
        return { state: "stopped", what: { kind: "deletion", askedBy: row.asked_by } };
      },
      stopByLink: (key) =>
        database.transaction(async (sql) => {
          await stopping.one(sql, await deletionByStop(sql, stopDigest(key)), "link");
        }),
    },
  };
}
