import type { Audit } from "../audit/audit.ts";
import type { DeviceRevoked } from "../audit/events.ts";
import type { Challenges } from "../challenge/challenge.ts";
import type { Sql } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import type { Devices } from "./device.ts";

/**
 * The one way by which a device ends, whoever says so; true for the one call that ended it, in whose transaction all of it happens.
 * Its pad is erased and its proofs are refused; what only it could answer ends, and what it has answered and no page has used is void;
 * enrolments of the account end, since they may stand on its word; its owner is told on all channels. Phones that wait are woken.
 */
export type RevokeDevice = (
  sql: Sql,
  device: { id: string; accountId: string },
  how: DeviceRevoked,
) => Promise<boolean>;

export interface RevocationPorts {
  devices: Pick<Devices, "byId" | "hold" | "count" | "revoke">;
  challenges: Pick<Challenges, "endOfDevice" | "endAll">;
  /** Ends what is being enrolled for an account; the pending devices. */
  endEnrolments(sql: Sql, accountId: string): Promise<string[]>;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** Something about this account's devices has changed, in a transaction that is about to commit. */
  changed(accountId: string): void;
}

export function createRevocation(ports: RevocationPorts): RevokeDevice {
  const { devices, challenges } = ports;

  return async (sql, { id, accountId }, how) => {
    await devices.hold(sql, accountId);
    const device = await devices.byId(sql, id);
    if (device === undefined || device.accountId !== accountId || device.status === "revoked") return false;
    const worked = device.status !== "pending";
    // Challenges before devices, as an answer takes them: in another order the two could wait for one another.
    await challenges.endOfDevice(sql, accountId, id);
    const last = worked && (await devices.count(sql, accountId)) === 1;
    if (last) await challenges.endAll(sql, accountId);
    const pending = (await ports.endEnrolments(sql, accountId)).filter((other) => other !== id);
    for (const other of pending) await devices.revoke(sql, other, "enrolment");
    if (!(await devices.revoke(sql, id, how.by))) return false;
    await ports.audit.append(sql, { type: "device.revoked", accountId, deviceId: id, detail: how });
    // Of one that never worked nobody was told that it came.
    if (worked)
      await ports.notices.tell(sql, accountId, { kind: "device-removed", device: device.name, by: how.by, last });
    ports.changed(accountId);
    return true;
  };
}
