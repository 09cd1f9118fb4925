import type { Millis } from "../clock.ts";
import type { Binding, Sql } from "../database/database.ts";
import type { Counter } from "../limits/limits.ts";
import type { Along, Condition } from "../limits/throttle.ts";
import type { Mode } from "./expectation.ts";

/** Why a request ended, where a device has said so, or a right answer may not be accepted and no browser was there to be told. */
export type EndReason =
  | "not_me"
  | "wrong_details"
  | "changed_mind"
  | "foreign"
  | "other-account"
  | "already-confirmed"
  | "refused";

export type Status = "open" | "answered" | "exhausted" | "declined" | "replaced";

export interface ChallengeRow {
  id: string;
  context: string;
  subject: string;
  account_id: string | null;
  counter: Counter;
  client_id: string | null;
  purpose: "login" | "activate" | "operation" | "renew";
  answered_mode: Mode | null;
  digits: string;
  status: Status;
  tries: number;
  wrong_digest: string | null;
  device_id: string | null;
  issued_at: Millis;
  answered_at: Millis | null;
  expires_at: Millis;
  /** JSON of an Origin. */
  origin: string | null;
  details_sealed: string | null;
  /** The device's own, over its answer. */
  signature: string | null;
  end_reason: EndReason | null;
  changed_at: Millis;
  /** When a phone of the account first had it in its list. */
  reached_at: Millis | null;
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
    `INSERT INTO challenge (id, context, subject, account_id, counter, client_id, purpose, digits, status, tries, device_id, issued_at, expires_at,
       origin, details_sealed, changed_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', 0, ?, ?, ?, ?, ?, ?)`,
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
      row.origin,
      row.details_sealed,
      row.changed_at,
    ],
  );
}

const latest = (columns: string) =>
  `SELECT ${columns} FROM challenge WHERE context = ? AND status <> 'replaced' ORDER BY issued_at DESC, id LIMIT 1`;
const LATEST = latest("*");
/** Brings it along with whatever else is read. */
export const WITH_LATEST = { columns: "challenge.*", join: `LEFT JOIN challenge ON challenge.id = (${latest("id")})` };

export function challengeById(sql: Sql, id: string): Promise<ChallengeRow | undefined> {
  return sql.first<ChallengeRow>("SELECT * FROM challenge WHERE id = ?", [id]);
}

/** The newest challenge of a context that was not replaced. */
export async function latestChallenge(sql: Sql, context: string): Promise<ChallengeRow | undefined> {
  return sql.first<ChallengeRow>(LATEST, [context]);
}

export async function replaceFormer(sql: Sql, context: string, now: Millis): Promise<void> {
  await sql.run(`UPDATE challenge SET status = 'replaced', changed_at = ? WHERE ${FORMER}`, [now, context]);
}

/** The account of the open one that was declined, null for a decoy's; undefined when there was none. */
export async function declineOpen(
  sql: Sql,
  context: string,
  now: Millis,
): Promise<{ account_id: string | null } | undefined> {
  const statement =
    "UPDATE challenge SET status = 'declined', changed_at = ? WHERE context = ? AND status = 'open' RETURNING account_id";
  return sql.first<{ account_id: string | null }>(statement, [now, context]);
}

/**
 * Counts a try before it is judged; no row when there is nothing to judge: expired, ended, no tries left,
 * or the same wrong response again, which is a double click and costs nothing; or when `provided` is not so. What is judged by comes along,
 * in `columns`.
 */
export async function countTry<Row>(
  sql: Sql,
  id: string,
  responseDigest: string,
  { tries, now, columns }: { tries: number; now: Millis; columns: string },
  provided?: Condition,
): Promise<(ChallengeRow & Row) | undefined> {
  return sql.first<ChallengeRow & Row>(
    `UPDATE challenge SET tries = tries + 1, wrong_digest = ?
     WHERE id = ? AND status = 'open' AND tries < ? AND expires_at > ? AND (wrong_digest IS NULL OR wrong_digest <> ?)
       AND ${provided?.condition ?? "true"} RETURNING *, ${columns}`,
    [responseDigest, id, tries, now, responseDigest, ...(provided?.bindings ?? [])],
  );
}

/** Takes back a try that was counted and is not judged after all; its digest goes as well, since the response may yet be right. */
export async function uncountTry(sql: Sql, id: string): Promise<void> {
  await sql.run("UPDATE challenge SET tries = tries - 1, wrong_digest = NULL WHERE id = ? AND tries > 0", [id]);
}

/**
 * For the one answer that wins, what it was to bring along; no trace of its response stays behind. `there`: its pad still is its device's. On
 * PostgreSQL a try that has waited for its row has read the pads of before, and whoever it has waited for may have ended the device.
 */
export function markAnswered<Row>(
  sql: Sql,
  id: string,
  by: { deviceId: string; mode: Mode; signature?: string | undefined },
  there: { condition: string; bindings: readonly Binding[] },
  now: Millis,
  along: Along = NOTHING_ALONG,
): Promise<Row | undefined> {
  return sql.first<Row>(
    `UPDATE challenge SET status = 'answered', device_id = ?, answered_mode = ?, answered_at = ?, signature = ?, changed_at = ?, wrong_digest = NULL
     WHERE id = ? AND status = 'open' AND ${there.condition} RETURNING ${along.columns}`,
    [by.deviceId, by.mode, now, by.signature ?? null, now, id, ...there.bindings, ...along.bindings],
  );
}

const NOTHING_ALONG: Along = { columns: "1 AS answered", bindings: [] };

export async function markExhausted(sql: Sql, id: string, now: Millis): Promise<void> {
  await sql.run("UPDATE challenge SET status = 'exhausted', changed_at = ? WHERE id = ? AND status = 'open'", [
    now,
    id,
  ]);
}

/** Open requests of an account, newest first; more than anybody has open at once are not read. */
export async function openOf(sql: Sql, accountId: string, now: Millis): Promise<ChallengeRow[]> {
  const statement = `
    SELECT * FROM challenge WHERE account_id = ? AND status = 'open' AND expires_at > ? AND purpose IN ('login', 'operation')
    ORDER BY issued_at DESC, id LIMIT 50`;
  return sql.rows<ChallengeRow>(statement, [accountId, now]);
}

/** Once: the first phone counts. It is no change that waiting phones would have to hear of. */
export async function markReached(sql: Sql, id: string, now: Millis): Promise<void> {
  await sql.run("UPDATE challenge SET reached_at = ? WHERE id = ? AND reached_at IS NULL", [now, id]);
}

/** A request of an account, also one that a device's decline has turned into a decoy. */
export async function requestOf(sql: Sql, accountId: string, id: string): Promise<ChallengeRow | undefined> {
  const statement = "SELECT * FROM challenge WHERE id = ? AND subject = ? AND purpose IN ('login', 'operation')";
  return sql.first<ChallengeRow>(statement, [id, accountId]);
}

/** The page of a browser that the account knows says that it has ended, and why; true for the one call that ended it. */
export async function endKnown(sql: Sql, id: string, reason: EndReason, now: Millis): Promise<boolean> {
  const statement =
    "UPDATE challenge SET status = 'declined', end_reason = ?, changed_at = ? WHERE id = ? AND status = 'open' RETURNING id";
  return (await sql.rows(statement, [reason, now, id])).length === 1;
}

/**
 * The page of a stranger's browser may say nothing that depends on the account: from now on the challenge is nobody's, like any decoy's,
 * and no response fits it. True for the one call that ended it.
 */
export async function endUnknown(sql: Sql, id: string, reason: EndReason, now: Millis): Promise<boolean> {
  const statement = `
    UPDATE challenge SET account_id = NULL, end_reason = ?, changed_at = ?
    WHERE id = ? AND status = 'open' AND account_id IS NOT NULL RETURNING id`;
  return (await sql.rows(statement, [reason, now, id])).length === 1;
}

/** All open ones of an account, each as `endKnown` or `endUnknown` ends it; how many there were. */
export async function endAllOf(
  sql: Sql,
  accountId: string,
  reason: EndReason | undefined,
  now: Millis,
): Promise<number> {
  const declined = await sql.rows(
    `UPDATE challenge SET status = 'declined', end_reason = ?, changed_at = ?
     WHERE account_id = ? AND status = 'open' AND counter NOT LIKE 'unknown:%' RETURNING id`,
    [reason ?? null, now, accountId],
  );
  const made = await sql.rows(
    "UPDATE challenge SET account_id = NULL, end_reason = ?, changed_at = ? WHERE account_id = ? AND status = 'open' RETURNING id",
    [reason ?? null, now, accountId],
  );
  return declined.length + made.length;
}

/**
 * What a device that ends leaves behind: the numbers that it alone may answer, and the sign-ins that it has answered and whose pages may not
 * have gone on yet. They are as if they had been replaced, so that a page begins again. Whoever is just judging an answer is waited for, by
 * taking hold of all that are open: else the sign-in that it opens would not be among those that are found.
 */
export async function endOfDevice(sql: Sql, accountId: string, deviceId: string, now: Millis): Promise<void> {
  await sql.run("UPDATE challenge SET changed_at = ? WHERE account_id = ? AND status = 'open'", [now, accountId]);
  await sql.run(
    `UPDATE challenge SET status = 'replaced', changed_at = ?
     WHERE account_id = ? AND device_id = ? AND (status = 'open' OR (status = 'answered' AND purpose = 'login'))`,
    [now, accountId, deviceId],
  );
}

/** Whether this one was answered and is not void; until the transaction ends, nobody makes it so. */
export async function stillAnswered(sql: Sql, id: string): Promise<boolean> {
  const statement = "UPDATE challenge SET changed_at = changed_at WHERE id = ? AND status = 'answered' RETURNING id";
  return (await sql.first(statement, [id])) !== undefined;
}

/** Sign-ins of an account that were answered, and whose pages (or sites, PROTOCOL 12) may not have gone on yet: as if declined, so that a page begins again. */
export async function endAnsweredOf(sql: Sql, accountId: string, now: Millis): Promise<void> {
  await sql.run(
    "UPDATE challenge SET status = 'declined', changed_at = ? WHERE account_id = ? AND status = 'answered' AND purpose = 'login'",
    [now, accountId],
  );
}

/** Accounts whose requests have changed since; those of decoys have none. */
export async function changedSince(
  sql: Sql,
  since: Millis,
): Promise<{ id: string; account_id: string | null; changed_at: Millis }[]> {
  return sql.rows("SELECT id, account_id, changed_at FROM challenge WHERE changed_at > ?", [since]);
}
