import type Router from "@koa/router";
import type { Logger } from "pino";
import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Challenges } from "../challenge/challenge.ts";
import { createDeviceChallenges, type DeviceChallenges } from "../challenge/on-device.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Devices, PadOfDevice } from "../device/device.ts";
import type { ProveDevice } from "../device/proof.ts";
import { createAdopt, createRenewal } from "../device/renewal.ts";
import { createRenewalApi } from "../device/renewal-api.ts";
import type { Holding } from "../http/holding.ts";
import type { Pages } from "../http/page.ts";
import type { Visit } from "../interaction/step.ts";
import type { Counter, Limits } from "../limits/limits.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Notices } from "../notice/notice.ts";
import type { Digester, Sealer } from "../secrecy.ts";
import { createAnswerRequest, createTellLocked } from "./answer.ts";
import { createRequestApi } from "./api.ts";
import { createDeclineRequest } from "./decline.ts";
import { createEnded, type Ended } from "./ended.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createGuard } from "./guard.ts";
import { createNotMe, type NotMe } from "./not-me.ts";
import { type Approvers, createRequestList, type SiteShown } from "./request.ts";

/** What challenges tell to phones that wait, and what a renewed pad leads to: there before the challenges themselves. */
export interface DeviceSide {
  onDevice: DeviceChallenges;
  feed: Feed;
  changed(accountId: string): void;
  adopt(sql: Sql, pad: PadOfDevice): Promise<boolean>;
}

interface Kernel {
  database: Database;
  clock: Clock;
  digest: Digester;
  sealer: Sealer;
}

interface Shared extends Kernel {
  accounts: Accounts;
  devices: Devices;
  audit: Audit;
  notices: Pick<Notices, "tell">;
}

export interface DeviceSidePorts extends Shared {
  limits: Limits;
  logger: Pick<Logger, "error">;
  /** Devices that have ended since, wherever: a phone that waits is told at once. */
  endedSince(sql: Sql, since: Millis): Promise<{ id: string; accountId: string; at: Millis }[]>;
}

export function createDeviceSide(ports: DeviceSidePorts): DeviceSide {
  const changed = (accountId: string) => feed.changed(accountId);
  const adopt = createAdopt(ports);
  const { padsOf, padsAlong } = ports.devices;
  const onDevice = createDeviceChallenges({ ...ports, changed, adopt, padsOf, padsAlong });
  const feed = createFeed({
    ...ports,
    async changedSince(sql, since) {
      const changes = await Promise.all([onDevice.changedSince(sql, since), ports.endedSince(sql, since)]);
      return changes.flat();
    },
    onAway: (error) =>
      ports.logger.error({ name: error instanceof Error ? error.name : "" }, "changed requests cannot be read"),
  });
  return { onDevice, feed, changed, adopt };
}

export interface OnlinePorts extends Shared {
  side: DeviceSide;
  challenges: Challenges;
  throttle: Throttle;
  pages: Pages;
  holding: Holding;
  prove: ProveDevice;
  approvers: Approvers;
  knownCounters(sql: Sql, accountId: string): Promise<ReadonlySet<Counter>>;
  former(visit: Visit): Promise<string>;
  site(clientId: string): SiteShown | undefined;
  issuer: string;
  /** For figures: what has become of a phone's answer, and of what. */
  onVerdict(purpose: "login" | "operation", verdict: string, judged: boolean): void;
}

/** The rooms of an online phone, put together. */
export function createOnline(ports: OnlinePorts): { routes: Router[]; notMe: NotMe; ended: Ended } {
  const { onDevice, feed } = ports.side;
  const guard = createGuard(ports);
  const { hold } = ports.devices;
  const notMe = createNotMe({ ...ports, guard, hold });
  const lockedOut = createTellLocked(ports);
  const answer = createAnswerRequest({
    ...ports,
    challenges: onDevice,
    lockedOut,
    onVerdict(purpose, verdict) {
      if ("judged" in verdict) ports.onVerdict(purpose, verdict.kind, verdict.judged);
    },
  });
  const decline = createDeclineRequest({
    ...ports,
    challenges: onDevice,
    notMe,
    hold,
    siteName: (clientId) => ports.site(clientId)?.name ?? clientId,
    onDeclined: (purpose) => ports.onVerdict(purpose, "declined", true),
  });
  const list = createRequestList({ ...ports, challenges: onDevice, guard });
  const renewal = createRenewal({ ...ports, onDevice, lockedOut });
  const isThere = async (id: string) => (await ports.devices.byId(ports.database, id))?.status !== "revoked";
  return {
    routes: [
      createRequestApi({ ...ports, isThere, list, feed, answer, decline }),
      createRenewalApi({ ...ports, renewal }),
    ],
    notMe,
    ended: createEnded(ports),
  };
}
