import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import { type DeletionRow, endWaiting, takeBackEnd, waitingOf } from "./store.ts";

/** The link of a message, the owner at a signed-in place, the operator, or that the account was recovered. */
export type StoppedBy = "link" | "account" | "operator" | "recovery";

/** How a deletion that waits is stopped, in the caller's transaction; its owner is told. */
export interface Stopping {
  /** True for the one call that has stopped it. */
  one(sql: Sql, found: DeletionRow | undefined, by: StoppedBy): Promise<boolean>;
  /** What was asked for with the account's own means; what the operator has ordered waits on. */
  own(sql: Sql, accountId: string, by: StoppedBy): Promise<boolean>;
}

export interface StoppingPorts {
  clock: Clock;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** Until the transaction ends, nobody ends a device of this account. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** What was refused meanwhile is so no more. */
  demand: { lift(sql: Sql, id: string): Promise<void> };
}

export function createStopping(ports: StoppingPorts): Stopping {
  /** Whoever does it: one guarded statement, after the account's row, in the order in which all take them. */
  const one: Stopping["one"] = async (sql, found, by) => {
    if (found === undefined) return false;
    await ports.hold(sql, found.account_id);
    const row = await endWaiting(sql, found.id, ports.clock());
    if (row === undefined) return false;
    await takeBackEnd(sql, row.account_id);
    await ports.demand.lift(sql, row.id);
    const detail = { deletion: row.id, by };
    await ports.audit.append(sql, { type: "account.deletion-stopped", accountId: row.account_id, detail });
    await ports.notices.tell(sql, row.account_id, { kind: "account-deletion", event: "stopped", by: row.asked_by });
    return true;
  };
  return {
    one,
    async own(sql, accountId, by) {
      const found = await waitingOf(sql, accountId);
      return found?.asked_by === "account" && one(sql, found, by);
    },
  };
}
