import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** One that waits has `next_at`: when it is due, or, once a node has taken it, when another may. */
export interface NoticeRow {
  id: string;
  client_id: string;
  account_id: string;
  sid: string | null;
  /** Begun, not finished: a node that dies in the middle of one has used it up. */
  attempts: number;
}

export async function insertNotice(sql: Sql, row: NoticeRow, now: Millis): Promise<void> {
  await sql.rows(
    `INSERT INTO logout_notice (id, client_id, account_id, sid, status, attempts, next_at, created_at)
     VALUES (?, ?, ?, ?, 'waiting', ?, ?, ?)`,
    [row.id, row.client_id, row.account_id, row.sid, row.attempts, now, now],
  );
}

/**
 * Takes up to `limit` notices that are due, until `until`; each for one node alone.
 * PostgreSQL looks at the condition again after it has waited for another node's change of the row, so the second node gets nothing.
 */
export function claimDue(sql: Sql, now: Millis, until: Millis, limit: number): Promise<NoticeRow[]> {
  return sql.rows<NoticeRow>(
    `UPDATE logout_notice SET attempts = attempts + 1, next_at = ?
     WHERE status = 'waiting' AND next_at <= ?
       AND id IN (SELECT id FROM logout_notice WHERE status = 'waiting' AND next_at <= ? ORDER BY next_at LIMIT ?)
     RETURNING id, client_id, account_id, sid, attempts`,
    [until, now, now, limit],
  );
}

/** Told is told, also when the node was slow and another has taken the row since. */
export async function markTold(sql: Sql, id: string, now: Millis): Promise<void> {
  await sql.rows("UPDATE logout_notice SET status = 'told', ended_at = ? WHERE id = ? AND status = 'waiting'", [
    now,
    id,
  ]);
}

/** Only the node whose attempt it is may say what comes after it. */
export async function retryAt(sql: Sql, row: NoticeRow, next: Millis): Promise<void> {
  await sql.rows("UPDATE logout_notice SET next_at = ? WHERE id = ? AND status = 'waiting' AND attempts = ?", [
    next,
    row.id,
    row.attempts,
  ]);
}

export async function markGivenUp(sql: Sql, row: NoticeRow, now: Millis): Promise<void> {
  await sql.rows(
    `UPDATE logout_notice SET status = 'given-up', ended_at = ?
     WHERE id = ? AND status = 'waiting' AND attempts = ?`,
    [now, row.id, row.attempts],
  );
}
