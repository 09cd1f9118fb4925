import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { createWorker, type Worker } from "../worker.ts";
import type { Erasure } from "./erasure.ts";
import { dueAgain, endAgain } from "./store.ts";

export interface ErasingAgainPorts {
  database: Database;
  clock: Clock;
  erasure: Pick<Erasure, "eraseAgain">;
  onAway(error: unknown): void;
}

/**
 * Erases once more what was erased a moment ago, for what a request in flight has saved since, and forgets the account's id. What is to be done
 * was written with the first time, so that any node does it, whichever has died.
 */
export function createErasingAgain({ database, clock, erasure, onAway }: ErasingAgainPorts): Worker {
  return createWorker({
    claim: (limit) => dueAgain(database, clock(), limit),
    attempt: ({ account_id: accountId, name }) =>
      database.transaction(async (sql) => {
        // Of two nodes the second finds it done.
        if (await endAgain(sql, accountId)) await erasure.eraseAgain(sql, accountId, name);
      }),
    onAway,
  });
}
