import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** `waiting` for the code, `pending` for the first response, `done`, or `ended` without a device. */
export type EnrolmentStatus = "waiting" | "pending" | "done" | "ended";

export interface EnrolmentRow {
  id: string;
  browser_digest: string;
  account_id: string;
  code_digest: string;
  code_sealed: string;
  status: EnrolmentStatus;
  device_id: string | null;
  return_to: string | null;
  created_at: Millis;
  code_expires_at: Millis;
  expires_at: Millis;
}

export async function insertEnrolment(sql: Sql, row: EnrolmentRow): Promise<void> {
  await sql.rows(
    `INSERT INTO enrolment (id, browser_digest, account_id, code_digest, code_sealed, status, return_to, created_at, code_expires_at, expires_at)
     VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?, ?, ?)`,
    [
      row.id,
      row.browser_digest,
      row.account_id,
      row.code_digest,
      row.code_sealed,
      row.return_to,
      row.created_at,
      row.code_expires_at,
      row.expires_at,
    ],
  );
}

/** An account that never had a phone, and is about to: it lapses later. */
export async function putOffLapse(sql: Sql, accountId: string, until: Millis): Promise<void> {
  await sql.run("UPDATE account SET lapses_at = ? WHERE id = ? AND lapses_at IS NOT NULL", [until, accountId]);
}

export async function enrolmentOfBrowser(
  sql: Sql,
  browserDigest: string,
  now: Millis,
): Promise<EnrolmentRow | undefined> {
  return sql.first<EnrolmentRow>("SELECT * FROM enrolment WHERE browser_digest = ? AND expires_at > ?", [
    browserDigest,
    now,
  ]);
}

/** A new code in the place of one that was not used; false when the enrolment has gone on meanwhile, or is over. */
export async function renewCode(
  sql: Sql,
  id: string,
  code: { digest: string; sealed: string; expiresAt: Millis },
  now: Millis,
): Promise<boolean> {
  const statement = `
    UPDATE enrolment SET code_digest = ?, code_sealed = ?, code_expires_at = ?, status = 'waiting', device_id = NULL
    WHERE id = ? AND status IN ('waiting', 'ended') AND expires_at > ? RETURNING id`;
  return (await sql.rows(statement, [code.digest, code.sealed, code.expiresAt, id, now])).length === 1;
}

/** The code is used up by the one call that gets the row back. */
export async function useCode(
  sql: Sql,
  codeDigest: string,
  email: string,
  now: Millis,
): Promise<EnrolmentRow | undefined> {
  return sql.first<EnrolmentRow>(
    `UPDATE enrolment SET status = 'pending' WHERE code_digest = ? AND status = 'waiting' AND code_expires_at > ?
     AND account_id = (SELECT id FROM account WHERE email = ?) RETURNING *`,
    [codeDigest, now, email],
  );
}

export async function setDevice(sql: Sql, id: string, deviceId: string): Promise<void> {
  await sql.rows("UPDATE enrolment SET device_id = ? WHERE id = ?", [deviceId, id]);
}

/** True for the one call that moves a pending enrolment to its end. */
export async function finishEnrolment(sql: Sql, id: string, status: "done" | "ended"): Promise<boolean> {
  const statement = "UPDATE enrolment SET status = ? WHERE id = ? AND status = 'pending' RETURNING id";
  return (await sql.rows(statement, [status, id])).length === 1;
}

/** Whatever has not led to a device is over for its browser as well, which gets no other code; the devices that waited or had failed. */
export async function endEnrolments(sql: Sql, accountId: string): Promise<string[]> {
  const rows = await sql.rows<{ device_id: string | null }>(
    "UPDATE enrolment SET status = 'ended', expires_at = 0 WHERE account_id = ? AND status <> 'done' RETURNING device_id",
    [accountId],
  );
  return rows.flatMap(({ device_id: deviceId }) => deviceId ?? []);
}
