/** The part of the composition by which who has lost the phone comes back, and makes the codes for it beforehand. */
import { setTimeout as delay } from "node:timers/promises";
import type Router from "@koa/router";
import type { Change } from "../account/routes.ts";
import { ACCOUNT, type Visits } from "../account/visits.ts";
import { SECOND } from "../clock.ts";
import { spendConfirmation } from "../confirmation/store.ts";
import { devicesThere } from "../device/store.ts";
import { OWN_TYPE } from "../provider/own-client.ts";
import { createSessions } from "../provider/sessions.ts";
import { createRecoveryCodes, makesCodes } from "../recovery/codes.ts";
import { CODES_PAGE, createRecoveryCodeRoutes } from "../recovery/own-routes.ts";
import { createRecovery } from "../recovery/recovery.ts";
import { createRecoveryRoutes } from "../recovery/routes.ts";
import type { AccountPagePorts } from "./account.ts";
import { createConfirmed } from "./confirmed.ts";

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createRecoveryParts(ports: AccountPagePorts) {
  const { devices, clock, pages } = ports;
  const sessions = createSessions(ports);
  const codes = createRecoveryCodes({
    ...ports,
    hold: devices.hold,
    confirmed: createConfirmed(ports),
    spendConfirmation: (sql, id) => spendConfirmation(sql, id, clock()),
    type: OWN_TYPE,
  });
  const recovery = createRecovery({
    ...ports,
    codes,
    hold: devices.hold,
    devicesOf: (sql, accountId) => devicesThere(sql, accountId, 0),
    endSessions: (sql, accountId) => sessions.endWithin(sql, accountId, "provider"),
    async endSessionsAgain(accountId) {
      await delay(SECOND);
      await sessions.end(accountId, "provider");
    },
    startEnrolment: (sql, context, accountId) =>
      ports.enrolments.start(sql, context, accountId, { path: ACCOUNT, site: undefined }),
  });
  const change: Change = {
    knows: makesCodes,
    page: CODES_PAGE,
    finish: async (_context, accountId, id) =>
      (await codes.mayMake(accountId, id)) ? { to: `${CODES_PAGE}/new?operation=${id}` } : "unchanged",
  };
  const routesAt = (visits: Visits): Router[] => [
    createRecoveryCodeRoutes({ codes, visits, pages }),
    createRecoveryRoutes({ recovery, pages }),
  ];
  return { change, routesAt };
}
