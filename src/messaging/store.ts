import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { DeliveryState } from "./reports.ts";

type Channel = "mail" | "sms";

/** A message that waits has `next_at`: when it is due, or, once a node has taken it, when another may. */
export interface MessageRow {
  id: string;
  channel: Channel;
  recipient: string;
  /** JSON of subject and text; null once nobody needs it any more. */
  content_sealed: string | null;
  status: "waiting" | "sent" | "failed";
  /** Begun, not finished. */
  attempts: number;
  /** Attempts that may have reached the person: one that surely has not is taken off again, one in whose middle a node dies is not. */
  copies: number;
  next_at: Millis;
  created_at: Millis;
  ended_at: Millis | null;
  /** Of an SMS: whose token may report on it. */
  report_digest: string | null;
  /** Null of those that were enqueued by an older version. */
  template: string | null;
  /** When the code in it expires; null where it has none. */
  expires_at: Millis | null;
}

/** A message as an operator sees it. */
export interface MessageView {
  id: string;
  channel: Channel;
  status: MessageRow["status"];
  attempts: number;
  created_at: Millis;
  delivery: DeliveryState | null;
  delivery_at: Millis | null;
}

export async function insertMessage(sql: Sql, row: MessageRow): Promise<void> {
  await sql.run(
    `INSERT INTO message (id, channel, recipient, content_sealed, status, attempts, next_at, created_at, ended_at, report_digest, template,
       expires_at, copies)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      row.id,
      row.channel,
      row.recipient,
      row.content_sealed,
      row.status,
      row.attempts,
      row.next_at,
      row.created_at,
      row.ended_at,
      row.report_digest,
      row.template,
      row.expires_at,
      row.copies,
    ],
  );
}

/**
 * Takes up to `limit` messages that are due, until `until`; each for one node alone.
 * PostgreSQL looks at the condition again after it has waited for another node's change of the row, so the second node gets nothing.
 */
export function claimDue(sql: Sql, now: Millis, until: Millis, limit: number): Promise<MessageRow[]> {
  return sql.rows<MessageRow>(
    `UPDATE message SET attempts = attempts + 1, copies = copies + 1, next_at = ?
     WHERE status = 'waiting' AND next_at <= ?
       AND id IN (SELECT id FROM message WHERE status = 'waiting' AND next_at <= ? ORDER BY next_at LIMIT ?)
     RETURNING id, channel, recipient, content_sealed, status, attempts, next_at, created_at, ended_at, report_digest,
       template, expires_at, copies`,
    [until, now, now, limit],
  );
}

/** Sent is sent, also when the node was slow and another has taken the row since. */
export async function markSent(sql: Sql, id: string, now: Millis): Promise<void> {
  await sql.rows(
    "UPDATE message SET status = 'sent', content_sealed = NULL, ended_at = ?, reason = NULL WHERE id = ? AND status = 'waiting'",
    [now, id],
  );
}

/** Only the node whose attempt it is may say what comes after it. */
export async function retryAt(sql: Sql, row: MessageRow, end: AttemptEnd & { next: Millis }): Promise<void> {
  await sql.rows(
    "UPDATE message SET next_at = ?, copies = copies - ?, reason = ? WHERE id = ? AND status = 'waiting' AND attempts = ?",
    [end.next, end.certain ? 1 : 0, end.reason, row.id, row.attempts],
  );
}

/** `certain`: it did not arrive. */
export interface AttemptEnd {
  certain: boolean;
  reason: string;
}

/** What has a code is erased; what tells of a change stays sealed until the sweep, since an operator may send it yet. */
export async function markFailed(sql: Sql, row: MessageRow, end: AttemptEnd & { now: Millis }): Promise<void> {
  await sql.rows(
    `UPDATE message SET status = 'failed', ended_at = ?, copies = copies - ?, reason = ?,
       content_sealed = CASE WHEN expires_at IS NULL THEN content_sealed END
     WHERE id = ? AND status = 'waiting' AND attempts = ?`,
    [end.now, end.certain ? 1 : 0, end.reason, row.id, row.attempts],
  );
}

/** What each outdoes. */
const OUTDONE: Record<DeliveryState, string> = {
  buffered: "delivery IS NULL",
  failed: "(delivery IS NULL OR delivery = 'buffered')",
  delivered: "(delivery IS NULL OR delivery <> 'delivered')",
};
/** The gateway has the message, whether or not its answer reached us: there is nothing to send again. */
const TAKEN = `
  UPDATE message SET delivery = ?, delivery_at = ?, status = 'sent', content_sealed = NULL, ended_at = COALESCE(ended_at, ?)
  WHERE report_digest = ? AND`;
const NOT_DELIVERED = "UPDATE message SET delivery = ?, delivery_at = ? WHERE report_digest = ? AND";

/** False where this was said before, or more than this, or where there is no such message. */
export async function recordDelivery(sql: Sql, digest: string, state: DeliveryState, now: Millis): Promise<boolean> {
  const changed =
    state === "failed"
      ? await sql.rows(`${NOT_DELIVERED} ${OUTDONE[state]} RETURNING id`, [state, now, digest])
      : await sql.rows(`${TAKEN} ${OUTDONE[state]} RETURNING id`, [state, now, now, digest]);
  return changed.length === 1;
}

export async function isReported(sql: Sql, digest: string): Promise<boolean> {
  return (await sql.first("SELECT id FROM message WHERE report_digest = ?", [digest])) !== undefined;
}

export function messageById(sql: Sql, id: string): Promise<Pick<MessageView, "status" | "delivery"> | undefined> {
  return sql.first("SELECT status, delivery FROM message WHERE id = ?", [id]);
}

/** The newest first. It reads a week of messages through, for an operator now and then; an index would cost each of them. */
export function messagesTo(sql: Sql, recipient: string): Promise<MessageView[]> {
  return sql.rows<MessageView>(
    `SELECT id, channel, status, attempts, created_at, delivery, delivery_at FROM message
     WHERE recipient = ? ORDER BY created_at DESC, id LIMIT 50`,
    [recipient],
  );
}
