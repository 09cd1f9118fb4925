import type { Audit } from "../audit/audit.ts";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Logout } from "../logout/logout.ts";
import type { Sealer } from "../secrecy.ts";
import { placeOfRecord } from "./adapter.ts";
import { scopeOfClaim } from "./claims.ts";
import type { ClientEntry } from "./clients.ts";
import { type NarrowedGrant, narrow, scopesOf, type Taken } from "./narrowing.ts";
import type { SiteSessions } from "./sessions.ts";
import { KILL_GRANT } from "./store.ts";

/** What a site may, in all sessions of an account together. */
export interface SiteGrant {
  clientId: string;
  scopes: readonly string[];
  ofResources: readonly { resource: string; scope: string }[];
  /** When the oldest of them began. */
  since: Millis;
}

/** What was let, as the room of consents keeps it. */
export interface SiteConsents {
  of(
    sql: Sql,
    accountId: string,
  ): Promise<
    readonly {
      clientId: string;
      scopes: readonly string[];
      ofResources: ReadonlyMap<string, readonly string[]>;
      at: Millis;
    }[]
  >;
  /** With the choice among several WMIDs; false where nothing was let. */
  withdraw(sql: Sql, accountId: string, clientId: string): Promise<boolean>;
  /** What a scope is called there. */
  nameOf(taken: Taken): string;
  /** The same of one scope. */
  narrow(sql: Sql, accountId: string, clientId: string, taken: Taken): Promise<boolean>;
}

export interface SiteGrants {
  of(accountId: string): Promise<SiteGrant[]>;
  /**
   * Takes back what a site was let have: the consent, the grants and all tokens that hang on them, in every session, and the site is told that
   * its sessions have ended. A request in flight may be granted something a moment later, as may whoever signs in anew.
   */
  revoke(accountId: string, clientId: string): Promise<void>;
  /**
   * The same of one scope alone, in every session: from the consent, the grants and what they say of its claims; tokens that have it end. All
   * else goes on, and the site is asked for it anew when it asks again. With `offline_access` goes whatever was for an absence.
   */
  takeBack(accountId: string, clientId: string, taken: Taken): Promise<void>;
}

export interface SiteGrantsPorts {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  clients: readonly ClientEntry[];
  audit: Audit;
  consents: SiteConsents;
  sessions: SiteSessions;
  logout: Pick<Logout, "queue">;
}

/** oidc-provider's Grant, as far as it is looked at here; `iat` in seconds. */
interface StoredGrant extends NarrowedGrant {
  iat: number;
}

interface GrantRow {
  id: string;
  client_id: string;
  payload_sealed: string;
}

const GRANTS = `
  SELECT id, client_id, payload_sealed FROM oidc
  WHERE account_id = ? AND model = 'Grant' AND client_id IS NOT NULL AND expires_at > ?`;
const OF_SITE = "SELECT id FROM oidc WHERE account_id = ? AND model = 'Grant' AND client_id = ?";

export function createSiteGrants(ports: SiteGrantsPorts): SiteGrants {
  const { database, clock, sealer, clients } = ports;
  const listens = (clientId: string) =>
    clients.some((client) => client.client_id === clientId && client.backchannel_logout_uri !== undefined);

  const granted = ({ id, client_id: clientId, payload_sealed: sealed }: GrantRow): SiteGrant => {
    const stored: StoredGrant = JSON.parse(sealer.open(sealed, placeOfRecord("Grant", id)).toString());
    return {
      clientId,
      scopes: [
        ...scopesOf(stored.openid?.scope),
        ...(stored.openid?.claims ?? []).flatMap((one) => scopeOfClaim(one) ?? []),
      ],
      ofResources: Object.entries(stored.resources ?? {}).flatMap(([resource, scope]) =>
        scopesOf(scope).map((word) => ({ resource, scope: word })),
      ),
      since: stored.iat * SECOND,
    };
  };

  return {
    async of(accountId) {
      const [rows, consents] = await Promise.all([
        database.rows<GrantRow>(GRANTS, [accountId, clock()]),
        ports.consents.of(database, accountId),
      ]);
      const all = [
        ...rows.map(granted),
        ...consents.map(({ clientId, scopes, ofResources, at: since }) => ({
          clientId,
          scopes,
          since,
          ofResources: [...ofResources].flatMap(([resource, list]) => list.map((scope) => ({ resource, scope }))),
        })),
      ];
      return [...Map.groupBy(all, ({ clientId }) => clientId)].map(([clientId, of]) => together(clientId, of));
    },

    revoke: (accountId, clientId) =>
      database.transaction(async (sql) => {
        const had = await ports.consents.withdraw(sql, accountId, clientId);
        const grants = await sql.rows<{ id: string }>(OF_SITE, [accountId, clientId]);
        for (const { id } of grants) await sql.rows(KILL_GRANT, [id, id]);
        // The other click of two has nothing to take back, and nobody is told twice.
        if (!had && grants.length === 0) return;
        const sids = listens(clientId) ? await ports.sessions.sidsAt(sql, accountId, clientId) : [];
        await ports.logout.queue(
          sql,
          sids.map((sid) => ({ clientId, accountId, sid })),
        );
        await ports.audit.append(sql, { type: "consent.withdrawn", accountId, clientId, detail: {} });
      }),

    takeBack: (accountId, clientId, taken) =>
      database.transaction(async (sql) => {
        const had = await ports.consents.narrow(sql, accountId, clientId, taken);
        const narrowed = await narrow({ sql, sealer }, accountId, clientId, taken);
        // The other click of two.
        if (!had && !narrowed) return;
        const detail = { scope: ports.consents.nameOf(taken) };
        await ports.audit.append(sql, { type: "consent.narrowed", accountId, clientId, detail });
      }),
  };
}

function together(clientId: string, grants: readonly SiteGrant[]): SiteGrant {
  const ofResources = new Map(
    grants.flatMap((one) => one.ofResources).map((one) => [`${one.resource} ${one.scope}`, one]),
  );
  return {
    clientId,
    scopes: [...new Set(grants.flatMap(({ scopes }) => scopes))],
    ofResources: [...ofResources.values()],
    since: Math.min(...grants.map(({ since }) => since)),
  };
}
