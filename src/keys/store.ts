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
  status: "active" | "retired";
  created_at: Millis;
  retired_at: Millis | null;
}

/** All keys of this installation, the newest first. */
export function allKeys(sql: Sql): Promise<KeyRow[]> {
  return sql.rows<KeyRow>(
    "SELECT id, purpose, alg, public_jwk, private_sealed, status, created_at, retired_at FROM key ORDER BY created_at DESC, id",
  );
}

export async function insertKey(sql: Sql, row: KeyRow): Promise<void> {
  await sql.rows(
    `INSERT INTO key (id, purpose, alg, public_jwk, private_sealed, status, created_at, retired_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [row.id, row.purpose, row.alg, row.public_jwk, row.private_sealed, row.status, row.created_at, row.retired_at],
  );
}
