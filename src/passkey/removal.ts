import type { Audit } from "../audit/audit.ts";
import type { Sql } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import { passkeysOf, removePasskey } from "./store.ts";

/** How passkeys end, in the caller's transaction; their owner is told of each. */
export interface Removal {
  /** True for the one call that has done it. `by`: where it was not the owner's button. */
  one(sql: Sql, accountId: string, id: string, by?: "recovery"): Promise<boolean>;
  /** All of an account, as at its recovery; how many. */
  all(sql: Sql, accountId: string, by: "recovery"): Promise<number>;
}

export interface RemovalPorts {
  audit: Audit;
  notices: Pick<Notices, "tell">;
}

export function createRemoval({ audit, notices }: RemovalPorts): Removal {
  const one: Removal["one"] = async (sql, accountId, id, by) => {
    const row = await removePasskey(sql, accountId, id);
    if (row === undefined) return false;
    const detail = { passkey: id, ...(by === undefined ? {} : { by }) };
    await audit.append(sql, { type: "passkey.removed", accountId, detail });
    await notices.tell(sql, accountId, { kind: "passkey-removed", name: row.name });
    return true;
  };
  return {
    one,
    async all(sql, accountId, by) {
      let removed = 0;
      for (const { id } of await passkeysOf(sql, accountId)) if (await one(sql, accountId, id, by)) removed += 1;
      return removed;
    },
  };
}
