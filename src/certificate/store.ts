import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Wmid } from "../wmid.ts";
import type { KeyKind } from "./signing-request.ts";
import type { Reason } from "./x509.ts";

/** Who has ended a certificate. */
export type RevokedBy = "account" | "operator" | "recovery";

export interface CertificateRow {
  /** 34 hexadecimal digits, small letters. */
  serial: string;
  /** The id of the key that has signed it. */
  authority: string;
  account_id: string;
  wmid: Wmid;
  kind: KeyKind;
  /** SHA-256 of its `SubjectPublicKeyInfo`, base64url. */
  key_digest: string;
  /** Base64 of its DER. */
  certificate: string;
  confirmation_id: string;
  issued_at: Millis;
  expires_at: Millis;
  revoked_at: Millis | null;
  revoked_by: RevokedBy | null;
  reason: Reason | null;
}

/** A key that waits for its owner's confirmation. */
export interface RequestRow {
  id: string;
  account_id: string;
  wmid: Wmid;
  kind: KeyKind;
  /** Base64 of its DER. */
  spki: string;
  /** Of the certificate that has come of it. */
  serial: string | null;
  expires_at: Millis;
}

export interface AuthorityRow {
  key_id: string;
  /** Base64 of its DER, as is `list`. */
  certificate: string;
  changes: number;
  list: string | null;
  list_number: number;
  list_changes: number;
  list_at: Millis | null;
}

/** Until the transaction ends, nobody else gives this account a certificate. */
const HOLD = "UPDATE account SET updated_at = updated_at WHERE id = ? RETURNING id";
const REVOKE = `
  UPDATE certificate SET revoked_at = ?, revoked_by = ?, reason = ?
  WHERE serial = ? AND revoked_at IS NULL AND expires_at > ? RETURNING *`;

/** Those that were told of for the last time are not in the index. */
const EXPIRING = `
  UPDATE certificate SET told_days = ?
  WHERE serial IN (
    SELECT serial FROM certificate
    WHERE revoked_at IS NULL AND (told_days IS NULL OR told_days > 7) AND expires_at > ? AND expires_at <= ? AND (told_days IS NULL OR told_days > ?)
    ORDER BY expires_at LIMIT ?)
  AND revoked_at IS NULL AND (told_days IS NULL OR told_days > ?) RETURNING *`;

export async function authorityOf(sql: Sql, keyId: string): Promise<AuthorityRow | undefined> {
  return sql.first<AuthorityRow>("SELECT * FROM certificate_authority WHERE key_id = ?", [keyId]);
}

/** False where another node was faster. */
export async function insertAuthority(sql: Sql, keyId: string, certificate: string, now: Millis): Promise<boolean> {
  const rows = await sql.rows(
    `INSERT INTO certificate_authority (key_id, certificate, created_at, changes, list_number, list_changes)
     VALUES (?, ?, ?, 0, 0, 0) ON CONFLICT DO NOTHING RETURNING key_id`,
    [keyId, certificate, now],
  );
  return rows.length === 1;
}

/** False where another node has made the list of this number. */
export async function keepList(
  sql: Sql,
  { keyId, list, number, changes, at }: { keyId: string; list: string; number: number; changes: number; at: Millis },
): Promise<boolean> {
  const rows = await sql.rows(
    `UPDATE certificate_authority SET list = ?, list_number = ?, list_changes = ?, list_at = ?
     WHERE key_id = ? AND list_number = ? RETURNING key_id`,
    [list, number, changes, at, keyId, number - 1],
  );
  return rows.length === 1;
}

/** Those that would not have run out by `since`. */
export async function revokedSince(
  sql: Sql,
  authority: string,
  since: Millis,
): Promise<Pick<CertificateRow, "serial" | "revoked_at" | "reason">[]> {
  const statement =
    "SELECT serial, revoked_at, reason FROM certificate WHERE authority = ? AND revoked_at IS NOT NULL AND expires_at > ? ORDER BY serial";
  return sql.rows(statement, [authority, since]);
}

export async function holdAccount(sql: Sql, accountId: string): Promise<void> {
  await sql.rows(HOLD, [accountId]);
}

export async function insertRequest(sql: Sql, row: Omit<RequestRow, "serial">): Promise<void> {
  await sql.run(
    "INSERT INTO certificate_request (id, account_id, wmid, kind, spki, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
    [row.id, row.account_id, row.wmid, row.kind, row.spki, row.expires_at],
  );
}

export async function requestById(sql: Sql, id: string): Promise<RequestRow | undefined> {
  return sql.first<RequestRow>("SELECT * FROM certificate_request WHERE id = ?", [id]);
}

export async function endRequest(sql: Sql, id: string, serial: string): Promise<void> {
  await sql.run("UPDATE certificate_request SET serial = ? WHERE id = ?", [serial, id]);
}

/** False where the key has a certificate already, whoever's. */
export async function insertCertificate(sql: Sql, row: CertificateRow): Promise<boolean> {
  const rows = await sql.rows(
    `INSERT INTO certificate (serial, authority, account_id, wmid, kind, key_digest, certificate, confirmation_id, issued_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING serial`,
    [
      row.serial,
      row.authority,
      row.account_id,
      row.wmid,
      row.kind,
      row.key_digest,
      row.certificate,
      row.confirmation_id,
      row.issued_at,
      row.expires_at,
    ],
  );
  return rows.length === 1;
}

export async function hasCertificate(sql: Sql, keyDigest: string): Promise<boolean> {
  return (await sql.first("SELECT serial FROM certificate WHERE key_digest = ?", [keyDigest])) !== undefined;
}

/** Those of this authority among these serial numbers, ten at most. */
export async function statusOf(
  sql: Sql,
  authority: string,
  serials: readonly string[],
): Promise<Pick<CertificateRow, "serial" | "revoked_at" | "reason">[]> {
  const places = serials.map(() => "?").join(", ");
  const statement = `SELECT serial, revoked_at, reason FROM certificate WHERE serial IN (${places}) AND authority = ?`;
  return sql.rows(statement, [...serials, authority]);
}

export async function countLive(sql: Sql, accountId: string, wmid: Wmid, now: Millis): Promise<number> {
  const statement =
    "SELECT COUNT(*) AS number FROM certificate WHERE account_id = ? AND expires_at > ? AND wmid = ? AND revoked_at IS NULL";
  return (await sql.first<{ number: number }>(statement, [accountId, now, wmid]))?.number ?? 0;
}

/** The serial numbers of those that count, of one WMID where it is named. */
export async function liveOf(sql: Sql, accountId: string, now: Millis, wmid?: Wmid): Promise<string[]> {
  const statement = "SELECT serial FROM certificate WHERE account_id = ? AND expires_at > ? AND revoked_at IS NULL";
  const rows = await (wmid === undefined
    ? sql.rows<{ serial: string }>(statement, [accountId, now])
    : sql.rows<{ serial: string }>(`${statement} AND wmid = ?`, [accountId, now, wmid]));
  return rows.map(({ serial }) => serial);
}

/** Those that would not have run out by `since`, the youngest first. */
export async function certificatesOf(sql: Sql, accountId: string, since: Millis): Promise<CertificateRow[]> {
  const statement =
    "SELECT * FROM certificate WHERE account_id = ? AND expires_at > ? ORDER BY issued_at DESC, serial LIMIT 200";
  return sql.rows<CertificateRow>(statement, [accountId, since]);
}

/** Takes those that run out by `until` and whose owner was not told so many days ahead; each is given to one caller. */
export async function claimExpiring(
  sql: Sql,
  { days, now, until, limit }: { days: number; now: Millis; until: Millis; limit: number },
): Promise<CertificateRow[]> {
  return sql.rows<CertificateRow>(EXPIRING, [days, now, until, days, limit, days]);
}

export async function certificateBySerial(sql: Sql, serial: string): Promise<CertificateRow | undefined> {
  return sql.first<CertificateRow>("SELECT * FROM certificate WHERE serial = ?", [serial]);
}

/** The same; until the transaction ends, nobody revokes it. */
export async function heldCertificate(sql: Sql, serial: string): Promise<CertificateRow | undefined> {
  return sql.first<CertificateRow>("UPDATE certificate SET revoked_at = revoked_at WHERE serial = ? RETURNING *", [
    serial,
  ]);
}

/** The certificate, for the one call that has ended it; its authority's next list has it. */
export async function revoke(
  sql: Sql,
  { serial, by, reason, now }: { serial: string; by: RevokedBy; reason: Reason; now: Millis },
): Promise<CertificateRow | undefined> {
  const row = await sql.first<CertificateRow>(REVOKE, [now, by, reason, serial, now]);
  if (row !== undefined)
    await sql.run("UPDATE certificate_authority SET changes = changes + 1 WHERE key_id = ?", [row.authority]);
  return row;
}
