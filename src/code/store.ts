import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Counter } from "../limits/limits.ts";

export interface CodeRow {
  /** Digest of the visit. */
  context: string;
  subject: string;
  /** Null for a decoy. */
  account_id: string | null;
  /** 1 where an SMS has left: else no code fits. */
  sent: number;
  counter: Counter;
  purpose: "login" | "operation";
  status: "open" | "answered" | "exhausted" | "declined";
  code_digest: string;
  wrong_digest: string | null;
  /** Of this code. */
  tries: number;
  /** Tries of every code of this visit. */
  wrong: number;
  message_id: string;
  sent_at: Millis;
  code_expires_at: Millis;
  answered_at: Millis | null;
  expires_at: Millis;
}

const CLAIM = `
  INSERT INTO sms_code (context, subject, account_id, counter, purpose, status, sent, code_digest, tries, wrong, message_id, sent_at, code_expires_at, expires_at)
  VALUES (?, ?, ?, ?, ?, 'open', 0, ?, 0, 0, ?, ?, ?, ?)
  ON CONFLICT (context) DO UPDATE SET subject = excluded.subject, account_id = excluded.account_id, counter = excluded.counter,
    purpose = excluded.purpose, status = 'open', sent = 0, code_digest = excluded.code_digest, wrong_digest = NULL, tries = 0, message_id = excluded.message_id,
    sent_at = excluded.sent_at, code_expires_at = excluded.code_expires_at, expires_at = excluded.expires_at
  WHERE sms_code.sent_at <= ? AND sms_code.status <> 'answered'
  RETURNING context`;

/** A new code takes the last one's place, not sent as yet; false where the last one is younger than `since`, or was right. */
export async function claimCode(
  sql: Sql,
  row: Pick<
    CodeRow,
    | "context"
    | "subject"
    | "account_id"
    | "counter"
    | "purpose"
    | "code_digest"
    | "message_id"
    | "sent_at"
    | "code_expires_at"
    | "expires_at"
  >,
  since: Millis,
): Promise<boolean> {
  const bindings = [
    row.context,
    row.subject,
    row.account_id,
    row.counter,
    row.purpose,
    row.code_digest,
    row.message_id,
  ];
  const rows = await sql.rows(CLAIM, [...bindings, row.sent_at, row.code_expires_at, row.expires_at, since]);
  return rows.length === 1;
}

/** Whether an SMS has left; in the same statement where none has. */
export async function markCodeSent(sql: Sql, context: string, sent: boolean): Promise<void> {
  await sql.run("UPDATE sms_code SET sent = ? WHERE context = ?", [sent ? 1 : 0, context]);
}

export function codeOf(sql: Sql, context: string, now: Millis): Promise<CodeRow | undefined> {
  return sql.first<CodeRow>("SELECT * FROM sms_code WHERE context = ? AND expires_at > ?", [context, now]);
}

/** Counts a try before it is judged; no row where there is nothing to judge, or where the same wrong code comes again, as by a double click. */
export function countCode(
  sql: Sql,
  { context, digest, tries, now }: { context: string; digest: string; tries: number; now: Millis },
): Promise<CodeRow | undefined> {
  const statement = `
    UPDATE sms_code SET tries = tries + 1, wrong = wrong + 1, wrong_digest = ?
    WHERE context = ? AND status = 'open' AND tries < ? AND code_expires_at > ? AND (wrong_digest IS NULL OR wrong_digest <> ?)
    RETURNING *`;
  return sql.first<CodeRow>(statement, [digest, context, tries, now, digest]);
}

/** Takes back a try that was counted and is not judged after all. */
export async function uncountCode(sql: Sql, context: string): Promise<void> {
  await sql.run(
    "UPDATE sms_code SET tries = tries - 1, wrong = wrong - 1, wrong_digest = NULL WHERE context = ? AND tries > 0",
    [context],
  );
}

/** True for the one that wins, as long as no newer code has taken this one's place. */
export async function markCodeRight(sql: Sql, row: CodeRow, now: Millis): Promise<boolean> {
  const statement = `
    UPDATE sms_code SET status = 'answered', answered_at = ?, wrong_digest = NULL
    WHERE context = ? AND status = 'open' AND code_digest = ? RETURNING context`;
  return (await sql.rows(statement, [now, row.context, row.code_digest])).length === 1;
}

/** Sign-ins of an account whose code was right, and whose pages may not have gone on yet: as if declined, so that a page begins again. */
export async function endAnsweredCodesOf(sql: Sql, accountId: string): Promise<void> {
  await sql.run(
    "UPDATE sms_code SET status = 'declined' WHERE account_id = ? AND status = 'answered' AND purpose = 'login'",
    [accountId],
  );
}

/** Ends an open code. */
export async function endCode(sql: Sql, context: string, status: "exhausted" | "declined"): Promise<void> {
  await sql.run("UPDATE sms_code SET status = ? WHERE context = ? AND status = 'open'", [status, context]);
}
