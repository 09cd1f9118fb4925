import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

export interface PasskeyRow {
  id: string;
  account_id: string;
  /** Base64url, as is `public_key`, a COSE key (RFC 9052 section 7). */
  credential_id: string;
  public_key: string;
  /** The authenticator's count of signatures; 0 for ever where it keeps none. */
  counter: number;
  /** `multi-device`: its owner's other devices may have it as well. */
  kind: "single-device" | "multi-device";
  name: string;
  confirmation_id: string;
  created_at: Millis;
  used_at: Millis | null;
}

/** Until the transaction ends, nobody else adds a passkey to this account. */
const HOLD = "UPDATE account SET updated_at = updated_at WHERE id = ? RETURNING id";
/** An authenticator that counts never gives a number twice; one that does not gives 0 always (WebAuthn section 6.1.1). */
const USE = `
  UPDATE passkey SET counter = ?, used_at = ?
  WHERE id = ? AND (counter < ? OR (counter = 0 AND 0 = CAST(? AS bigint))) RETURNING id`;
const SPEND = `
  INSERT INTO passkey_spent (challenge_digest, expires_at) VALUES (?, ?)
  ON CONFLICT DO NOTHING RETURNING challenge_digest`;

export async function holdAccount(sql: Sql, accountId: string): Promise<void> {
  await sql.rows(HOLD, [accountId]);
}

export async function passkeysOf(sql: Sql, accountId: string): Promise<PasskeyRow[]> {
  return sql.rows<PasskeyRow>("SELECT * FROM passkey WHERE account_id = ? ORDER BY created_at, id", [accountId]);
}

export async function passkeyById(sql: Sql, id: string): Promise<PasskeyRow | undefined> {
  return sql.first<PasskeyRow>("SELECT * FROM passkey WHERE id = ?", [id]);
}

/** With it, whether this browser has signed its account in before: one statement, as without. */
const BY_CREDENTIAL = `
  SELECT passkey.*, EXISTS (
    SELECT 1 FROM known_browser WHERE known_browser.browser_digest = ? AND known_browser.account_id = passkey.account_id
  ) AS known FROM passkey WHERE credential_id = ?`;

export async function passkeyByCredential(
  sql: Sql,
  credentialId: string,
  browser: string,
): Promise<(PasskeyRow & { known: number | boolean }) | undefined> {
  return sql.first<PasskeyRow & { known: number | boolean }>(BY_CREDENTIAL, [browser, credentialId]);
}

/** False where the credential is somebody's already. */
export async function insertPasskey(sql: Sql, row: Omit<PasskeyRow, "used_at">): Promise<boolean> {
  const rows = await sql.rows(
    `INSERT INTO passkey (id, account_id, credential_id, public_key, counter, kind, name, confirmation_id, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    [
      row.id,
      row.account_id,
      row.credential_id,
      row.public_key,
      row.counter,
      row.kind,
      row.name,
      row.confirmation_id,
      row.created_at,
    ],
  );
  return rows.length === 1;
}

/** False where its counter has not gone on: the key may have been copied; or it was removed meanwhile. */
export async function usePasskey(sql: Sql, id: string, counter: number, now: Millis): Promise<boolean> {
  return (await sql.rows(USE, [counter, now, id, counter, counter])).length === 1;
}

export async function renamePasskey(sql: Sql, accountId: string, id: string, name: string): Promise<boolean> {
  const statement = "UPDATE passkey SET name = ? WHERE id = ? AND account_id = ? AND name <> ? RETURNING id";
  return (await sql.rows(statement, [name, id, accountId, name])).length === 1;
}

/** The passkey, for the one call that has removed it. */
export async function removePasskey(sql: Sql, accountId: string, id: string): Promise<PasskeyRow | undefined> {
  return sql.first<PasskeyRow>("DELETE FROM passkey WHERE id = ? AND account_id = ? RETURNING *", [id, accountId]);
}

/** True for the one call that spends a challenge. */
export async function spendChallenge(sql: Sql, digest: string, expiresAt: Millis): Promise<boolean> {
  return (await sql.rows(SPEND, [digest, expiresAt])).length === 1;
}
