import { DAY, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Digester } from "../secrecy.ts";
import type { PublicKey } from "./device.ts";

/** One that never answered was never its account's: whoever was to connect it had an hour. */
const HALF_MADE_FOR: Millis = DAY;
const KEEP = "INSERT INTO gone_device (id_digest, public_jwk, gone_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
const OF_ACCOUNT = "SELECT id, public_jwk FROM device WHERE account_id = ?";
/** Each condition stands twice: one that comes to work while this waits for it stays. */
const HALF_MADE = [
  "status = 'pending' AND created_at < ?",
  "ended_at < ? AND ended_at IS NOT NULL AND activated_at IS NULL",
].map(
  (one) =>
    `DELETE FROM device WHERE ${one} AND id IN (SELECT id FROM device WHERE ${one} LIMIT ?) RETURNING id, public_jwk`,
);

const KEY = "SELECT public_jwk FROM gone_device WHERE id_digest = ?";

interface GoneRow {
  id: string;
  public_jwk: string;
}

const digestOf = (digest: Digester, id: string) => digest("gone device", id);

/** What is left of devices whose rows go: no name, no account, no id, nothing but the key that a proof is checked by; it goes after a year. */
async function keep(sql: Sql, digest: Digester, rows: readonly GoneRow[], now: Millis): Promise<void> {
  for (const { id, public_jwk: key } of rows) await sql.run(KEEP, [digestOf(digest, id), key, now]);
}

/** Before an account is erased, in the transaction that erases it. */
export async function keepGone(sql: Sql, digest: Digester, accountId: string, now: Millis): Promise<void> {
  await keep(sql, digest, await sql.rows<GoneRow>(OF_ACCOUNT, [accountId]), now);
}

/** The key of a device whose row is gone; undefined where nobody had this id within the year. */
export async function goneKey(sql: Sql, digest: Digester, id: string): Promise<PublicKey | undefined> {
  const row = await sql.first<{ public_jwk: string }>(KEY, [digestOf(digest, id)]);
  return row === undefined ? undefined : JSON.parse(row.public_jwk);
}

/** Each deletes a batch of devices that never answered: those that still wait, and those that have ended; how many. */
export function createHalfMadeSweeps(digest: Digester) {
  return HALF_MADE.map(
    (statement) =>
      (database: Database, now: Millis, limit: number): Promise<number> =>
        database.transaction(async (sql) => {
          const rows = await sql.rows<GoneRow>(statement, [now - HALF_MADE_FOR, now - HALF_MADE_FOR, limit]);
          await keep(sql, digest, rows, now);
          return rows.length;
        }),
  );
}
