import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import { contactOf } from "./proving.ts";
import { endWaiting, waitingOf } from "./store.ts";

/** The link of a message, the owner at a signed-in place, or that the account was recovered. */
export type StoppedBy = "link" | "account" | "recovery";

/** How changes that wait are stopped, in the caller's transaction; everybody whom they reach is told. */
export interface Stopping {
  /** True for the one call that has stopped it. */
  one(sql: Sql, id: string, by: StoppedBy): Promise<boolean>;
  /** All of an account; how many. */
  all(sql: Sql, accountId: string, by: StoppedBy): Promise<number>;
}

export interface StoppingPorts {
  clock: Clock;
  accounts: Pick<Accounts, "byId">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
}

export function createStopping(ports: StoppingPorts): Stopping {
  const one: Stopping["one"] = async (sql, id, by) => {
    const row = await endWaiting(sql, id, "stopped", ports.clock());
    if (row === undefined) return false;
    const detail = { kind: row.kind, change: row.id, by };
    await ports.audit.append(sql, { type: "contact.change-stopped", accountId: row.account_id, detail });
    const account = await ports.accounts.byId(sql, row.account_id);
    const told = { kind: "contact-change", contact: contactOf(row), former: row.former, event: "stopped" } as const;
    if (account !== undefined) await ports.notices.tell(sql, account, told);
    return true;
  };
  return {
    one,
    async all(sql, accountId, by) {
      let stopped = 0;
      for (const { id } of await waitingOf(sql, accountId)) if (await one(sql, id, by)) stopped += 1;
      return stopped;
    },
  };
}
