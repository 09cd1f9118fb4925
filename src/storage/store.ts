import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Wmid } from "../wmid.ts";

/** Keys of one WMID, with what its newest version is. */
export interface KeptRow {
  wmid: Wmid;
  account_id: string;
  version: number;
  digest: string;
  kept_at: Millis;
  read_at: Millis | null;
  read_by: string | null;
  /** Moved out: after that it is gone. */
  ends_at: Millis | null;
}

export interface FileRow {
  id: string;
  wmid: Wmid;
  version: number;
  size: number;
  digest: string;
  envelope_sealed: string;
  client_id: string;
  created_at: Millis;
}

export type FileLine = Pick<FileRow, "version" | "size" | "client_id" | "created_at">;

const KEPT = `
  SELECT kept_keys.wmid, account_id, kept_keys.version, digest, kept_at, read_at, read_by, ends_at
  FROM kept_keys JOIN key_file ON key_file.wmid = kept_keys.wmid AND key_file.version = kept_keys.version
  WHERE (ends_at IS NULL OR ends_at > ?) AND `;

export async function keptOf(sql: Sql, wmid: Wmid, now: Millis): Promise<KeptRow | undefined> {
  return sql.first<KeptRow>(`${KEPT} kept_keys.wmid = ?`, [now, wmid]);
}

export async function keptBy(sql: Sql, accountId: string, now: Millis): Promise<KeptRow[]> {
  return sql.rows<KeptRow>(`${KEPT} account_id = ? ORDER BY kept_keys.wmid`, [now, accountId]);
}

/** True where nobody keeps this WMID's keys; what was moved out and has ended is in nobody's way. */
export async function insertKept(sql: Sql, wmid: Wmid, accountId: string, now: Millis): Promise<boolean> {
  await sql.run("DELETE FROM kept_keys WHERE wmid = ? AND ends_at <= ?", [wmid, now]);
  const rows = await sql.rows(
    `INSERT INTO kept_keys (wmid, account_id, version, kept_at) VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING RETURNING wmid`,
    [wmid, accountId, now],
  );
  return rows.length === 1;
}

/** The next version, for the one who names the newest; what was moved out is kept again. */
export async function nextVersion(sql: Sql, { wmid, account_id: accountId, version }: KeptRow): Promise<boolean> {
  const rows = await sql.rows(
    `UPDATE kept_keys SET version = version + 1, ends_at = NULL WHERE wmid = ? AND account_id = ? AND version = ? RETURNING wmid`,
    [wmid, accountId, version],
  );
  return rows.length === 1;
}

export async function insertFile(sql: Sql, row: FileRow): Promise<void> {
  await sql.run(
    `INSERT INTO key_file (id, wmid, version, size, digest, envelope_sealed, client_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [row.id, row.wmid, row.version, row.size, row.digest, row.envelope_sealed, row.client_id, row.created_at],
  );
}

/** Versions up to this one go. */
export async function forgetVersions(sql: Sql, wmid: Wmid, upTo: number): Promise<void> {
  await sql.run("DELETE FROM key_file WHERE wmid = ? AND version <= ?", [wmid, upTo]);
}

export async function fileOf(sql: Sql, wmid: Wmid, version: number): Promise<FileRow | undefined> {
  return sql.first<FileRow>("SELECT * FROM key_file WHERE wmid = ? AND version = ?", [wmid, version]);
}

/** The newest first. */
export async function versionsOf(sql: Sql, wmid: Wmid): Promise<FileLine[]> {
  const statement = "SELECT version, size, client_id, created_at FROM key_file WHERE wmid = ? ORDER BY version DESC";
  return sql.rows<FileLine>(statement, [wmid]);
}

export async function markRead(sql: Sql, wmid: Wmid, clientId: string, now: Millis): Promise<void> {
  await sql.run("UPDATE kept_keys SET read_at = ?, read_by = ? WHERE wmid = ?", [now, clientId, wmid]);
}

export async function markMoved(sql: Sql, wmid: Wmid, endsAt: Millis): Promise<void> {
  await sql.run("UPDATE kept_keys SET ends_at = ? WHERE wmid = ?", [endsAt, wmid]);
}

/** The WMID is the account's no more: what is kept of it goes then, or before where that was said already. When; undefined where nothing is kept. */
export async function endKept(sql: Sql, accountId: string, wmid: Wmid, endsAt: Millis): Promise<Millis | undefined> {
  const statement =
    "UPDATE kept_keys SET ends_at = COALESCE(ends_at, ?) WHERE wmid = ? AND account_id = ? RETURNING ends_at";
  return (await sql.first<{ ends_at: Millis }>(statement, [endsAt, wmid, accountId]))?.ends_at;
}

/** With all versions. True for the one call that finds it. */
export async function deleteKept(sql: Sql, wmid: Wmid, accountId: string): Promise<boolean> {
  const statement = "DELETE FROM kept_keys WHERE wmid = ? AND account_id = ? RETURNING wmid";
  return (await sql.rows(statement, [wmid, accountId])).length === 1;
}
