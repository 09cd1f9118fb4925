/** The part of the composition that knows what an operation of our own client is worth. */
import type { ConfirmedOperation } from "../account/own-operation.ts";
import { confirmationOfOperation } from "../confirmation/store.ts";
import type { Sql } from "../database/database.ts";
import type { Devices } from "../device/device.ts";
import { OPERATION } from "../provider/assurance.ts";
import { OWN_CLIENT } from "../provider/own-client.ts";

/** What was confirmed with less than an operation's response, or by a device that has been removed since, changes nothing. */
export function createConfirmed({ devices }: { devices: Pick<Devices, "byId"> }) {
  return async (sql: Sql, operationId: string): Promise<ConfirmedOperation | undefined> => {
    const row = await confirmationOfOperation(sql, OWN_CLIENT, operationId);
    if (row === undefined || row.acr !== OPERATION || row.device_id === null) return undefined;
    if ((await devices.byId(sql, row.device_id))?.status !== "active") return undefined;
    return { id: row.id, accountId: row.account_id, at: row.confirmed_at, operation: row.operation };
  };
}
