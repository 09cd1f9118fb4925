import type { Identifier } from "../account/identifier.ts";
import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

export type CaseStatus = "open" | "allowed" | "refused";

/** `kind` and `value` are those of an identifier: they were parsed before they were kept. */
export interface CaseRow {
  id: string;
  code_digest: string;
  kind: Identifier["kind"];
  value: string;
  /** Null where what was typed is nobody's. */
  account_id: string | null;
  status: CaseStatus;
  wait_id: string | null;
  decided_by: string | null;
  decided_why: string | null;
  decided_at: Millis | null;
  created_at: Millis;
  expires_at: Millis;
}

export interface NewCase {
  id: string;
  digest: string;
  identifier: Identifier;
  accountId: string | null;
  createdAt: Millis;
  expiresAt: Millis;
}

/** False where the number is another case's. */
export async function insertCase(sql: Sql, row: NewCase): Promise<boolean> {
  const { kind, value } = row.identifier;
  const rows = await sql.rows(
    `INSERT INTO recovery_case (id, code_digest, kind, value, account_id, status, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, 'open', ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    [row.id, row.digest, kind, value, row.accountId, row.createdAt, row.expiresAt],
  );
  return rows.length === 1;
}

export async function caseById(sql: Sql, id: string, now: Millis): Promise<CaseRow | undefined> {
  return sql.first<CaseRow>("SELECT * FROM recovery_case WHERE id = ? AND expires_at > ?", [id, now]);
}

/** The oldest first. */
export async function allCases(sql: Sql, now: Millis): Promise<CaseRow[]> {
  return sql.rows<CaseRow>("SELECT * FROM recovery_case WHERE expires_at > ? ORDER BY created_at, id", [now]);
}

export interface Decision {
  operator: string;
  why: string;
  at: Millis;
  expiresAt: Millis;
}

/** For the one call that allows it. */
export async function allowCase(
  sql: Sql,
  id: string,
  { operator, why, at, expiresAt }: Decision,
  waitId: string,
): Promise<CaseRow | undefined> {
  return sql.first<CaseRow>(
    `UPDATE recovery_case SET status = 'allowed', wait_id = ?, decided_by = ?, decided_why = ?, decided_at = ?, expires_at = ?
     WHERE id = ? AND status = 'open' AND account_id IS NOT NULL AND expires_at > ? RETURNING *`,
    [waitId, operator, why, at, expiresAt, id, at],
  );
}

/** For the one call that refuses it, also where it was allowed before. */
export async function refuseCase(
  sql: Sql,
  id: string,
  { operator, why, at, expiresAt }: Decision,
): Promise<CaseRow | undefined> {
  return sql.first<CaseRow>(
    `UPDATE recovery_case SET status = 'refused', decided_by = ?, decided_why = ?, decided_at = ?, expires_at = ?
     WHERE id = ? AND status <> 'refused' AND expires_at > ? RETURNING *`,
    [operator, why, at, expiresAt, id, at],
  );
}
