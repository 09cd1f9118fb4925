/** The part of the composition by which an account ends: its deletion with its wait, and the lapse of one that was never used. */
import type Router from "@koa/router";
import type { Logger } from "pino";
import { ACCOUNT, createVisits } from "../account/visits.ts";
import { createRevocation } from "../certificate/revocation.ts";
import type { Challenges } from "../challenge/challenge.ts";
import { spendConfirmation } from "../confirmation/store.ts";
import { createDeletion } from "../deletion/deletion.ts";
import { createErasingAgain } from "../deletion/erasing-again.ts";
import { createErasure } from "../deletion/erasure.ts";
import { createLapsing } from "../deletion/lapsing.ts";
import { createMaking } from "../deletion/making.ts";
import { createDeletionRoutes, DELETION } from "../deletion/routes.ts";
import { createStopping } from "../deletion/stopping.ts";
import { keepGone } from "../device/gone.ts";
import { createClosingDemand } from "../policy/closing.ts";
import { LOGIN, SMS } from "../provider/assurance.ts";
import { OWN_CLIENT, OWN_TYPE } from "../provider/own-client.ts";
import { createSessions } from "../provider/sessions.ts";
import { createSignedIn } from "../provider/signed-in.ts";
import { createStopRoutes, STOP, type Waiting } from "../stop/stop.ts";
import type { Worker } from "../worker.ts";
import type { AccountPagePorts } from "./account.ts";
import { createConfirmed } from "./confirmed.ts";

export interface EndingPorts extends AccountPagePorts {
  challenges: Pick<Challenges, "endAll">;
  logger: Pick<Logger, "error">;
  /** What else is stopped by the link of a message. */
  otherLinks: readonly Waiting[];
}

export interface Ending {
  routes: Router[];
  workers: readonly Worker[];
  lapse(limit: number): Promise<number>;
}

/** How a deletion that waits is stopped, by whoever may. */
export function createDeletionStopping(ports: Pick<AccountPagePorts, "clock" | "audit" | "notices" | "devices">) {
  return createStopping({
    ...ports,
    hold: ports.devices.hold,
    demand: createClosingDemand(ports),
  });
}

export function createEnding(ports: EndingPorts): Ending {
  const { issuer, devices, clock, random, challenges, logger, pages } = ports;
  const { hold } = devices;
  const sessions = createSessions(ports);
  const revocation = createRevocation({ ...ports, forgetBrowsers: ports.browsers.forgetAll });
  const erasure = createErasure({
    clock,
    random,
    hold,
    endRequests: challenges.endAll,
    endSessions: (sql, accountId) => sessions.endWithin(sql, accountId, "provider"),
    keepDevices: (sql, accountId) => keepGone(sql, ports.digest, accountId, clock()),
    endCertificates: (sql, accountId) => revocation.endAll(sql, accountId, "account"),
  });
  const deletion = createDeletion({
    ...ports,
    hold,
    confirmed: createConfirmed(ports),
    spend: (sql, id) => spendConfirmation(sql, id, clock()),
    endRequests: challenges.endAll,
    goesOn: sessions.goesOn,
    endSessions: (sql, accountId, but) => sessions.endWithin(sql, accountId, "provider", but),
    demand: createClosingDemand(ports),
    stopping: createDeletionStopping(ports),
    stopAddress: (key) => `${issuer}${STOP}/${key}`,
    type: OWN_TYPE,
  });
  const onAway = (error: unknown) =>
    logger.error(
      { reason: error instanceof Error ? error.name : "unknown" },
      "the deletions of accounts that are due cannot be made",
    );
  const making = createMaking({ ...ports, erasure, hold, recoveringUntil: ports.waits.openUntil, onAway });
  const visits = createVisits({
    ...ports,
    signedIn: createSignedIn(ports.provider, SMS),
    prefer: pages.prefer,
    asker: { clientId: OWN_CLIENT, redirectUri: `${issuer}${DELETION}/callback`, random },
    acr: `${LOGIN} ${SMS}`,
  });
  return {
    routes: [
      createDeletionRoutes({ ...ports, deletion, visits }),
      createStopRoutes({ waiting: [...ports.otherLinks, deletion.links], pages, accountHref: ACCOUNT }),
    ],
    workers: [making, createErasingAgain({ ...ports, erasure, onAway })],
    lapse: createLapsing({ ...ports, erasure, hold, recoveringUntil: ports.waits.openUntil }),
  };
}
