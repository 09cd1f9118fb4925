import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

export interface TillCodeRow {
  account_id: string;
  /** A slow digest. */
  code_digest: string;
  set_at: Millis;
}

/** Another takes the place of the one before. */
const PUT = `
  INSERT INTO till_code (account_id, code_digest, set_at) VALUES (?, ?, ?)
  ON CONFLICT (account_id) DO UPDATE SET code_digest = excluded.code_digest, set_at = excluded.set_at`;

export async function tillCodeOf(sql: Sql, accountId: string): Promise<TillCodeRow | undefined> {
  return sql.first<TillCodeRow>("SELECT * FROM till_code WHERE account_id = ?", [accountId]);
}

export async function putTillCode(sql: Sql, row: TillCodeRow): Promise<void> {
  await sql.run(PUT, [row.account_id, row.code_digest, row.set_at]);
}

/** True for the one call that has removed it. */
export async function removeTillCode(sql: Sql, accountId: string): Promise<boolean> {
  return (await sql.rows("DELETE FROM till_code WHERE account_id = ? RETURNING account_id", [accountId])).length === 1;
}
