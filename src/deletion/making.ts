import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import { createWorker, type Worker } from "../worker.ts";
import type { Erasure } from "./erasure.ts";
import { putOffTo } from "./rules.ts";
import { type DeletionRow, deletionById, dueDeletions, makeDue, putOff } from "./store.ts";

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
 * the account's own means waits for whoever recovers the account: it may be a thief's, and the recovery stops it (docs/decisions/0053). That it waits
 * is told, and it does not wait for ever (`rules.ts`).
 */
export function createMaking(ports: MakingPorts): Worker {
  const { database, clock } = ports;

  const waitsUntil = async (sql: Sql, row: DeletionRow): Promise<Millis | undefined> => {
    const until = row.asked_by === "account" ? await ports.recoveringUntil(sql, row.account_id) : undefined;
    return until === undefined ? undefined : putOffTo(row.asked_at, until, clock());
  };
  const wait = async (sql: Sql, row: DeletionRow, until: Millis): Promise<void> => {
    if (!(await putOff(sql, row, until, clock()))) return;
    const { id: deletion, account_id: accountId, asked_by: by } = row;
    await ports.audit.append(sql, { type: "account.deletion-put-off", accountId, detail: { deletion, due: until } });
    await ports.notices.tell(sql, accountId, { kind: "account-deletion", event: "put-off", by, until });
  };

  const make = (id: string): Promise<void> =>
    database.transaction(async (sql) => {
      const found = await deletionById(sql, id);
      if (found === undefined) return;
      await ports.hold(sql, found.account_id);
      const until = await waitsUntil(sql, found);
      if (until !== undefined) return wait(sql, found, until);
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
