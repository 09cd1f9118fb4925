import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** `contacts`: by e-mail and phone number; `operator`: allowed by us, for who has lost these as well. */
export type Way = "contacts" | "operator";
export const WAYS: readonly Way[] = ["contacts", "operator"];
/** `replaced`: another way back was faster, or came after one that had led to no phone. */
export type WaitStatus = "waiting" | "done" | "stopped" | "lapsed" | "replaced";

export interface WaitRow {
  id: string;
  account_id: string;
  way: Way;
  status: WaitStatus;
  stop_digest: string;
  created_at: Millis;
  /** From then on it may be taken up, until `lapses_at`. */
  due_at: Millis;
  lapses_at: Millis;
  next_at: Millis;
  used_told_at: Millis | null;
  ended_at: Millis | null;
}

/** False where one of this way waits already: that one goes on as it was. */
export async function insertWait(
  sql: Sql,
  row: Omit<WaitRow, "status" | "used_told_at" | "ended_at">,
): Promise<boolean> {
  const rows = await sql.rows(
    `INSERT INTO recovery_wait (id, account_id, way, status, stop_digest, created_at, due_at, lapses_at, next_at)
     VALUES (?, ?, ?, 'waiting', ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    [row.id, row.account_id, row.way, row.stop_digest, row.created_at, row.due_at, row.lapses_at, row.next_at],
  );
  return rows.length === 1;
}

export async function waitByStop(sql: Sql, stopDigest: string): Promise<WaitRow | undefined> {
  return sql.first<WaitRow>("SELECT * FROM recovery_wait WHERE stop_digest = ?", [stopDigest]);
}

/** The newest of this way, whatever has become of it. */
export async function lastWait(sql: Sql, accountId: string, way: Way): Promise<WaitRow | undefined> {
  const statement = "SELECT * FROM recovery_wait WHERE account_id = ? AND way = ? ORDER BY created_at DESC, id LIMIT 1";
  return sql.first<WaitRow>(statement, [accountId, way]);
}

/** Those of both ways, the one that may be taken up first before the other. */
export async function waitingOf(sql: Sql, accountId: string): Promise<WaitRow[]> {
  const statement = "SELECT * FROM recovery_wait WHERE account_id = ? AND status = 'waiting' ORDER BY due_at, id";
  return sql.rows<WaitRow>(statement, [accountId]);
}

/** Those that wait, or were taken up, whose time is not over: the one that is open longest first. */
export async function inTime(sql: Sql, accountId: string, now: Millis): Promise<WaitRow[]> {
  const statement = `
    SELECT * FROM recovery_wait WHERE account_id = ? AND status IN ('waiting', 'done') AND lapses_at > ?
    ORDER BY lapses_at DESC, id`;
  return sql.rows<WaitRow>(statement, [accountId, now]);
}

/** For the one call that ends one that waits. */
export async function endWait(
  sql: Sql,
  id: string,
  status: Exclude<WaitStatus, "waiting" | "done" | "lapsed">,
  now: Millis,
): Promise<WaitRow | undefined> {
  return sql.first<WaitRow>(
    "UPDATE recovery_wait SET status = ?, ended_at = ? WHERE id = ? AND status = 'waiting' RETURNING *",
    [status, now, id],
  );
}

/** For the one call that takes it up, in its time. */
export async function takeWait(sql: Sql, id: string, now: Millis): Promise<WaitRow | undefined> {
  return sql.first<WaitRow>(
    `UPDATE recovery_wait SET status = 'done', ended_at = ?
     WHERE id = ? AND status = 'waiting' AND due_at <= ? AND lapses_at > ? RETURNING *`,
    [now, id, now, now],
  );
}

/** One that was taken up, and might be once more, is over for good. */
export async function closeTaken(sql: Sql, accountId: string, way: Way, but: string, now: Millis): Promise<void> {
  await sql.run(
    `UPDATE recovery_wait SET status = 'replaced'
     WHERE account_id = ? AND way = ? AND id <> ? AND status = 'done' AND lapses_at > ?`,
    [accountId, way, but, now],
  );
}

/** For the one call that notes it. */
export async function lapseWait(sql: Sql, id: string, now: Millis): Promise<WaitRow | undefined> {
  return sql.first<WaitRow>(
    "UPDATE recovery_wait SET status = 'lapsed', ended_at = ? WHERE id = ? AND status = 'waiting' AND lapses_at <= ? RETURNING *",
    [now, id, now],
  );
}

/** For the one call that tells that it may be taken up; the next to be told is its lapse. */
export async function announceWait(sql: Sql, id: string, now: Millis): Promise<WaitRow | undefined> {
  return sql.first<WaitRow>(
    `UPDATE recovery_wait SET next_at = lapses_at
     WHERE id = ? AND status = 'waiting' AND due_at <= ? AND lapses_at > ? AND next_at < lapses_at RETURNING *`,
    [id, now, now],
  );
}

/** For the one call that tells that a phone of the account was used meanwhile. */
export async function noteUse(sql: Sql, id: string, now: Millis): Promise<WaitRow | undefined> {
  return sql.first<WaitRow>(
    "UPDATE recovery_wait SET used_told_at = ? WHERE id = ? AND status = 'waiting' AND used_told_at IS NULL RETURNING *",
    [now, id],
  );
}

/** What is to be told now: of those whose time has come, and of those whose owner's phone has answered since they began. */
export async function waitsToTell(sql: Sql, now: Millis, limit: number): Promise<{ id: string; used: boolean }[]> {
  const due = await sql.rows<{ id: string }>(
    "SELECT id FROM recovery_wait WHERE status = 'waiting' AND next_at <= ? ORDER BY next_at LIMIT ?",
    [now, limit],
  );
  const used = await sql.rows<{ id: string }>(
    `SELECT id FROM recovery_wait WHERE status = 'waiting' AND used_told_at IS NULL AND created_at <= ? AND EXISTS (
       SELECT 1 FROM event WHERE event.account_id = recovery_wait.account_id AND event.at >= recovery_wait.created_at
         AND event.device_id IS NOT NULL AND event.type IN ('login.accepted', 'operation.confirmed'))
     ORDER BY created_at LIMIT ?`,
    [now, limit],
  );
  return [...due.map(({ id }) => ({ id, used: false })), ...used.map(({ id }) => ({ id, used: true }))];
}
