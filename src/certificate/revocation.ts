import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import type { Wmid } from "../wmid.ts";
import { liveOf, type RevokedBy, revoke } from "./store.ts";
import type { Reason } from "./x509.ts";

/** The ways by which a certificate ends before its time; in the caller's transaction. */
export interface Revocation {
  /** True for the one call that has ended it; its owner is told. */
  end(sql: Sql, serial: string, by: RevokedBy, reason: Reason): Promise<boolean>;
  /** All of an account, as when it is closed or recovered, or of one of its WMIDs, as when that is the account's no more; how many. Its owner is told of each. */
  endAll(sql: Sql, accountId: string, by: RevokedBy, wmid?: Wmid): Promise<number>;
}

export interface RevocationPorts {
  clock: Clock;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** All browsers that have signed this account in are strangers again. */
  forgetBrowsers(sql: Sql, accountId: string): Promise<unknown>;
}

export function createRevocation(ports: RevocationPorts): Revocation {
  const { clock, audit, notices } = ports;
  const end: Revocation["end"] = async (sql, serial, by, reason) => {
    const now = clock();
    const row = await revoke(sql, { serial, by, reason, now });
    if (row === undefined) return false;
    const { account_id: accountId, wmid } = row;
    await audit.append(sql, { type: "certificate.revoked", accountId, detail: { serial, by, reason } });
    // Whoever had the key may have signed in by it: that browser would be known, and ask for less.
    if (reason === "key-compromise") await ports.forgetBrowsers(sql, accountId);
    await notices.tell(sql, accountId, { kind: "certificate-revoked", wmid, serial, by });
    return true;
  };
  return {
    end,
    async endAll(sql, accountId, by, wmid) {
      let ended = 0;
      for (const serial of await liveOf(sql, accountId, clock(), wmid))
        if (await end(sql, serial, by, "no-longer-used")) ended += 1;
      return ended;
    },
  };
}
