/** The part of the composition by which who has lost the phone comes back, and makes the codes for it beforehand. */
import type Router from "@koa/router";
import type { Change } from "../account/routes.ts";
import { ACCOUNT, createVisits, type Visits } from "../account/visits.ts";
import { createRevocation } from "../certificate/revocation.ts";
import { spendConfirmation } from "../confirmation/store.ts";
import { createStopping } from "../contact/stopping.ts";
import { devicesThere } from "../device/store.ts";
import { unmuteAll } from "../notice/store.ts";
import { createRemoval } from "../passkey/removal.ts";
import { LOGIN, SMS } from "../provider/assurance.ts";
import { OWN_CLIENT, OWN_TYPE } from "../provider/own-client.ts";
import { createSessions } from "../provider/sessions.ts";
import { createSignedIn } from "../provider/signed-in.ts";
import { createRecoveryBrowser } from "../recovery/browser.ts";
import { createByContacts } from "../recovery/by-contacts.ts";
import { createCaseRoutes } from "../recovery/case-routes.ts";
import { createCases } from "../recovery/cases.ts";
import { createRecoveryCodes, makesCodes } from "../recovery/codes.ts";
import { createEnding, type Ending } from "../recovery/ending.ts";
import { CODES_PAGE, createRecoveryCodeRoutes } from "../recovery/own-routes.ts";
import { createPhoneProof } from "../recovery/phone-proof.ts";
import { createRecovery } from "../recovery/recovery.ts";
import { createRecoveryRoutes } from "../recovery/routes.ts";
import { createOwnWaitRoutes, createWaitRoutes } from "../recovery/wait-routes.ts";
import { createTillCodeRemoval } from "../till-code/removal.ts";
import type { AccountPagePorts } from "./account.ts";
import { createConfirmed } from "./confirmed.ts";
import { createDeletionStopping } from "./ending.ts";

/** `change`: what the confirmation of our own operation leads to; `routesAt`: the account's pages. */
export function createRecoveryParts(ports: AccountPagePorts) {
  const { devices, clock, pages, waits } = ports;
  const codes = createRecoveryCodes({
    ...ports,
    hold: devices.hold,
    confirmed: createConfirmed(ports),
    spendConfirmation: (sql, id) => spendConfirmation(sql, id, clock()),
    type: OWN_TYPE,
  });
  const browser = createRecoveryBrowser(ports);
  const recovering = { ...ports, codes, browser, hold: devices.hold, ending: endingOf(ports) };
  const recovery = createRecovery(recovering);
  const phoneProof = createPhoneProof(ports);
  const contacts = createByContacts({ ...recovering, phoneProof });
  const change: Change = {
    knows: makesCodes,
    page: CODES_PAGE,
    finish: async (_context, accountId, id) =>
      (await codes.mayMake(accountId, id)) ? { to: `${CODES_PAGE}/new?operation=${id}` } : "unchanged",
  };
  /** Who signed in by SMS can stop a recovery as well. */
  const visitsBySms = createVisits({
    ...ports,
    signedIn: createSignedIn(ports.provider, SMS),
    prefer: pages.prefer,
    asker: { clientId: OWN_CLIENT, redirectUri: `${ports.issuer}${ACCOUNT}/callback`, random: ports.random },
    acr: `${LOGIN} ${SMS}`,
  });
  const routesAt = (visits: Visits): Router[] => [
    createRecoveryCodeRoutes({ codes, visits, pages }),
    createOwnWaitRoutes({ waits, visits: visitsBySms, pages }),
    createRecoveryRoutes({ recovery, pages }),
    createWaitRoutes({ contacts, pages }),
    createCaseRoutes({ cases: createCases(recovering), pages }),
  ];
  return { change, routesAt };
}

/** What ends at every recovery, each by the room that it is of. */
function endingOf(ports: AccountPagePorts): Ending {
  const { devices, enrolments } = ports;
  const sessions = createSessions(ports);
  const certificates = createRevocation({ ...ports, forgetBrowsers: ports.browsers.forgetAll });
  const passkeys = createRemoval(ports);
  const changes = createStopping(ports);
  const deletion = createDeletionStopping(ports);
  return createEnding({
    hold: devices.hold,
    devicesOf: (sql, accountId) => devicesThere(sql, accountId, 0),
    revoke: ports.revoke,
    endSessions: (sql, accountId) => sessions.endWithin(sql, accountId, "provider"),
    async endSessionsAgain(accountId) {
      await ports.settled();
      await sessions.end(accountId, "provider");
    },
    endPasskeys: (sql, accountId) => passkeys.all(sql, accountId, "recovery"),
    endCertificates: (sql, accountId) => certificates.endAll(sql, accountId, "recovery"),
    stopContactChanges: (sql, accountId) => changes.all(sql, accountId, "recovery"),
    forgetBrowsers: ports.browsers.forgetAll,
    unmuteNotices: unmuteAll,
    removeTillCode: createTillCodeRemoval(ports),
    stopDeletion: (sql, accountId) => deletion.own(sql, accountId, "recovery"),
    endWaits: ports.waits.replaceAll,
    endEnrolments: enrolments.endAll,
    startEnrolment: (sql, context, accountId) =>
      enrolments.start(sql, context, accountId, { path: ACCOUNT, site: undefined, recovers: true }),
  });
}
