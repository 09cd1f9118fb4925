import type { Audit } from "../audit/audit.ts";
import type { Challenges } from "../challenge/challenge.ts";
import { expectingRenewal } from "../challenge/expectation.ts";
import type { DeviceChallenges, DeviceVerdict } from "../challenge/on-device.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Challenge, Response } from "../e-num/challenge.ts";
import { deviceCounter } from "../limits/limits.ts";
import type { Notices } from "../notice/notice.ts";
import type { Device, Devices, PadOfDevice } from "./device.ts";

/** A new pad for a device that has one (PROTOCOL 6): beside the old one until its first right response. */
export interface Renewal {
  /** The check number that the phone answers by itself, after the PIN. */
  challenge(device: Device): Promise<{ challenge: Challenge; expiresAt: Millis }>;
  /** The new pad, once; where it is lost on its way, the phone begins again and this one is replaced. */
  renew(device: Device, challenge: Challenge, response: Response): Promise<RenewalVerdict>;
}

export type RenewalVerdict =
  | { kind: "renewed"; pad: Uint8Array; version: number }
  | Exclude<DeviceVerdict, { kind: "accepted" }>
  | { kind: "revoked" };

export interface RenewalPorts {
  database: Database;
  devices: Pick<Devices, "renew">;
  challenges: Pick<Challenges, "issue">;
  onDevice: Pick<DeviceChallenges, "answerIn">;
  audit: Audit;
  lockedOut(sql: Sql, device: Device, lock: { until: Millis; first: boolean }): Promise<void>;
}

const contextOf = ({ id }: Device) => `renewal ${id}`;

export function createRenewal(ports: RenewalPorts): Renewal {
  const { database, audit } = ports;
  return {
    challenge: (device) =>
      database.transaction(async (sql) => {
        const { digits, expiresAt } = await ports.challenges.issue(sql, {
          context: contextOf(device),
          subject: { key: device.accountId, accountId: device.accountId },
          counter: deviceCounter(device.id),
          purpose: "renew",
          deviceId: device.id,
        });
        return { challenge: digits, expiresAt };
      }),

    renew: (device, challenge, response) =>
      database.transaction(async (sql) => {
        const { accepted } = expectingRenewal();
        const given = { deviceId: device.id, challenge, response, accepted };
        const verdict = await ports.onDevice.answerIn(sql, contextOf(device), given);
        const about = { accountId: device.accountId, deviceId: device.id };
        if (verdict.kind === "accepted") {
          // An answer that is repeated would hand out the pad once more, to whoever repeats it.
          if (!verdict.judged) return { kind: "already-used", judged: false };
          const renewed = await ports.devices.renew(sql, device);
          if (renewed === undefined) return { kind: "revoked" };
          await audit.append(sql, { ...about, type: "device.renewal-begun", detail: { version: renewed.version } });
          return { kind: "renewed", ...renewed };
        }
        if (verdict.judged && verdict.kind === "locked") await ports.lockedOut(sql, device, verdict);
        else if (verdict.judged && isWrong(verdict.kind))
          await audit.append(sql, { ...about, type: "device.renewal-refused", detail: { reason: verdict.kind } });
        return verdict;
      }),
  };
}

function isWrong(kind: string): kind is "wrong-response" | "wrong-challenge" | "exhausted" {
  return kind === "wrong-response" || kind === "wrong-challenge" || kind === "exhausted";
}

/** A renewed pad has answered for the first time: the old one is erased, and the owner is told on all channels. */
export function createAdopt(ports: {
  clock: Clock;
  devices: Pick<Devices, "adopt" | "byId">;
  audit: Audit;
  notices: Pick<Notices, "tell">;
}): (sql: Sql, pad: PadOfDevice) => Promise<boolean> {
  return async (sql, pad) => {
    const adopted = await ports.devices.adopt(sql, pad);
    if (adopted === undefined || !adopted.first) return adopted !== undefined;
    const device = await ports.devices.byId(sql, pad.deviceId);
    if (device === undefined) return false;
    const about = { accountId: device.accountId, deviceId: device.id };
    await ports.audit.append(sql, { ...about, type: "device.renewed", detail: {} });
    await ports.notices.tell(sql, device.accountId, { kind: "pad-renewed", device: device.name });
    return true;
  };
}
