import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

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

export async function insertEvents(sql: Sql, rows: readonly EventRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.run(
    `INSERT INTO event (id, type, account_id, client_id, device_id, detail, at) VALUES ${rows.map(() => "(?, ?, ?, ?, ?, ?, ?)").join(", ")}`,
    rows.flatMap((row) => [row.id, row.type, row.account_id, row.client_id, row.device_id, row.detail, row.at]),
  );
}
