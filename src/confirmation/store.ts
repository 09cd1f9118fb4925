import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

export interface ConfirmationRow {
  id: string;
  /** Digest of the interaction that it was confirmed in. */
  context: string;
  client_id: string;
  operation_id: string;
  account_id: string;
  /** Null where it was confirmed by a code that was sent by SMS, as is the check number. */
  device_id: string | null;
  type: string;
  /** JSON: the element as the site sent it. */
  operation: string;
  /** The purse or WMID that the typed statement names, for "first time to this payee". */
  recipient: string | null;
  binding: "payment" | "confirm" | "operation" | "sms";
  challenge: string | null;
  /** JSON: the document whose hash the response was made for; by SMS, the one whose operation the code was for. */
  statement: string;
  acr: "urn:e-num:acr:operation" | "urn:e-num:acr:sms";
  confirmed_at: Millis;
  /** The device's own, over its answer; null where the response was typed. */
  signature: string | null;
}

/** A code by SMS; or a response by pad and PIN, shown to the person, and `swk` when the device has signed it as well (RFC 8176, PROTOCOL 8). */
export function amrOf({ binding, signature }: Pick<ConfirmationRow, "binding" | "signature">): readonly string[] {
  if (binding === "sms") return ["sms", "otp"];
  return signature === null ? ["otp", "mfa", "user"] : ["otp", "mfa", "user", "swk"];
}

/** True for the one confirmation of a client's operation; another one, in whatever interaction, finds it taken. */
export async function insertConfirmation(sql: Sql, row: ConfirmationRow): Promise<boolean> {
  const rows = await sql.rows(
    `INSERT INTO confirmation (id, context, client_id, operation_id, account_id, device_id, type, operation, recipient, binding, challenge,
       statement, acr, confirmed_at, signature)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id`,
    [
      row.id,
      row.context,
      row.client_id,
      row.operation_id,
      row.account_id,
      row.device_id,
      row.type,
      row.operation,
      row.recipient,
      row.binding,
      row.challenge,
      row.statement,
      row.acr,
      row.confirmed_at,
      row.signature,
    ],
  );
  return rows.length === 1;
}

export async function confirmationOfContext(sql: Sql, context: string): Promise<ConfirmationRow | undefined> {
  return sql.first<ConfirmationRow>("SELECT * FROM confirmation WHERE context = ?", [context]);
}

export async function confirmationOfOperation(
  sql: Sql,
  clientId: string,
  operationId: string,
): Promise<ConfirmationRow | undefined> {
  return sql.first<ConfirmationRow>("SELECT * FROM confirmation WHERE client_id = ? AND operation_id = ?", [
    clientId,
    operationId,
  ]);
}

/** True for the one call that spends a confirmation of our own: what it allowed was given. */
export async function spendConfirmation(sql: Sql, id: string, now: Millis): Promise<boolean> {
  const statement = "UPDATE confirmation SET spent_at = ? WHERE id = ? AND spent_at IS NULL RETURNING id";
  return (await sql.rows(statement, [now, id])).length === 1;
}

export async function confirmationById(sql: Sql, id: string): Promise<ConfirmationRow | undefined> {
  return sql.first<ConfirmationRow>("SELECT * FROM confirmation WHERE id = ?", [id]);
}

export async function knowsRecipient(sql: Sql, accountId: string, recipient: string): Promise<boolean> {
  const statement = "SELECT id FROM confirmation WHERE account_id = ? AND recipient = ? LIMIT 1";
  return (await sql.first(statement, [accountId, recipient])) !== undefined;
}

const OF_ACCOUNT = "SELECT * FROM confirmation WHERE account_id = ?";
const PAGE = 100;
const NEWEST = `${OF_ACCOUNT} ORDER BY confirmed_at DESC, id DESC LIMIT ${PAGE}`;
const BEFORE = `${OF_ACCOUNT} AND (confirmed_at, id) < (?, ?) ORDER BY confirmed_at DESC, id DESC LIMIT ${PAGE}`;

/** All of an account's, the newest first, read as they are taken. */
export async function* confirmationsOf(sql: Sql, accountId: string): AsyncGenerator<ConfirmationRow> {
  let rows = await sql.rows<ConfirmationRow>(NEWEST, [accountId]);
  for (;;) {
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    rows = await sql.rows<ConfirmationRow>(BEFORE, [accountId, last.confirmed_at, last.id]);
  }
}
