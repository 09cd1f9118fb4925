import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Challenges } from "../challenge/challenge.ts";
import type { Clock } from "../clock.ts";
import type { Sql } from "../database.ts";
import type { Device } from "../device/device.ts";
import type { Messaging } from "../messaging/messaging.ts";
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
  clock: Clock;
  accounts: Pick<Accounts, "byId">;
  audit: Audit;
  challenges: Pick<Challenges, "endAll">;
  guard: Guard;
  messaging: Messaging;
}): NotMe {
  return async (sql, { accountId, purpose, site, device }) => {
    const ended = await ports.challenges.endAll(sql, accountId, device === undefined ? undefined : "not_me");
    await ports.guard.raise(sql, accountId);
    const about = { accountId, clientId: site.clientId, deviceId: device?.id };
    await ports.audit.append(sql, { ...about, type: `${purpose}.not-me`, detail: { ended } });
    const account = await ports.accounts.byId(sql, accountId);
    if (account === undefined) return;
    const { email, phone, locale } = account;
    const params = { site: site.name, at: new Date(ports.clock()) };
    const mail = { channel: "mail", to: email, locale } as const;
    await ports.messaging.enqueue(
      sql,
      device === undefined
        ? { ...mail, template: "not-me", params }
        : { ...mail, template: "not-me-on-device", params: { ...params, device: device.name } },
    );
    await ports.messaging.enqueue(sql, { channel: "sms", to: phone, locale, template: "phone-not-me", params });
  };
}
