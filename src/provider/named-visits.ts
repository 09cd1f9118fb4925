import type { Sql } from "../database/database.ts";
import type { Digester } from "../secrecy.ts";
import { DESTROYED } from "./store.ts";

/**
 * Has oidc-provider's record of a visit name the account that was just proven there, in the transaction that judges the proof: before any result of
 * it is kept. Whoever ends the key, or all sign-ins, from then on finds the visit and ends it (`sessions.ts`), so that its browser opens no session.
 */
export type NameVisit = (sql: Sql, visit: string, accountId: string) => Promise<void>;

const NAME = `
  UPDATE oidc SET account_id = ? WHERE model = 'Interaction' AND id = ? AND payload_sealed <> '${DESTROYED}'`;

export function createNameVisit({ digest }: { digest: Digester }): NameVisit {
  return (sql, visit, accountId) => sql.run(NAME, [accountId, digest("oidc Interaction", visit)]);
}

/** Whether a visit was ended in that way, and not by going on: of those that are remembered yet. */
export type WasEnded = (visit: string) => Promise<boolean>;

const ENDED = `
  SELECT id FROM oidc WHERE model = 'Interaction' AND id = ? AND payload_sealed = '${DESTROYED}' AND consumed_at IS NOT NULL`;

export function createWasEnded({ database, digest }: { database: Sql; digest: Digester }): WasEnded {
  return async (visit) => (await database.first(ENDED, [digest("oidc Interaction", visit)])) !== undefined;
}
