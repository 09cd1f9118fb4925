import type { Contact } from "../account/identifier.ts";
import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** `kind` and `value` of a row are those of a contact: they were parsed before they were kept. */
export type ProofRow = Contact & {
  id: string;
  account_id: string;
  /** 0 where no code was sent to it, since it belongs to an account. */
  sent: number;
  code_digest: string;
  code_tries: number;
  code_expires_at: Millis;
  proven_at: Millis | null;
};

/** `replaced`: by a change that was confirmed; `refused`: when its time had come, the contact belonged to another account. */
export type ChangeStatus = "waiting" | "done" | "stopped" | "replaced" | "refused";

export type ChangeRow = Contact & {
  id: string;
  account_id: string;
  former: string;
  status: ChangeStatus;
  /** When it is made; of one that was confirmed, when it was. */
  due_at: Millis;
};

export interface NewProof {
  id: string;
  session: string;
  accountId: string;
  contact: Contact;
  sent: boolean;
  digest: string;
  codeExpiresAt: Millis;
  expiresAt: Millis;
}

/** A code for the same contact goes on with the count of codes; another contact begins anew. False when too many were sent. */
export async function putProof(sql: Sql, proof: NewProof, codes: number): Promise<boolean> {
  const rows = await sql.rows(
    `INSERT INTO contact_proof
       (id, session_digest, account_id, kind, value, sent, code_digest, code_tries, codes_sent, code_expires_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 0, 1, ?, ?)
     ON CONFLICT (session_digest, kind) DO UPDATE SET id = excluded.id, account_id = excluded.account_id, value = excluded.value,
       sent = excluded.sent, code_digest = excluded.code_digest, code_tries = 0,
       codes_sent = CASE WHEN contact_proof.value = excluded.value THEN contact_proof.codes_sent + 1 ELSE 1 END,
       code_expires_at = excluded.code_expires_at, proven_at = NULL, expires_at = excluded.expires_at
     WHERE contact_proof.value <> excluded.value OR contact_proof.codes_sent < ? RETURNING id`,
    [
      proof.id,
      proof.session,
      proof.accountId,
      proof.contact.kind,
      proof.contact.value,
      proof.sent ? 1 : 0,
      proof.digest,
      proof.codeExpiresAt,
      proof.expiresAt,
      codes,
    ],
  );
  return rows.length === 1;
}

export async function proofOf(
  sql: Sql,
  session: string,
  accountId: string,
  kind: Contact["kind"],
  now: Millis,
): Promise<ProofRow | undefined> {
  return sql.first<ProofRow>(
    "SELECT * FROM contact_proof WHERE session_digest = ? AND kind = ? AND account_id = ? AND expires_at > ?",
    [session, kind, accountId, now],
  );
}

/** Counts a try before it is judged; undefined when there is nothing to judge. */
export async function countProofTry(
  sql: Sql,
  session: string,
  accountId: string,
  kind: Contact["kind"],
  tries: number,
  now: Millis,
): Promise<ProofRow | undefined> {
  return sql.first<ProofRow>(
    `UPDATE contact_proof SET code_tries = code_tries + 1
     WHERE session_digest = ? AND kind = ? AND account_id = ? AND code_tries < ? AND code_expires_at > ? AND proven_at IS NULL
     RETURNING *`,
    [session, kind, accountId, tries, now],
  );
}

/** True for the one call that proves it; a code that was replaced meanwhile proves nothing. */
export async function proveContact(sql: Sql, id: string, now: Millis): Promise<boolean> {
  const statement = "UPDATE contact_proof SET proven_at = ? WHERE id = ? AND proven_at IS NULL RETURNING id";
  return (await sql.rows(statement, [now, id])).length === 1;
}

export interface NewChange {
  id: string;
  accountId: string;
  contact: Contact;
  former: string;
  status: "waiting" | "done";
  stopDigest: string | null;
  createdAt: Millis;
  dueAt: Millis;
}

/** False where the proof has made a change before, or another of this kind waits. */
export async function insertChange(sql: Sql, change: NewChange): Promise<boolean> {
  const { id, accountId, contact, former, status, stopDigest, createdAt, dueAt } = change;
  const rows = await sql.rows(
    `INSERT INTO contact_change (id, account_id, kind, value, former, status, stop_digest, created_at, due_at, ended_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    [
      id,
      accountId,
      contact.kind,
      contact.value,
      former,
      status,
      stopDigest,
      createdAt,
      dueAt,
      status === "done" ? createdAt : null,
    ],
  );
  return rows.length === 1;
}

export async function changeById(sql: Sql, id: string): Promise<ChangeRow | undefined> {
  return sql.first<ChangeRow>("SELECT * FROM contact_change WHERE id = ?", [id]);
}

export async function changeByStop(sql: Sql, stopDigest: string): Promise<ChangeRow | undefined> {
  return sql.first<ChangeRow>("SELECT * FROM contact_change WHERE stop_digest = ?", [stopDigest]);
}

export async function waitingOf(sql: Sql, accountId: string): Promise<ChangeRow[]> {
  return sql.rows<ChangeRow>("SELECT * FROM contact_change WHERE account_id = ? AND status = 'waiting' ORDER BY kind", [
    accountId,
  ]);
}

export async function dueChanges(sql: Sql, now: Millis, limit: number): Promise<{ id: string }[]> {
  return sql.rows<{ id: string }>(
    "SELECT id FROM contact_change WHERE status = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT ?",
    [now, limit],
  );
}

/** For the one call that ends a change that waits. */
export async function endWaiting(
  sql: Sql,
  id: string,
  status: Exclude<ChangeStatus, "waiting">,
  now: Millis,
): Promise<ChangeRow | undefined> {
  return sql.first<ChangeRow>(
    "UPDATE contact_change SET status = ?, ended_at = ? WHERE id = ? AND status = 'waiting' RETURNING *",
    [status, now, id],
  );
}

/** The same, of one whose time has come. */
export async function makeDue(sql: Sql, id: string, now: Millis): Promise<ChangeRow | undefined> {
  return sql.first<ChangeRow>(
    "UPDATE contact_change SET status = 'done', ended_at = ? WHERE id = ? AND status = 'waiting' AND due_at <= ? RETURNING *",
    [now, id, now],
  );
}

/** What waits for a contact that has been changed otherwise. */
export async function replaceWaiting(sql: Sql, accountId: string, kind: Contact["kind"], now: Millis): Promise<void> {
  await sql.run(
    "UPDATE contact_change SET status = 'replaced', ended_at = ? WHERE account_id = ? AND kind = ? AND status = 'waiting'",
    [now, accountId, kind],
  );
}

/** One of those, made after all. */
export async function settleReplaced(sql: Sql, id: string): Promise<void> {
  await sql.run("UPDATE contact_change SET status = 'done' WHERE id = ? AND status = 'replaced'", [id]);
}
