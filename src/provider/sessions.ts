import type { Audit } from "../audit/audit.ts";
import type { Database, Sql } from "../database.ts";
import type { Logout, Notice } from "../logout/logout.ts";
import type { Digester, Sealer } from "../secrecy.ts";
import { keyOfGrant, placeOfRecord } from "./adapter.ts";
import type { ClientEntry } from "./clients.ts";
import { KILL_GRANT } from "./store.ts";

export interface Sessions {
  /**
   * Ends every session of an account in every browser, with all that sites were granted in them (offline access as well),
   * and queues the telling of sites, all in one transaction. A request in flight may save its session once more: ask again a moment later.
   */
  end(accountId: string, by: "person" | "provider" | "operator"): Promise<{ sessions: number; sites: number }>;
}

export interface SessionsPorts {
  database: Database;
  sealer: Sealer;
  digest: Digester;
  clients: readonly ClientEntry[];
  audit: Audit;
  logout: Pick<Logout, "queue">;
}

/** What oidc-provider keeps of a session, as far as its end needs it. */
interface StoredSession {
  authorizations?: Record<string, { sid?: string; grantId?: string }>;
}

const SESSIONS = "SELECT id, payload_sealed FROM oidc WHERE account_id = ? AND model = 'Session'";
const DESTROY = "DELETE FROM oidc WHERE model = 'Session' AND id = ? RETURNING id";

export function createSessions({ database, sealer, digest, clients, audit, logout }: SessionsPorts): Sessions {
  const listening = new Set(
    clients.filter((client) => client.backchannel_logout_uri).map((client) => client.client_id),
  );

  /** Undefined where somebody else was faster. */
  const endOne = async (sql: Sql, id: string, sealed: string, accountId: string): Promise<Notice[] | undefined> => {
    if ((await sql.first(DESTROY, [id])) === undefined) return undefined;
    const session: StoredSession = JSON.parse(sealer.open(sealed, placeOfRecord("Session", id)).toString());
    const authorizations = Object.entries(session.authorizations ?? {});
    for (const [, { grantId }] of authorizations) {
      if (grantId === undefined) continue;
      const key = keyOfGrant(digest, grantId);
      await sql.rows(KILL_GRANT, [key, key]);
    }
    return authorizations
      .filter(([clientId]) => listening.has(clientId))
      .map(([clientId, { sid }]) => ({ clientId, accountId, sid }));
  };

  return {
    end: (accountId, by) =>
      database.transaction(async (sql) => {
        const ended: Notice[][] = [];
        for (const row of await sql.rows<{ id: string; payload_sealed: string }>(SESSIONS, [accountId])) {
          const notices = await endOne(sql, row.id, row.payload_sealed, accountId);
          if (notices === undefined) continue;
          ended.push(notices);
          await logout.queue(sql, notices);
          await audit.append(sql, { type: "session.ended", accountId, detail: { by } });
        }
        return { sessions: ended.length, sites: ended.flat().length };
      }),
  };
}
