import type { Millis } from "../clock.ts";
import type { Sql } from "../database.ts";
import type { Counter } from "../limits/limits.ts";
import type { Mode } from "./expectation.ts";

export type Status = "open" | "answered" | "exhausted" | "declined" | "replaced";

export interface ChallengeRow {
  id: string;
  context: string;
  subject: string;
  account_id: string | null;
  counter: Counter;
  client_id: string | null;
  purpose: "login" | "activate" | "operation";
  answered_mode: Mode | null;
  digits: string;
  status: Status;
  tries: number;
  wrong_digest: string | null;
  device_id: string | null;
  issued_at: Millis;
  answered_at: Millis | null;
  expires_at: Millis;
}

/** What a new challenge takes the place of, whatever has become of it: all of its context but an answered one. */
const FORMER = "context = ? AND status IN ('open', 'exhausted', 'declined')";

/** Undefined when these digits were given to this subject before; otherwise how many challenges the context has that are to be replaced. */
export async function reserveDigits(
  sql: Sql,
  { subject, digits, context, now }: { subject: string; digits: string; context: string; now: Millis },
): Promise<number | undefined> {
  const statement = `
    INSERT INTO issued_number (subject, digits, issued_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
    RETURNING (SELECT COUNT(*) FROM challenge WHERE ${FORMER}) AS former`;
  return (await sql.first<{ former: number }>(statement, [subject, digits, now, context]))?.former;
}

export async function insertChallenge(sql: Sql, row: ChallengeRow): Promise<void> {
  await sql.run(
    `INSERT INTO challenge (id, context, subject, account_id, counter, client_id, purpose, digits, status, tries, device_id, issued_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', 0, ?, ?, ?)`,
    [
      row.id,
      row.context,
      row.subject,
      row.account_id,
      row.counter,
      row.client_id,
      row.purpose,
      row.digits,
      row.device_id,
      row.issued_at,
      row.expires_at,
    ],
  );
}

const latest = (columns: string) =>
  `SELECT ${columns} FROM challenge WHERE context = ? AND status <> 'replaced' ORDER BY issued_at DESC, id LIMIT 1`;
const LATEST = latest("*");
/** Brings it along with whatever else is read. */
export const WITH_LATEST = { columns: "challenge.*", join: `LEFT JOIN challenge ON challenge.id = (${latest("id")})` };

/** The newest challenge of a context that was not replaced. */
export async function latestChallenge(sql: Sql, context: string): Promise<ChallengeRow | undefined> {
  return sql.first<ChallengeRow>(LATEST, [context]);
}

export async function replaceFormer(sql: Sql, context: string): Promise<void> {
  await sql.run(`UPDATE challenge SET status = 'replaced' WHERE ${FORMER}`, [context]);
}

/** True when there was an open one. */
export async function declineOpen(sql: Sql, context: string): Promise<boolean> {
  const statement = "UPDATE challenge SET status = 'declined' WHERE context = ? AND status = 'open' RETURNING id";
  return (await sql.rows(statement, [context])).length > 0;
}

export async function declineAll(sql: Sql, accountId: string): Promise<number> {
  const statement = "UPDATE challenge SET status = 'declined' WHERE account_id = ? AND status = 'open' RETURNING id";
  return (await sql.rows(statement, [accountId])).length;
}

/**
 * Counts a try before it is judged; no row when there is nothing to judge: expired, ended, no tries left,
 * or the same wrong response again, which is a double click and costs nothing.
 */
export async function countTry(
  sql: Sql,
  id: string,
  responseDigest: string,
  tries: number,
  now: Millis,
): Promise<ChallengeRow | undefined> {
  return sql.first<ChallengeRow>(
    `UPDATE challenge SET tries = tries + 1, wrong_digest = ?
     WHERE id = ? AND status = 'open' AND tries < ? AND expires_at > ? AND (wrong_digest IS NULL OR wrong_digest <> ?) RETURNING *`,
    [responseDigest, id, tries, now, responseDigest],
  );
}

/** Takes back a try that was counted and is not judged after all; its digest goes as well, since the response may yet be right. */
export async function uncountTry(sql: Sql, id: string): Promise<void> {
  await sql.run("UPDATE challenge SET tries = tries - 1, wrong_digest = NULL WHERE id = ? AND tries > 0", [id]);
}

/** True for the one answer that wins; no trace of its response stays behind. */
export async function markAnswered(
  sql: Sql,
  id: string,
  by: { deviceId: string; mode: Mode },
  now: Millis,
): Promise<boolean> {
  const rows = await sql.rows(
    `UPDATE challenge SET status = 'answered', device_id = ?, answered_mode = ?, answered_at = ?, wrong_digest = NULL
     WHERE id = ? AND status = 'open' RETURNING id`,
    [by.deviceId, by.mode, now, id],
  );
  return rows.length === 1;
}

export async function markExhausted(sql: Sql, id: string): Promise<void> {
  await sql.run("UPDATE challenge SET status = 'exhausted' WHERE id = ? AND status = 'open'", [id]);
}
