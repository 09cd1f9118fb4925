import type { Sql } from "../database.ts";
import type { Sealer } from "../secrecy.ts";
import type { Subscription } from "./subscription.ts";

/** A subscription as it lies in the table of devices, which it ends with. */
export interface Kept {
  deviceId: string;
  /** As it lies there: another in its place is another. */
  sealed: string;
  subscription: Subscription;
}

export interface Subscriptions {
  /** In the place of the one that was there; false for a device that has ended. */
  keep(sql: Sql, device: { id: string; accountId: string }, subscription: Subscription): Promise<boolean>;
  /** Of the devices of an account that work. */
  of(sql: Sql, accountId: string): Promise<Kept[]>;
  /** Nothing is pushed to this device any more. */
  end(sql: Sql, deviceId: string): Promise<void>;
  /** The push service knows this one no more; another that has come in its place stays. */
  drop(sql: Sql, kept: Pick<Kept, "deviceId" | "sealed">): Promise<void>;
}

const KEEP = "UPDATE device SET push_sealed = ? WHERE id = ? AND status = 'active' RETURNING id";
const OF_ACCOUNT =
  "SELECT id, push_sealed FROM device WHERE account_id = ? AND status = 'active' AND push_sealed IS NOT NULL";
const END = "UPDATE device SET push_sealed = NULL WHERE id = ?";
const DROP = "UPDATE device SET push_sealed = NULL WHERE id = ? AND push_sealed = ?";

export function createSubscriptions({ sealer }: { sealer: Sealer }): Subscriptions {
  // Bound to account and device, as pads are.
  const place = (id: string, accountId: string) => ({ table: "device", column: "push", row: `${accountId}:${id}` });
  return {
    async keep(sql, { id, accountId }, subscription) {
      const sealed = sealer.seal(JSON.stringify(subscription), place(id, accountId));
      return (await sql.rows(KEEP, [sealed, id])).length === 1;
    },
    async of(sql, accountId) {
      const rows = await sql.rows<{ id: string; push_sealed: string }>(OF_ACCOUNT, [accountId]);
      return rows.map(({ id, push_sealed: sealed }) => ({
        deviceId: id,
        sealed,
        subscription: JSON.parse(sealer.open(sealed, place(id, accountId)).toString()),
      }));
    },
    end: (sql, deviceId) => sql.run(END, [deviceId]),
    drop: (sql, { deviceId, sealed }) => sql.run(DROP, [deviceId, sealed]),
  };
}
