import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** A message that was given up, as an operator sees it: never its words. */
export interface DeadLetter {
  id: string;
  channel: "mail" | "sms";
  recipient: string;
  template: string | null;
  attempts: number;
  copies: number;
  reason: string | null;
  ended_at: Millis;
  /** Whether it can be sent yet: what had a code is erased. */
  kept: boolean;
}

/** `no-words`: its content is erased. `unknown`: no message that was given up has this id. */
export type RetryVerdict = "retried" | "no-words" | "unknown";

const LIST = `
  SELECT id, channel, recipient, template, attempts, copies, reason, ended_at, content_sealed IS NOT NULL AS kept
  FROM message WHERE status = 'failed' ORDER BY next_at DESC LIMIT 200`;

/** Those that were given up in the last week, the last due first; 200 at most. */
export async function deadLetters(sql: Sql): Promise<DeadLetter[]> {
  const rows = await sql.rows<Omit<DeadLetter, "kept"> & { kept: number | boolean }>(LIST);
  return rows.map((row) => ({ ...row, kept: Boolean(row.kept) }));
}

/**
 * Puts a message back into the outbox by an operator's word: it is tried as a new one from now on, under the same Message-ID, and its
 * copies are counted anew. Sent by a worker; two operators at once put it back once.
 */
export async function retryDeadLetter(sql: Sql, id: string, now: Millis): Promise<RetryVerdict> {
  const retried = await sql.rows(
    `UPDATE message SET status = 'waiting', next_at = ?, created_at = ?, ended_at = NULL, copies = 0
     WHERE id = ? AND status = 'failed' AND content_sealed IS NOT NULL RETURNING id`,
    [now, now, id],
  );
  if (retried.length === 1) return "retried";
  return (await sql.first("SELECT id FROM message WHERE id = ? AND status = 'failed'", [id])) === undefined
    ? "unknown"
    : "no-words";
}

/** Deletes a message that was given up, with all that was kept of it; false where there is none. */
export async function dropDeadLetter(sql: Sql, id: string): Promise<boolean> {
  const dropped = await sql.rows("DELETE FROM message WHERE id = ? AND status = 'failed' RETURNING id", [id]);
  return dropped.length === 1;
}
