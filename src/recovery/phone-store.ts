import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

export interface PhoneProofRow {
  context: string;
  account_id: string;
  code_digest: string;
  code_tries: number;
  code_expires_at: Millis;
  proven_at: Millis | null;
}

export interface NewPhoneProof {
  context: string;
  accountId: string;
  digest: string;
  codeExpiresAt: Millis;
  expiresAt: Millis;
}

/** Another code takes the last one's place; false when too many were sent. */
export async function putPhoneProof(sql: Sql, proof: NewPhoneProof, codes: number): Promise<boolean> {
  const rows = await sql.rows(
    `INSERT INTO recovery_phone (context, account_id, code_digest, code_tries, codes_sent, code_expires_at, expires_at)
     VALUES (?, ?, ?, 0, 1, ?, ?)
     ON CONFLICT (context) DO UPDATE SET code_digest = excluded.code_digest, code_tries = 0,
       codes_sent = recovery_phone.codes_sent + 1, code_expires_at = excluded.code_expires_at, proven_at = NULL
     WHERE recovery_phone.codes_sent < ? AND recovery_phone.account_id = excluded.account_id RETURNING context`,
    [proof.context, proof.accountId, proof.digest, proof.codeExpiresAt, proof.expiresAt, codes],
  );
  return rows.length === 1;
}

export async function phoneProofOf(
  sql: Sql,
  context: string,
  accountId: string,
  now: Millis,
): Promise<PhoneProofRow | undefined> {
  return sql.first<PhoneProofRow>(
    "SELECT * FROM recovery_phone WHERE context = ? AND account_id = ? AND expires_at > ?",
    [context, accountId, now],
  );
}

/** Counts a try before it is judged; undefined when there is nothing to judge. */
export async function countPhoneTry(
  sql: Sql,
  { context, accountId, tries, now }: { context: string; accountId: string; tries: number; now: Millis },
): Promise<PhoneProofRow | undefined> {
  return sql.first<PhoneProofRow>(
    `UPDATE recovery_phone SET code_tries = code_tries + 1
     WHERE context = ? AND account_id = ? AND code_tries < ? AND code_expires_at > ? AND proven_at IS NULL RETURNING *`,
    [context, accountId, tries, now],
  );
}

/** True for the one call that proves it, with the code that was sent last. */
export async function provePhone(sql: Sql, { context, code_digest: digest }: PhoneProofRow, now: Millis) {
  const statement =
    "UPDATE recovery_phone SET proven_at = ? WHERE context = ? AND code_digest = ? AND proven_at IS NULL RETURNING context";
  return (await sql.rows(statement, [now, context, digest])).length === 1;
}

/** True for the one call that uses what was proven; from then on nothing is proven in this browser. */
export async function usePhoneProof(sql: Sql, context: string, accountId: string, now: Millis): Promise<boolean> {
  const statement = `
    UPDATE recovery_phone SET expires_at = ?
    WHERE context = ? AND account_id = ? AND proven_at IS NOT NULL AND expires_at > ? RETURNING context`;
  return (await sql.rows(statement, [now, context, accountId, now])).length === 1;
}
