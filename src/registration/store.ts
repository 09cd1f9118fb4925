import type { Email, Phone } from "../account/identifier.ts";
import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Locale } from "../locale/locale.ts";

/** Which proof is awaited: `email-code`, then `phone-code`; then the registration is over. */
export type Stage = "email-code" | "phone-code" | "done";

export interface RegistrationRow {
  browser_digest: string;
  email: Email;
  phone: Phone;
  stage: Stage;
  /** Null for a code that was never sent: the e-mail or the phone has an account already, and its owner was told so. */
  code_digest: string | null;
  code_tries: number;
  codes_sent: number;
  code_expires_at: Millis;
  return_to: string | null;
  locale: Locale;
  created_at: Millis;
  expires_at: Millis;
}

const COLUMNS =
  "browser_digest, email, phone, stage, code_digest, code_tries, codes_sent, code_expires_at, return_to, locale, created_at, expires_at";

/** A browser has one registration; another one begins anew. */
export async function putRegistration(sql: Sql, row: RegistrationRow): Promise<void> {
  await sql.rows(
    `INSERT INTO registration (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (browser_digest) DO UPDATE SET email = excluded.email, phone = excluded.phone, stage = excluded.stage,
       code_digest = excluded.code_digest, code_tries = excluded.code_tries, codes_sent = excluded.codes_sent,
       code_expires_at = excluded.code_expires_at, return_to = excluded.return_to, locale = excluded.locale,
       created_at = excluded.created_at, expires_at = excluded.expires_at`,
    [
      row.browser_digest,
      row.email,
      row.phone,
      row.stage,
      row.code_digest,
      row.code_tries,
      row.codes_sent,
      row.code_expires_at,
      row.return_to,
      row.locale,
      row.created_at,
      row.expires_at,
    ],
  );
}

export async function registrationOfBrowser(
  sql: Sql,
  browserDigest: string,
  now: Millis,
): Promise<RegistrationRow | undefined> {
  return sql.first<RegistrationRow>("SELECT * FROM registration WHERE browser_digest = ? AND expires_at > ?", [
    browserDigest,
    now,
  ]);
}

/** Counts a try before it is judged; undefined when there is nothing to judge: no tries left, expired, or another stage. */
export async function countCodeTry(
  sql: Sql,
  browserDigest: string,
  stage: Stage,
  tries: number,
  now: Millis,
): Promise<RegistrationRow | undefined> {
  return sql.first<RegistrationRow>(
    `UPDATE registration SET code_tries = code_tries + 1
     WHERE browser_digest = ? AND stage = ? AND code_tries < ? AND code_expires_at > ? RETURNING *`,
    [browserDigest, stage, tries, now],
  );
}

/** A new code in place of the last; at most so many in one registration, and one for the next stage in any case. */
export async function renewRegistrationCode(
  sql: Sql,
  browserDigest: string,
  from: Stage,
  code: { stage: Stage; digest: string | null; expiresAt: Millis },
  most: number,
): Promise<boolean> {
  const rows = await sql.rows(
    `UPDATE registration SET stage = ?, code_digest = ?, code_tries = 0, codes_sent = codes_sent + 1, code_expires_at = ?
     WHERE browser_digest = ? AND stage = ? AND (codes_sent < ? OR stage <> ?) RETURNING browser_digest`,
    [code.stage, code.digest, code.expiresAt, browserDigest, from, most, code.stage],
  );
  return rows.length === 1;
}

/** True for the one call that ends a registration. */
export async function finishRegistration(sql: Sql, browserDigest: string): Promise<boolean> {
  const statement =
    "UPDATE registration SET stage = 'done', code_digest = NULL WHERE browser_digest = ? AND stage = 'phone-code' RETURNING stage";
  return (await sql.rows(statement, [browserDigest])).length === 1;
}
