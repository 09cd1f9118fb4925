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
  end(
    accountId: string,
    by: "person" | "provider" | "operator",
    which?: Which,
  ): Promise<{ sessions: number; sites: number }>;
  /** The same in the caller's transaction. */
  endWithin(
    sql: Sql,
    accountId: string,
    by: "person" | "provider" | "operator",
    which?: Which,
  ): Promise<{ sessions: number; sites: number }>;
}

/** Not all of them. */
export interface Which {
  /** oidc-provider's name of the one that goes on, by which the person is here. */
  but?: string | undefined;
  /** Those alone that were opened so. */
  acr?: string;
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
  uid?: string;
  acr?: string;
  authorizations?: Record<string, { sid?: string; grantId?: string }>;
}

interface SessionRow {
  id: string;
  payload_sealed: string;
}

const SESSIONS = "SELECT id, payload_sealed FROM oidc WHERE account_id = ? AND model = 'Session'";
const DESTROY = "DELETE FROM oidc WHERE model = 'Session' AND id = ? RETURNING id";

export function createSessions({ database, sealer, digest, clients, audit, logout }: SessionsPorts): Sessions {
  const listening = new Set(
    clients.filter((client) => client.backchannel_logout_uri).map((client) => client.client_id),
  );

  /** Undefined where somebody else was faster, and for one that goes on. */
  const endOne = async (
    sql: Sql,
    { id, payload_sealed: sealed }: SessionRow,
    accountId: string,
    { but, acr }: Which,
  ): Promise<Notice[] | undefined> => {
    const session: StoredSession = JSON.parse(sealer.open(sealed, placeOfRecord("Session", id)).toString());
    if (but !== undefined && session.uid === but) return undefined;
    if (acr !== undefined && session.acr !== acr) return undefined;
    if ((await sql.first(DESTROY, [id])) === undefined) return undefined;
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

  const endWithin: Sessions["endWithin"] = async (sql, accountId, by, which = {}) => {
    const ended: Notice[][] = [];
    for (const row of await sql.rows<SessionRow>(SESSIONS, [accountId])) {
      const notices = await endOne(sql, row, accountId, which);
      if (notices === undefined) continue;
      ended.push(notices);
      await logout.queue(sql, notices);
      await audit.append(sql, { type: "session.ended", accountId, detail: { by } });
    }
    return { sessions: ended.length, sites: ended.flat().length };
  };

  return {
    endWithin,
    end: (accountId, by, which) => database.transaction((sql) => endWithin(sql, accountId, by, which)),
  };
}
