import type { Sql } from "../database/database.ts";
import { eventsOf, messagesOf, type Row } from "./store.ts";
import { withoutOperator } from "./withheld.ts";

/** Whose file it is. */
export interface Owner {
  id: string;
  email: string;
  phone: string;
}

/** One list of the file: from which tables its entries are, and which of their members are JSON. */
export interface Part {
  name: string;
  of: readonly string[];
  json?: readonly string[];
  rows(sql: Sql, owner: Owner): AsyncIterable<Row> | Promise<Iterable<Row>>;
}

/** What is short: a person has few of them, or they go by themselves. `columns` are written out, so that a new one is not in it by itself. */
function short(name: string, table: string, columns: string, order: string, json: readonly string[] = []): Part {
  const statement = `SELECT ${columns} FROM ${table} WHERE account_id = ? ORDER BY ${order}`;
  return { name, of: [table], json, rows: (sql, { id }) => sql.rows<Row>(statement, [id]) };
}

const KEY_FILES = `
  SELECT key_file.wmid, key_file.version, key_file.size, key_file.client_id, key_file.created_at
  FROM kept_keys JOIN key_file ON key_file.wmid = kept_keys.wmid
  WHERE kept_keys.account_id = ? ORDER BY key_file.wmid, key_file.version`;
const SUMS = "SELECT id, whole, fraction, expires_at FROM policy_spent WHERE account_id = ? ORDER BY expires_at, id";

interface SumRow {
  id: string;
  whole: number;
  fraction: number;
  expires_at: number;
}

/** The lists of the file that are read from tables as they stand, in its order; sessions, sites and confirmations stand between (`download.ts`). */
export const PARTS: readonly Part[] = [
  short("wmids", "account_wmid", "wmid, created_at AS added_at", "created_at, wmid"),
  short(
    "devices",
    "device",
    `id, name, platform, status, public_jwk AS public_key, pad_version, created_at, activated_at, seen_at, ended_at, ended_by,
     CASE WHEN push_sealed IS NULL THEN 'off' ELSE 'on' END AS push`,
    "created_at, id",
    ["public_key"],
  ),
  short("enrolments", "enrolment", "status, device_id, created_at, expires_at", "created_at, id"),
  short(
    "passkeys",
    "passkey",
    "id, name, kind, credential_id, public_key, counter, confirmation_id, created_at, used_at",
    "created_at, id",
  ),
  short("recovery_codes", "recovery_code", "created_at, used_at", "created_at, used_at"),
  short("recovery_waits", "recovery_wait", "way, status, created_at, due_at, lapses_at, ended_at", "created_at, id"),
  short("recovery_cases", "recovery_case", "kind, value, status, decided_at, created_at, expires_at", "created_at, id"),
  short(
    "certificates",
    "certificate",
    "serial, wmid, kind, certificate, confirmation_id, issued_at, expires_at, revoked_at, revoked_by, reason",
    "issued_at, serial",
  ),
  short(
    "certificate_requests",
    "certificate_request",
    "wmid, kind, spki AS public_key, serial, expires_at",
    "expires_at, id",
  ),
  short("kept_keys", "kept_keys", "wmid, version, kept_at, read_at, read_by, ends_at", "wmid"),
  { name: "kept_key_files", of: ["key_file"], rows: (sql, { id }) => sql.rows<Row>(KEY_FILES, [id]) },
  short("known_browsers", "known_browser", "user_agent, country, first_at, last_at", "first_at, browser_digest"),
  short("wmid_choices", "wmid_choice", "client_id, wmid, chosen_at", "chosen_at, client_id"),
  short(
    "demands",
    "policy_raised",
    "raised_by, demands, client_id, recipient, reason, created_at, until",
    "created_at, id",
    ["reason"],
  ),
  short("till_codes", "till_code", "set_at", "set_at"),
  short("muted_notices", "muted_notice", "notice, at AS muted_at", "at, notice"),
  short("guard", "guard", "expires_at AS until", "expires_at"),
  {
    name: "sums",
    of: ["policy_spent"],
    async rows(sql, { id }) {
      return (await sql.rows<SumRow>(SUMS, [id])).map(sumEntry);
    },
  },
  short("contact_proofs", "contact_proof", "kind, value, proven_at, expires_at", "expires_at, id"),
  short(
    "contact_changes",
    "contact_change",
    "kind, value, former, status, created_at, due_at, ended_at",
    "created_at, id",
  ),
  short("deletions", "account_deletion", "asked_by, status, asked_at, due_at, ended_at", "asked_at, id"),
  short(
    "requests",
    "challenge",
    "purpose, client_id, device_id, status, end_reason, issued_at, reached_at, answered_at, expires_at, origin",
    "issued_at, id",
    ["origin"],
  ),
  { name: "messages", of: ["message"], rows: (sql, { email, phone }) => messagesOf(sql, email, phone) },
  { name: "events", of: ["event"], json: ["detail"], rows: (sql, { id }) => toldEvents(sql, id) },
];

async function* toldEvents(sql: Sql, accountId: string): AsyncGenerator<Row> {
  for await (const row of eventsOf(sql, accountId)) yield withoutOperator(row);
}

/** Its id names account, currency, window, the period's first day and, last, the rule, which may hold blanks (`policy/store.ts`). */
function sumEntry({ id, whole, fraction, expires_at }: SumRow): Row {
  const [, currency = "", window = "", from = "", ...rule] = id.split(" ");
  const decimals = String(fraction).padStart(8, "0").replace(/0+$/, "");
  const value = decimals === "" ? String(whole) : `${whole}.${decimals}`;
  return { currency, value, window, from, rule: rule.join(" "), expires_at };
}

/** Tables that say nothing in the file, with the reason; a table is here or there, which a test demands. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  key: "the provider's own keys",
  certificate_authority: "the provider's own certificate and list",
  erased_account: "of accounts that are gone, for some seconds",
  gone_device: "keys of phones that are no account's any more",
  device_proof: "digests of proofs that were used, without an account",
  passkey_spent: "digests of challenges that were answered, without an account",
  certificate_proof: "certificates that were shown for a sign-in of the last minutes, without an account",
  throttle: "counts of calls in a minute up to a day; by digests and networks",
  counter: "counts of wrong responses; what came of them is among the events",
  registration: "of who has no account yet",
  email_proof: "a code that waits for less than an hour, as a digest",
  recovery_phone: "a code that waits for less than an hour, as a digest",
  sms_code: "a code that waits for less than an hour, as a digest",
  issued_number: "check numbers that were shown, so that none comes twice",
  ciba_ping: "sites that are to be told, without an account",
  logout_notice: "sites that are being told of a session's end, which is among the events",
};
