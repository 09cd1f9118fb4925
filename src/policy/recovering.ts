import type { Clock, Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { deleteRaised, insertRaised } from "./store.ts";

/**
 * While a recovery waits, operations of its account need what they needed before: a response of a device, and no code by SMS, which whoever
 * recovers it has proven to read. A sign-in by SMS goes on, since a recovery is stopped there as well.
 */
export interface RecoveryDemand {
  /** Stands until the recovery has ended, whichever way, or until its time is over. */
  raise(sql: Sql, wait: { id: string; accountId: string; until: Millis }): Promise<void>;
  lift(sql: Sql, id: string): Promise<void>;
}

export function createRecoveryDemand({ clock }: { clock: Clock }): RecoveryDemand {
  return {
    raise: (sql, { id, accountId, until }) =>
      insertRaised(sql, { id, by: "recovery", demands: "no-sms", about: { accountId }, createdAt: clock(), until }),
    async lift(sql, id) {
      await deleteRaised(sql, id, "recovery");
    },
  };
}
