import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** A certificate that was shown for a visit, until its browser has come back with the proof. */
export interface ProofRow {
  ticket_digest: string;
  proof_digest: string;
  visit: string;
  serial: string;
  proven_at: Millis;
  expires_at: Millis;
}

const INSERT = `
  INSERT INTO certificate_proof (ticket_digest, proof_digest, visit, serial, proven_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING RETURNING ticket_digest`;
const SPEND = `
  UPDATE certificate_proof SET used_at = ?
  WHERE proof_digest = ? AND visit = ? AND used_at IS NULL AND proven_at > ? RETURNING serial, proven_at`;

/** False where the ticket was spent before. */
export async function insertProof(sql: Sql, row: ProofRow): Promise<boolean> {
  const { ticket_digest: ticket, proof_digest: proof, visit, serial, proven_at: at, expires_at: until } = row;
  return (await sql.rows(INSERT, [ticket, proof, visit, serial, at, until])).length === 1;
}

/** For the one call that spends it, in its own visit. */
export async function spendProof(
  sql: Sql,
  { proof, visit, since, now }: { proof: string; visit: string; since: Millis; now: Millis },
): Promise<Pick<ProofRow, "serial" | "proven_at"> | undefined> {
  return sql.first(SPEND, [now, proof, visit, since]);
}
