import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Erasure } from "./erasure.ts";
import { isLapsed, isUsed, lapsedAccounts, lapsesAt, staysFromNow } from "./store.ts";

export interface LapsingPorts {
  database: Database;
  clock: Clock;
  accounts: Pick<Accounts, "byId">;
  audit: Audit;
  erasure: Pick<Erasure, "erase">;
  hold(sql: Sql, accountId: string): Promise<void>;
  /** Until when somebody may come back to it by a recovery; undefined where none is under way. */
  recoveringUntil(sql: Sql, accountId: string): Promise<Millis | undefined>;
}

/**
 * Accounts that were made and never got a phone go a week after that, and their e-mail and phone number are free again. Nobody is told: the
 * person has nothing there, and it was a registration that was left. One that was used without a phone (`isUsed`) stays, and one that somebody
 * is about to come back to waits for that.
 */
export function createLapsing(ports: LapsingPorts): (limit: number) => Promise<number> {
  const { database, clock } = ports;
  const lapse = (id: string): Promise<void> =>
    database.transaction(async (sql) => {
      // Whoever makes its first phone work comes before or after, and not between.
      await ports.hold(sql, id);
      const account = await ports.accounts.byId(sql, id);
      if (account === undefined || !(await isLapsed(sql, id, clock()))) return;
      if (await isUsed(sql, id)) return staysFromNow(sql, id);
      const until = await ports.recoveringUntil(sql, id);
      if (until !== undefined) return lapsesAt(sql, id, until);
      const name = await ports.erasure.erase(sql, account);
      await ports.audit.append(sql, { type: "account.lapsed", accountId: name, detail: {} });
    });
  return async (limit) => {
    const lapsed = await lapsedAccounts(database, clock(), limit);
    for (const { id } of lapsed) await lapse(id);
    return lapsed.length;
  };
}
