import type { Clock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { deleteRaised, insertRaised } from "./store.ts";

/** While a deletion waits, nothing is confirmed for other sites by its account, whoever has asked for it. */
export interface ClosingDemand {
  /** Under the deletion's name, until it is lifted or the account is gone, however late that is. */
  raise(sql: Sql, deletion: { id: string; accountId: string }): Promise<void>;
  lift(sql: Sql, id: string): Promise<void>;
}

export function createClosingDemand({ clock }: { clock: Clock }): ClosingDemand {
  return {
    raise: (sql, { id, accountId }) =>
      insertRaised(sql, {
        id,
        by: "deletion",
        demands: "refuse",
        about: { accountId },
        createdAt: clock(),
        until: undefined,
      }),
    async lift(sql, id) {
      await deleteRaised(sql, id, "deletion");
    },
  };
}
