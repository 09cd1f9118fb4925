import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** Written as the index is: that of another list would not be used. */
const SITES = `
  SELECT client_id, MAX(at) AS at FROM event
  WHERE account_id = ? AND type IN ('login.accepted', 'consent.given') AND client_id IS NOT NULL
  GROUP BY client_id`;

/** Where the account has signed in or let a site see something, by the record of events; the latest first. */
export async function sitesOf(sql: Sql, accountId: string): Promise<{ clientId: string; at: Millis }[]> {
  const rows = await sql.rows<{ client_id: string; at: Millis }>(SITES, [accountId]);
  return rows.sort((one, other) => other.at - one.at).map(({ client_id: clientId, at }) => ({ clientId, at }));
}
