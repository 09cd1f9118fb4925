import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

export type Row = Readonly<Record<string, string | number | null>>;

/** An event as it was appended. */
export interface EventRow {
  id: string;
  at: Millis;
  [column: string]: string | number | null;
}

/** Columns are written out, never `*`: what is added to a table is in nobody's file by itself. */
const ACCOUNT =
  "SELECT id, email, phone, locale, locale_chosen_at, created_at, updated_at, imported_at, ends_at, lapses_at FROM account WHERE id = ?";
const MESSAGES = `
  SELECT channel, recipient, template, status, attempts, created_at, ended_at, delivery, delivery_at FROM message
  WHERE recipient IN (?, ?) ORDER BY created_at, id`;
const EVENTS = "SELECT id, at, type, client_id, device_id, detail FROM event WHERE account_id = ?";
const ORDER = "ORDER BY at DESC, id DESC LIMIT 200";
const NEWEST = `${EVENTS} ${ORDER}`;
const BEFORE = `${EVENTS} AND (at, id) < (?, ?) ${ORDER}`;
const PAGE = 200;

export function accountRow(sql: Sql, accountId: string): Promise<(Row & { email: string; phone: string }) | undefined> {
  return sql.first(ACCOUNT, [accountId]);
}

/** Those of the last week, to either of the account's contacts. */
export function messagesOf(sql: Sql, email: string, phone: string): Promise<Row[]> {
  return sql.rows(MESSAGES, [email, phone]);
}

/** The newest first, read as they are taken. */
export async function* eventsOf(sql: Sql, accountId: string): AsyncGenerator<EventRow> {
  let rows = await sql.rows<EventRow>(NEWEST, [accountId]);
  for (;;) {
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    rows = await sql.rows<EventRow>(BEFORE, [accountId, last.at, last.id]);
  }
}
