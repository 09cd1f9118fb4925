import type { Sql } from "../database/database.ts";
import { placeIn, type SealedColumn, type Sealer } from "../secrecy.ts";
import type { Subscription } from "./subscription.ts";

/** A subscription as it lies in the table of devices, which it ends with. */
export interface Kept {
  deviceId: string;
  accountId: string;
  /** As it lies there: another in its place is another. */
  sealed: string;
  subscription: Subscription;
}

export interface Subscriptions {
  /** In the place of the one that was there; false for a device that has ended. */
  keep(sql: Sql, device: { id: string; accountId: string }, subscription: Subscription): Promise<boolean>;
  /** Of the devices of these accounts that work. */
  of(sql: Sql, accountIds: readonly string[]): Promise<Kept[]>;
  /** Nothing is pushed to this device any more. */
  end(sql: Sql, deviceId: string): Promise<void>;
  /** The push service knows this one no more; another that has come in its place stays. */
  drop(sql: Sql, kept: Pick<Kept, "deviceId" | "sealed">): Promise<void>;
}

interface Row {
  id: string;
  account_id: string;
  push_sealed: string;
}

/** Bound to account and device, as pads are. */
export const SEALED_SUBSCRIPTIONS: SealedColumn = {
  table: "device",
  column: "push_sealed",
  name: "push",
  key: ["id"],
  row: ["account_id", "id"],
};

const KEEP = "UPDATE device SET push_sealed = ? WHERE id = ? AND status = 'active' RETURNING id";
const OF_ACCOUNTS = (count: number) => `
  SELECT id, account_id, push_sealed FROM device
  WHERE account_id IN (${Array.from({ length: count }, () => "?").join(", ")}) AND status = 'active' AND push_sealed IS NOT NULL`;
/** How many are asked for at once: few statements, which a database prepares once. What is left over is nobody's. */
const SIZES = [1, 8, 64].map((size) => ({ size, statement: OF_ACCOUNTS(size) }));
const LARGEST = 64;
const END = "UPDATE device SET push_sealed = NULL WHERE id = ?";
const DROP = "UPDATE device SET push_sealed = NULL WHERE id = ? AND push_sealed = ?";

export function createSubscriptions({ sealer }: { sealer: Sealer }): Subscriptions {
  const place = (id: string, accountId: string) => placeIn(SEALED_SUBSCRIPTIONS, accountId, id);
  return {
    async keep(sql, { id, accountId }, subscription) {
      const sealed = sealer.seal(JSON.stringify(subscription), place(id, accountId));
      return (await sql.rows(KEEP, [sealed, id])).length === 1;
    },
    async of(sql, accountIds) {
      const kept: Kept[] = [];
      for (let from = 0; from < accountIds.length; from += LARGEST) {
        const some = accountIds.slice(from, from + LARGEST);
        const { size = LARGEST, statement = "" } = SIZES.find((one) => one.size >= some.length) ?? {};
        const bindings = Array.from({ length: size }, (_, at) => some[at] ?? "");
        for (const { id, account_id: accountId, push_sealed: sealed } of await sql.rows<Row>(statement, bindings)) {
          const subscription = JSON.parse(sealer.open(sealed, place(id, accountId)).toString());
          kept.push({ deviceId: id, accountId, sealed, subscription });
        }
      }
      return kept;
    },
    end: (sql, deviceId) => sql.run(END, [deviceId]),
    drop: (sql, { deviceId, sealed }) => sql.run(DROP, [deviceId, sealed]),
  };
}
