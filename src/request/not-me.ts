import type { Audit } from "../audit/audit.ts";
import type { Challenges } from "../challenge/challenge.ts";
import type { Sql } from "../database/database.ts";
import type { Device } from "../device/device.ts";
import type { Notices } from "../notice/notice.ts";
import type { Guard } from "./guard.ts";

/** Who said so: a device, or else a browser that is signed in. */
export interface NotMeSaid {
  accountId: string;
  purpose: "login" | "operation";
  site: { clientId: string; name: string };
  device: Pick<Device, "id" | "name"> | undefined;
}

export type NotMe = (sql: Sql, said: NotMeSaid) => Promise<void>;

/**
 * "It was not me", said on a device or in a browser that is signed in (PROTOCOL 6 and 7): every open request of the account ends,
 * its owner is told on all channels, for a day strangers' requests are not brought to the phone, and it is an event.
 */
export function createNotMe(ports: {
  audit: Audit;
  challenges: Pick<Challenges, "endAll">;
  guard: Guard;
  /** Nobody else ends all requests of this account at the same time. */
  hold(sql: Sql, accountId: string): Promise<void>;
  notices: Pick<Notices, "tell">;
}): NotMe {
  return async (sql, { accountId, purpose, site, device }) => {
    await ports.hold(sql, accountId);
    const ended = await ports.challenges.endAll(sql, accountId, device === undefined ? undefined : "not_me");
    await ports.guard.raise(sql, accountId);
    const about = { accountId, clientId: site.clientId, deviceId: device?.id };
    await ports.audit.append(sql, { ...about, type: `${purpose}.not-me`, detail: { ended } });
    await ports.notices.tell(sql, accountId, { kind: "not-me", site: site.name, device: device?.name });
  };
}
