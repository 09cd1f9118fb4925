/**
 * Owns the record of what happened: typed events, appended in the transaction of the change that they tell of,
 * so that neither is ever there without the other. It reads nothing and decides nothing.
 * Control enters by `append`, anywhere that something changes, and leaves with the caller's transaction.
 */
import type { Clock } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { type Random, randomId } from "../random.ts";
import type { AuditEvent } from "./events.ts";
import { insertEvents } from "./store.ts";

export interface Audit {
  /** `sql` is that of the transaction in which the change is made; several events, some hundred at most, are one statement. */
  append(sql: Sql, ...events: AuditEvent[]): Promise<void>;
}

export function createAudit({ clock, random }: { clock: Clock; random: Random }): Audit {
  return {
    append: (sql, ...events) =>
      insertEvents(
        sql,
        events.map((event) => ({
          id: randomId(random),
          type: event.type,
          account_id: event.accountId ?? null,
          client_id: event.clientId ?? null,
          device_id: event.deviceId ?? null,
          detail: JSON.stringify(event.detail),
          at: clock(),
        })),
      ),
  };
}
