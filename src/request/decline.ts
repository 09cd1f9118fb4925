import type { Audit } from "../audit/audit.ts";
import type { DeviceChallenges, DeviceRequest } from "../challenge/on-device.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Device } from "../device/device.ts";
import type { NotMe } from "./not-me.ts";

export type DeclineReason = "not_me" | "wrong_details" | "changed_mind";

export type DeclineVerdict = {
  kind: "ended" | "not-found" | "already-used" | "expired" | "exhausted" | "declined";
};

export type DeclineRequest = (device: Device, id: string, reason: DeclineReason) => Promise<DeclineVerdict>;

export interface DeclinePorts {
  database: Database;
  challenges: Pick<DeviceChallenges, "find" | "end">;
  notMe: NotMe;
  hold(sql: Sql, accountId: string): Promise<void>;
  audit: Audit;
  siteName(clientId: string): string;
  onDeclined(purpose: DeviceRequest["purpose"]): void;
}

/** A request that is declined on the phone (PROTOCOL 6); `not_me` has its consequences in the same transaction. */
export function createDeclineRequest(ports: DeclinePorts): DeclineRequest {
  return async (device, id, reason) => {
    const { verdict, purpose } = await ports.database.transaction(async (sql): Promise<Declined> => {
      const request = await ports.challenges.find(sql, device.accountId, id);
      if (request === undefined) return { verdict: { kind: "not-found" } };
      if (request.state !== "open") return { verdict: { kind: overAs(request.state) } };
      // Before its own request, since it ends all others as well: two such words would wait for one another.
      if (reason === "not_me") await ports.hold(sql, device.accountId);
      // Somebody else was faster.
      if (!(await ports.challenges.end(sql, request, reason))) return { verdict: { kind: "already-used" } };
      const { purpose, clientId = "" } = request;
      const about = { accountId: device.accountId, clientId, deviceId: device.id };
      await ports.audit.append(sql, { ...about, type: `${purpose}.declined`, detail: { by: "device", reason } });
      if (reason === "not_me") {
        const site = { clientId, name: ports.siteName(clientId) };
        await ports.notMe(sql, { accountId: device.accountId, purpose, site, device });
      }
      return { verdict: { kind: "ended" }, purpose };
    });
    if (purpose !== undefined) ports.onDeclined(purpose);
    return verdict;
  };
}

/** `purpose` of what was ended. */
interface Declined {
  verdict: DeclineVerdict;
  purpose?: DeviceRequest["purpose"];
}

function overAs(state: Exclude<DeviceRequest["state"], "open">): Exclude<DeclineVerdict["kind"], "ended"> {
  return state === "answered" ? "already-used" : state;
}
