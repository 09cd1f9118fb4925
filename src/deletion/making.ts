import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database.ts";
import type { Notices } from "../notice/notice.ts";
import { createWorker, type Worker } from "../worker.ts";
import type { Erasure } from "./erasure.ts";
import { deletionById, dueDeletions, makeDue, putOff } from "./store.ts";

export interface MakingPorts {
  database: Database;
  clock: Clock;
  accounts: Pick<Accounts, "byId">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  erasure: Pick<Erasure, "erase">;
  /** Until the transaction ends, nobody ends a device of this account. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** When the recoveries of the account are over; undefined where none goes on. */
  recoveringUntil(sql: Sql, accountId: string): Promise<Millis | undefined>;
  onAway(error: unknown): void;
}

/**
 * Makes the deletions whose time has come, one transaction each; who stops one in that moment comes before or after. One that was asked for with
 * the account's own means waits for whoever recovers the account: it may be a thief's, and the recovery stops it (docs/decisions/0053).
 */
export function createMaking(ports: MakingPorts): Worker {
  const { database, clock } = ports;

  const make = (id: string): Promise<void> =>
    database.transaction(async (sql) => {
      const found = await deletionById(sql, id);
      if (found === undefined) return;
      await ports.hold(sql, found.account_id);
      const until = found.asked_by === "account" ? await ports.recoveringUntil(sql, found.account_id) : undefined;
      if (until !== undefined) return putOff(sql, found, until);
      const row = await makeDue(sql, id, clock());
      const account = row === undefined ? undefined : await ports.accounts.byId(sql, row.account_id);
      if (row === undefined || account === undefined) return;
      const name = await ports.erasure.erase(sql, account);
      await ports.audit.append(sql, { type: "account.deleted", accountId: name, detail: { by: row.asked_by } });
      await ports.notices.tell(sql, account, { kind: "account-deletion", event: "done", by: row.asked_by });
    });

  return createWorker({
    claim: (limit) => dueDeletions(database, clock(), limit),
    attempt: ({ id }) => make(id),
    onAway: ports.onAway,
  });
}
