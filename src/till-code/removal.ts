import type { Audit } from "../audit/audit.ts";
import type { Sql } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import { removeTillCode } from "./store.ts";

export interface RemovalPorts {
  audit: Audit;
  notices: Pick<Notices, "tell">;
}

/** Whoever recovers an account does not know the code that somebody else may have set; true where there was one. In the caller's transaction. */
export function createTillCodeRemoval(ports: RemovalPorts): (sql: Sql, accountId: string) => Promise<boolean> {
  return async (sql, accountId) => {
    if (!(await removeTillCode(sql, accountId))) return false;
    await ports.audit.append(sql, { type: "till-code.removed", accountId, detail: { by: "recovery" } });
    await ports.notices.tell(sql, accountId, { kind: "till-code-removed" });
    return true;
  };
}
