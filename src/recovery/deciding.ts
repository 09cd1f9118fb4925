import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import { type Clock, DAY, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { normaliseReadable } from "../random.ts";
import { allCases, allowCase, type CaseRow, caseById, refuseCase } from "./case-store.ts";
import type { Waits } from "./waits.ts";

/** Who decides, and why: both are kept with the case and in the event, and neither may be left out. */
export interface Word {
  operator: string;
  why: string;
}

/** `unknown`: there is no such case, or it was refused, or is over; `nobody`: what was typed is no account's. */
export type Allowed = { kind: "allowed"; due: Millis } | { kind: "unknown" | "decided" | "nobody" | "other-waits" };

/** The operator's side of cases. What is allowed still waits, is told everywhere, and can be stopped by whoever is told. */
export interface Deciding {
  /** Those that are open or were decided in the last three months, the oldest first. */
  list(): Promise<CaseRow[]>;
  one(reference: string): Promise<CaseRow | undefined>;
  allow(reference: string, word: Word): Promise<Allowed>;
  /** Also one that was allowed; undefined for one that there is not, or that was refused before. */
  refuse(reference: string, word: Word): Promise<Refused | undefined>;
}

/** `stopped`: its recovery waited, and does so no more. `over`: it was allowed, and its recovery has ended before, be it that it was taken up. */
export type Refused = "refused" | "stopped" | "over";

export interface DecidingPorts {
  database: Database;
  clock: Clock;
  accounts: Pick<Accounts, "byId">;
  audit: Audit;
  waits: Pick<Waits, "begin" | "of" | "stopOne">;
  /** Until the transaction ends, nobody else changes this account. */
  hold(sql: Sql, accountId: string): Promise<void>;
}

/** As what has come of other recoveries. */
const KEPT: Millis = 90 * DAY;

export function createDeciding(ports: DecidingPorts): Deciding {
  const { database, clock, audit, waits } = ports;
  const decision = ({ operator, why }: Word) => ({ operator, why, at: clock(), expiresAt: clock() + KEPT });
  const one: Deciding["one"] = (reference) => caseById(database, normaliseReadable(reference), clock());

  return {
    list: () => allCases(database, clock()),
    one,
    allow: (reference, word) =>
      database.transaction(async (sql) => {
        const id = normaliseReadable(reference);
        const row = await caseById(sql, id, clock());
        if (row === undefined) return { kind: "unknown" };
        if (row.status !== "open") return { kind: "decided" };
        const account = await ports.accounts.byId(sql, row.account_id ?? "");
        if (account === undefined) return { kind: "nobody" };
        // Two that are allowed at once come one after the other.
        await ports.hold(sql, account.id);
        if ((await waits.of(sql, account.id, "operator")) !== undefined) return { kind: "other-waits" };
        const wait = await waits.begin(sql, account, "operator");
        if (wait === undefined || (await allowCase(sql, id, decision(word), wait.id)) === undefined)
          throw new Error("the case was decided by somebody else at the same time: look at it again");
        const detail = { case: id, recovery: wait.id, due: wait.due, operator: word.operator, why: word.why };
        await audit.append(sql, { type: "recovery.case-allowed", accountId: account.id, detail });
        return { kind: "allowed", due: wait.due };
      }),
    refuse: (reference, word) =>
      database.transaction(async (sql) => {
        const id = normaliseReadable(reference);
        const row = await refuseCase(sql, id, decision(word));
        if (row === undefined) return undefined;
        const stopped = row.wait_id !== null && (await waits.stopOne(sql, row.wait_id, "operator"));
        const detail = { case: id, operator: word.operator, why: word.why };
        await audit.append(sql, { type: "recovery.case-refused", accountId: row.account_id ?? undefined, detail });
        return row.wait_id === null ? "refused" : stopped ? "stopped" : "over";
      }),
  };
}
