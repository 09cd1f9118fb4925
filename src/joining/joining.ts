/**
 * Owns how a WMID comes to an account and leaves it, beside import and seed: by the operator's verb, or by the word of a client that may
 * assert it (the scope `wmid:assert`). A WMID is one account's alone; the owner is told of each change by mail, and reads it in the history.
 * It does not own what hangs on a WMID: certificates are revoked, and kept keys given an end, by the ports of whoever removes one.
 * Control enters by `Joining` and `Parting`, in one transaction of their own, and by `api.ts`.
 */
import type { Account, Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { ByOperator } from "../audit/events.ts";
import type { Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import type { Wmid } from "../wmid.ts";

/** On whose word a WMID joins an account; a site's name is what people call it. */
export type JoinedBy = { operator: ByOperator } | { site: { clientId: string; name: string } };

/** `taken`: it is another account's, and nothing more is told of whose. */
export type Joined = "added" | "there" | "taken";

export interface Joining {
  /** `added` for one call alone, which tells the owner; said again it is `there`, and nobody is told anew. */
  join(account: Account, wmid: Wmid, by: JoinedBy): Promise<Joined>;
}

/** What ended with a WMID. */
export interface Parted {
  certificates: number;
  keysUntil: Millis | undefined;
}

export interface Parting {
  /** Undefined where the account has no such WMID; otherwise the one call that has taken it away. */
  part(account: Account, wmid: Wmid, operator: ByOperator): Promise<Parted | undefined>;
}

export interface JoiningPorts {
  database: Database;
  accounts: Pick<Accounts, "addWmid">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
}

export interface PartingPorts extends Omit<JoiningPorts, "accounts"> {
  accounts: Pick<Accounts, "removeWmid">;
  /** Until the transaction ends, nobody else gives this account a certificate or changes what it keeps. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** All of this WMID's; how many. */
  revokeCertificates(sql: Sql, accountId: string, wmid: Wmid): Promise<number>;
  /** When the keys that are kept of it are deleted; undefined where none are. */
  endKeys(sql: Sql, accountId: string, wmid: Wmid): Promise<Millis | undefined>;
}

export function createJoining({ database, accounts, audit, notices }: JoiningPorts): Joining {
  return {
    join: (account, wmid, by) =>
      database.transaction(async (sql) => {
        const { id: accountId } = account;
        const joined = await accounts.addWmid(sql, accountId, wmid);
        if (joined !== "added") return joined;
        const [clientId, site] = "site" in by ? [by.site.clientId, by.site.name] : [];
        const detail = "site" in by ? { wmid, by: "site" as const } : { wmid, by: "operator" as const, ...by };
        await audit.append(sql, { type: "wmid.added", accountId, clientId, detail });
        await notices.tell(sql, account, { kind: "wmid-added", wmid, site });
        return joined;
      }),
  };
}

export function createParting(ports: PartingPorts): Parting {
  const { database, accounts, audit, notices } = ports;
  return {
    part: (account, wmid, operator) =>
      database.transaction(async (sql) => {
        const { id: accountId } = account;
        await ports.hold(sql, accountId);
        if (!(await accounts.removeWmid(sql, accountId, wmid))) return undefined;
        const certificates = await ports.revokeCertificates(sql, accountId, wmid);
        const keysUntil = await ports.endKeys(sql, accountId, wmid);
        const detail = { wmid, by: "operator" as const, operator, certificates, keysUntil };
        await audit.append(sql, { type: "wmid.removed", accountId, detail });
        await notices.tell(sql, account, { kind: "wmid-removed", wmid, certificates, keysUntil });
        return { certificates, keysUntil };
      }),
  };
}
