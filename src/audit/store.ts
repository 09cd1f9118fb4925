import type { Millis } from "../clock.ts";
import type { Sql } from "../database.ts";

export interface EventRow {
  id: string;
  type: string;
  account_id: string | null;
  client_id: string | null;
  device_id: string | null;
  /** JSON. */
  detail: string;
  at: Millis;
}

export async function insertEvent(sql: Sql, row: EventRow): Promise<void> {
  await sql.run(
    "INSERT INTO event (id, type, account_id, client_id, device_id, detail, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    [row.id, row.type, row.account_id, row.client_id, row.device_id, row.detail, row.at],
  );
}
