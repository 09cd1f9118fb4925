import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Cursor } from "./rules.ts";

/** An event as it was appended. */
export interface EventRow {
  id: string;
  type: string;
  client_id: string | null;
  device_id: string | null;
  /** JSON. */
  detail: string;
  at: Millis;
}

const COLUMNS = "SELECT id, type, client_id, device_id, detail, at FROM event WHERE account_id = ?";
const ORDER = "ORDER BY at DESC, id DESC LIMIT ?";
const NEWEST = `${COLUMNS} ${ORDER}`;
const BEFORE = `${COLUMNS} AND (at, id) < (?, ?) ${ORDER}`;

export function eventsBefore(
  sql: Sql,
  accountId: string,
  before: Cursor | undefined,
  limit: number,
): Promise<EventRow[]> {
  return before === undefined
    ? sql.rows<EventRow>(NEWEST, [accountId, limit])
    : sql.rows<EventRow>(BEFORE, [accountId, before.at, before.id, limit]);
}

/** The names of all devices that the account ever had, by their ids. */
export async function devicesOf(sql: Sql, accountId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.rows<{ id: string; name: string }>("SELECT id, name FROM device WHERE account_id = ?", [
    accountId,
  ]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** As many as the longest statement that the drivers know by its text asks for at once. */
const AT_ONCE = 25;
const OPERATIONS = `
  SELECT id, operation FROM confirmation WHERE account_id = ? AND id IN (${Array.from({ length: AT_ONCE }, () => "?").join(", ")})`;

/** What was confirmed, as the site sent it, by the confirmations' ids. */
export async function confirmationsOf(
  sql: Sql,
  accountId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, (_, place) => ids[start + place] ?? "");
    const rows = await sql.rows<{ id: string; operation: string }>(OPERATIONS, [accountId, ...some]);
    for (const { id, operation } of rows) found.set(id, operation);
  }
  return found;
}
