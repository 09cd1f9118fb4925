import type { Audit } from "../audit/audit.ts";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Logout, Notice } from "../logout/logout.ts";
import type { Digester, Sealer } from "../secrecy.ts";
import { keyOfGrant, placeOfRecord } from "./adapter.ts";
import type { ClientEntry } from "./clients.ts";
import { keyOfUid, type SessionBrowser } from "./session-browsers.ts";
import { DESTROYED, KILL_GRANT } from "./store.ts";

/** One session of an account, in one browser. */
export interface SessionLine {
  /** A digest that names it as long as it lasts; nothing is opened by it. */
  name: string;
  /** Milliseconds, to the second: when its last response was given. */
  since: Millis | undefined;
  /** The sites that it has led to, by their client ids. */
  sites: readonly string[];
  browser: SessionBrowser | undefined;
}

/** Which sessions of an account: all, the one of this name, all but that, or those alone that were opened so. */
export type Which = { kind: "all" } | { kind: "one" | "others"; name: string } | { kind: "by"; acr: string };

export interface Sessions extends SiteSessions {
  /** Those that have not expired, the newest first. */
  list(accountId: string): Promise<SessionLine[]>;
  /** The name in that list of the session that oidc-provider calls by this `uid`. */
  nameOf(uid: string): string;
  /**
   * Ends sessions of an account, with all that sites were granted in them (offline access as well), and queues the telling of sites,
   * all in one transaction. With all sessions, or all others, goes what sites were granted in none that is there: on the phone (PROTOCOL 12),
   * or in one that has ended; with those of one way (`by`) goes offline access that was granted by it. A sign-in that was judged and has opened no session yet opens none,
   * nor does one that was answered on the phone, whose browser has not asked since: unless one session alone is ended.
   * A request in flight may save its session once more: ask again a moment later.
   */
  end(
    accountId: string,
    by: "person" | "provider" | "operator",
    which?: Which,
  ): Promise<{ sessions: number; sites: number }>;
  /** The same in the caller's transaction; `but`: oidc-provider's name of the one that goes on, by which the person is here. */
  endWithin(
    sql: Sql,
    accountId: string,
    by: "person" | "provider" | "operator",
    but?: string,
  ): Promise<{ sessions: number; sites: number }>;
  /** Those that were opened by one way, in the caller's transaction. */
  endOpenedBy(
    sql: Sql,
    accountId: string,
    by: "person" | "provider" | "operator",
    acr: string,
  ): Promise<{ sessions: number; sites: number }>;
  /** Whether the account's session that oidc-provider calls by this `uid` has not been ended. */
  goesOn(sql: Sql, accountId: string, uid: string): Promise<boolean>;
}

/** The names by which a site knows an account's sessions (`sid`). */
export interface SiteSessions {
  sidsAt(sql: Sql, accountId: string, clientId: string): Promise<string[]>;
}

export interface SessionsPorts {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  digest: Digester;
  clients: readonly ClientEntry[];
  audit: Audit;
  logout: Pick<Logout, "queue">;
  /** Ends what was answered by this account, or by its phone, before any result of it was kept here. */
  endAnswered(sql: Sql, accountId: string, now: Millis): Promise<void>;
}

/** What oidc-provider keeps of a session, as far as it is looked at here. */
interface StoredSession {
  authorizations?: Record<string, { sid?: string; grantId?: string }>;
  loginTs?: number;
  acr?: string;
  browser?: SessionBrowser;
}

/** What it keeps of a visit in which somebody has signed in. */
interface StoredSignIn {
  result?: { login?: { acr?: string } };
}

interface Row {
  id: string;
  payload_sealed: string;
}

interface SessionRow extends Row {
  uid: string;
}

interface RefreshRow extends Row {
  grant_id: string | null;
}

const SESSIONS = `
  SELECT id, uid, payload_sealed FROM oidc WHERE account_id = ? AND model = 'Session' AND expires_at > ?
  ORDER BY saved_at DESC, id`;
const GRANTS = "SELECT id FROM oidc WHERE account_id = ? AND model = 'Grant'";
const REFRESH_TOKENS = "SELECT id, grant_id, payload_sealed FROM oidc WHERE account_id = ? AND model = 'RefreshToken'";
/**
 * A visit names an account from the judgement of what has proven it, before there is a result, until its browser has followed the redirect that
 * opens the session.
 */
const SIGN_INS = "SELECT id, payload_sealed FROM oidc WHERE account_id = ? AND model = 'Interaction'";
/** Ended as the adapter ends it, so that a request in flight finds it so when it writes; `consumed_at` tells it from one that went on (`named-visits.ts`). */
const END_SIGN_IN = `
  UPDATE oidc SET payload_sealed = '${DESTROYED}', account_id = NULL, consumed_at = ?
  WHERE model = 'Interaction' AND id = ? AND account_id = ?`;
const GOES_ON = "SELECT id FROM oidc WHERE uid = ? AND model = 'Session' AND account_id = ?";
const ALL: Which = { kind: "all" };
const DESTROY = "DELETE FROM oidc WHERE model = 'Session' AND id = ? RETURNING id";

export function createSessions(ports: SessionsPorts): Sessions {
  const { database, clock, sealer, digest, clients, audit, logout } = ports;
  const listening = new Set(
    clients.filter((client) => client.backchannel_logout_uri).map((client) => client.client_id),
  );
  const opened = ({ id, payload_sealed: sealed }: SessionRow): StoredSession =>
    JSON.parse(sealer.open(sealed, placeOfRecord("Session", id)).toString());
  const acrOf = ({ id, payload_sealed: sealed }: Row): string | undefined => {
    const visit: StoredSignIn = JSON.parse(sealer.open(sealed, placeOfRecord("Interaction", id)).toString());
    return visit.result?.login?.acr;
  };

  const isMeant = (row: SessionRow, which: Which): boolean => {
    if (which.kind === "all") return true;
    return which.kind === "by" ? opened(row).acr === which.acr : (row.uid === which.name) === (which.kind === "one");
  };

  /** Undefined where somebody else was faster. */
  const endOne = async (sql: Sql, row: SessionRow, accountId: string): Promise<Notice[] | undefined> => {
    if ((await sql.first(DESTROY, [row.id])) === undefined) return undefined;
    const authorizations = Object.entries(opened(row).authorizations ?? {});
    for (const [, { grantId }] of authorizations) {
      if (grantId === undefined) continue;
      const key = keyOfGrant(digest, grantId);
      await sql.rows(KILL_GRANT, [key, key]);
    }
    return authorizations
      .filter(([clientId]) => listening.has(clientId))
      .map(([clientId, { sid }]) => ({ clientId, accountId, sid }));
  };

  /** All but what was granted in a session that goes on. */
  const endGrants = async (sql: Sql, accountId: string, goingOn: readonly SessionRow[]): Promise<void> => {
    const kept = goingOn.flatMap((row) => Object.values(opened(row).authorizations ?? {}));
    const held = new Set(kept.flatMap(({ grantId }) => (grantId === undefined ? [] : keyOfGrant(digest, grantId))));
    for (const { id } of await sql.rows<{ id: string }>(GRANTS, [accountId]))
      if (!held.has(id)) await sql.rows(KILL_GRANT, [id, id]);
  };

  /** What sites were granted by a way that is no longer trusted, in sessions that have ended or go on by another way. */
  const endGrantsBy = async (sql: Sql, accountId: string, acr: string): Promise<void> => {
    for (const row of await sql.rows<RefreshRow>(REFRESH_TOKENS, [accountId])) {
      const token: { acr?: string } = JSON.parse(
        sealer.open(row.payload_sealed, placeOfRecord("RefreshToken", row.id)).toString(),
      );
      if (token.acr === acr && row.grant_id !== null) await sql.rows(KILL_GRANT, [row.grant_id, row.grant_id]);
    }
  };

  /** After sessions and grants, in the order in which a browser that comes back writes them. Without a result it may be by that key. */
  const endSignIns = async (sql: Sql, accountId: string, which: Which): Promise<void> => {
    for (const row of await sql.rows<Row>(SIGN_INS, [accountId]))
      if (which.kind !== "by" || [which.acr, undefined].includes(acrOf(row)))
        await sql.run(END_SIGN_IN, [clock(), row.id, accountId]);
  };

  const within = async (sql: Sql, accountId: string, by: "person" | "provider" | "operator", which: Which) => {
    const ended: Notice[][] = [];
    // Before the engine's rows, as whoever ends a device does. Of one way as well: a browser that a stolen key has made known waits for the phone.
    if (which.kind !== "one") await ports.endAnswered(sql, accountId, clock());
    const rows = await sql.rows<SessionRow>(SESSIONS, [accountId, 0]);
    for (const row of rows) {
      if (!isMeant(row, which)) continue;
      const notices = await endOne(sql, row, accountId);
      if (notices === undefined) continue;
      ended.push(notices);
      await logout.queue(sql, notices);
      await audit.append(sql, { type: "session.ended", accountId, detail: { by } });
    }
    if (which.kind === "all" || which.kind === "others")
      await endGrants(
        sql,
        accountId,
        rows.filter((row) => !isMeant(row, which)),
      );
    if (which.kind === "by") await endGrantsBy(sql, accountId, which.acr);
    if (which.kind !== "one") await endSignIns(sql, accountId, which);
    return { sessions: ended.length, sites: ended.flat().length };
  };

  return {
    nameOf: (uid) => keyOfUid(digest, uid),
    goesOn: async (sql, accountId, uid) => (await sql.first(GOES_ON, [keyOfUid(digest, uid), accountId])) !== undefined,

    async list(accountId) {
      const rows = await database.rows<SessionRow>(SESSIONS, [accountId, clock()]);
      const lines = new Map<string, SessionLine>();
      for (const row of rows) {
        // Of two rows of one session the newer one counts.
        if (lines.has(row.uid)) continue;
        const { authorizations = {}, loginTs, browser } = opened(row);
        lines.set(row.uid, {
          name: row.uid,
          since: loginTs === undefined ? undefined : loginTs * SECOND,
          sites: Object.keys(authorizations),
          browser,
        });
      }
      return [...lines.values()];
    },

    async sidsAt(sql, accountId, clientId) {
      const rows = await sql.rows<SessionRow>(SESSIONS, [accountId, clock()]);
      return rows.flatMap((row) => opened(row).authorizations?.[clientId]?.sid ?? []);
    },

    endWithin: (sql, accountId, by, but) =>
      within(sql, accountId, by, but === undefined ? ALL : { kind: "others", name: keyOfUid(digest, but) }),
    endOpenedBy: (sql, accountId, by, acr) => within(sql, accountId, by, { kind: "by", acr }),
    end: (accountId, by, which = ALL) => database.transaction((sql) => within(sql, accountId, by, which)),
  };
}
