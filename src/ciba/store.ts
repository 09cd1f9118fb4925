import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** A site that is to be told that something has become of its request; `id` is its challenge's. */
export interface PingRow {
  id: string;
  client_id: string;
  request_sealed: string;
  /** Begun, not finished: a node that dies in the middle of one has used it up. */
  attempts: number;
  expires_at: Millis;
}

export async function insertPing(sql: Sql, row: Omit<PingRow, "attempts">, now: Millis): Promise<void> {
  await sql.run(
    `INSERT INTO ciba_ping (id, client_id, request_sealed, status, attempts, next_at, expires_at)
     VALUES (?, ?, ?, 'waiting', 0, ?, ?)`,
    [row.id, row.client_id, row.request_sealed, now, row.expires_at],
  );
}

/** Takes up to `limit` whose person has answered, declined or used up the tries, until `until`; each for one node alone. */
export function claimDue(sql: Sql, now: Millis, until: Millis, limit: number): Promise<PingRow[]> {
  return sql.rows<PingRow>(
    `UPDATE ciba_ping SET attempts = attempts + 1, next_at = ?
     WHERE status = 'waiting' AND next_at <= ? AND id IN (
       SELECT ciba_ping.id FROM ciba_ping JOIN challenge ON challenge.id = ciba_ping.id
       WHERE ciba_ping.status = 'waiting' AND ciba_ping.next_at <= ? AND challenge.status <> 'open'
       ORDER BY ciba_ping.next_at LIMIT ?)
     RETURNING id, client_id, request_sealed, attempts, expires_at`,
    [until, now, now, limit],
  );
}

export async function markEnded(sql: Sql, id: string, status: "told" | "given-up"): Promise<void> {
  await sql.run("UPDATE ciba_ping SET status = ? WHERE id = ? AND status = 'waiting'", [status, id]);
}

/** Only the node whose attempt it is may say what comes after it. */
export async function retryAt(sql: Sql, { id, attempts }: PingRow, next: Millis): Promise<void> {
  await sql.run("UPDATE ciba_ping SET next_at = ? WHERE id = ? AND status = 'waiting' AND attempts = ?", [
    next,
    id,
    attempts,
  ]);
}
