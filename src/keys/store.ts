import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** Each purpose has keys of its own; none serves two. */
export type Purpose = "digest" | "cookie" | "pairwise" | "token" | "confirmation" | "certificate" | "push";

export interface KeyRow {
  /** A JWK's `kid`; for a symmetric key any id. */
  id: string;
  purpose: Purpose;
  alg: string | null;
  /** JSON; null for a symmetric key. */
  public_jwk: string | null;
  /** JSON of the private JWK, or base64url of a symmetric key; null once it is destroyed. */
  private_sealed: string | null;
  /** `retired`: its private half is destroyed. */
  status: "active" | "retired";
  created_at: Millis;
  /** When it begins to sign; null: when it was made. */
  signs_at: Millis | null;
  /** When another takes its place, which may be yet to come. */
  retired_at: Millis | null;
  /** When it is good for nothing any more; null: never. */
  ends_at: Millis | null;
}

/** All keys of this installation, the newest first. */
export function allKeys(sql: Sql): Promise<KeyRow[]> {
  return sql.rows<KeyRow>(
    `SELECT id, purpose, alg, public_jwk, private_sealed, status, created_at, signs_at, retired_at, ends_at
     FROM key ORDER BY created_at DESC, id`,
  );
}

export async function insertKey(sql: Sql, row: KeyRow): Promise<void> {
  await sql.rows(
    `INSERT INTO key (id, purpose, alg, public_jwk, private_sealed, status, created_at, signs_at, retired_at, ends_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      row.id,
      row.purpose,
      row.alg,
      row.public_jwk,
      row.private_sealed,
      row.status,
      row.created_at,
      row.signs_at,
      row.retired_at,
      row.ends_at,
    ],
  );
}

/** `endsAt`: null, never. */
export async function retireKey(sql: Sql, id: string, retiredAt: Millis, endsAt: Millis | null): Promise<void> {
  await sql.rows("UPDATE key SET retired_at = ?, ends_at = ? WHERE id = ?", [retiredAt, endsAt, id]);
}

/** Its private half; false where another node has done it. */
export async function destroyKey(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql.rows(
    "UPDATE key SET private_sealed = NULL, status = 'retired' WHERE id = ? AND private_sealed IS NOT NULL RETURNING id",
    [id],
  );
  return rows.length > 0;
}

/** The whole key; false where another node has done it. */
export async function removeKey(sql: Sql, id: string): Promise<boolean> {
  return (await sql.rows("DELETE FROM key WHERE id = ? RETURNING id", [id])).length > 0;
}
