import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** New ones in the place of all that there were. */
export async function putCodes(sql: Sql, accountId: string, digests: readonly string[], now: Millis): Promise<void> {
  await sql.run("DELETE FROM recovery_code WHERE account_id = ?", [accountId]);
  await sql.run(
    `INSERT INTO recovery_code (digest, account_id, created_at) VALUES ${digests.map(() => "(?, ?, ?)").join(", ")}`,
    digests.flatMap((digest) => [digest, accountId, now]),
  );
}

/** True for the one call that uses it. */
export async function spendCode(sql: Sql, accountId: string, digest: string, now: Millis): Promise<boolean> {
  const statement =
    "UPDATE recovery_code SET used_at = ? WHERE digest = ? AND account_id = ? AND used_at IS NULL RETURNING digest";
  return (await sql.rows(statement, [now, digest, accountId])).length === 1;
}

/** How many of them could still have been used. */
export async function dropCodes(sql: Sql, accountId: string): Promise<number> {
  const statement = "DELETE FROM recovery_code WHERE account_id = ? RETURNING used_at";
  const rows = await sql.rows<{ used_at: Millis | null }>(statement, [accountId]);
  return rows.filter(({ used_at: usedAt }) => usedAt === null).length;
}

/** How many may still be used, and when they were made; undefined where there never were any. */
export async function codesLeft(sql: Sql, accountId: string): Promise<{ left: number; madeAt: Millis } | undefined> {
  const row = await sql.first<{ left_over: number | string; made_at: Millis | null }>(
    "SELECT count(*) - count(used_at) AS left_over, max(created_at) AS made_at FROM recovery_code WHERE account_id = ?",
    [accountId],
  );
  if (row === undefined || row.made_at === null) return undefined;
  return { left: Number(row.left_over), madeAt: row.made_at };
}
