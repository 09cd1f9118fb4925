/** The part of the composition that is about an account's own: its page, its devices, who demands what, and the security bot's hook. */
import type Router from "@koa/router";
import type { Context } from "koa";
import type Provider from "oidc-provider";
import type { Accounts } from "../account/account.ts";
import { createCareRoutes } from "../account/care-routes.ts";
import { type Change, createAccountRoutes } from "../account/routes.ts";
import { pathOf } from "../account/sections.ts";
import { createSettings } from "../account/settings.ts";
import { ACCOUNT, createVisits, type VisitsPorts } from "../account/visits.ts";
import type { Audit } from "../audit/audit.ts";
import type { Browsers } from "../authentication/browsers.ts";
import type { EmailProof } from "../authentication/email-proof.ts";
import type { ScriptSource } from "../certificate/script.ts";
import { ownSigner } from "../certificate/signer.ts";
import type { Clock, Millis } from "../clock.ts";
import { spendConfirmation } from "../confirmation/store.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Devices } from "../device/device.ts";
import { addsDevice, createOwnDevices, removesDevice } from "../device/managing.ts";
import type { RevokeDevice } from "../device/revocation.ts";
import { createOwnDeviceRoutes } from "../device/routes.ts";
import { deviceOfSignIn } from "../device/store.ts";
import type { Enrolments } from "../enrolment/enrolment.ts";
import type { Cookies } from "../http/cookies.ts";
import type { Pages } from "../http/page.ts";
import type { Keys } from "../keys/keys.ts";
import { deviceCounter, type Limits } from "../limits/limits.ts";
import type { MailAllowance } from "../limits/mail-allowance.ts";
import type { SmsAllowance } from "../limits/sms-allowance.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Logout } from "../logout/logout.ts";
import type { Messaging } from "../messaging/messaging.ts";
import type { Notices } from "../notice/notice.ts";
import { createPolicyApi } from "../policy/api.ts";
import type { OwnDemands } from "../policy/policy.ts";
import { createRaises } from "../policy/raise.ts";
import { CERTIFICATE, LOGIN, PASSKEY } from "../provider/assurance.ts";
import type { ClientEntry } from "../provider/clients.ts";
import { OWN_CLIENT, OWN_TYPE } from "../provider/own-client.ts";
import { createSessions, type SessionsPorts } from "../provider/sessions.ts";
import { createSignedIn } from "../provider/signed-in.ts";
import { siteOf } from "../provider/site.ts";
import type { Random } from "../random.ts";
import type { Waits } from "../recovery/waits.ts";
import type { Digester, Sealer } from "../secrecy.ts";
import type { Settled } from "../settled.ts";
import type { Storage } from "../storage/storage.ts";
import type { SlowDigest } from "../till-code/slow-digest.ts";
import { createCertificateParts } from "./certificate.ts";
import { createConfirmed } from "./confirmed.ts";
import { createDownloadParts } from "./download.ts";
import { createHistoryPages, type HistoryPagePorts } from "./history.ts";
import { createNoticeParts } from "./notice.ts";
import { createEndSessions, createOwnPages } from "./own-pages.ts";
import { createPasskeyParts } from "./passkey.ts";
import { createRecoveryParts } from "./recovery.ts";
import { createKeptKeysParts } from "./storage.ts";
import { createTillCodeParts } from "./till-code.ts";

export interface AccountPagePorts extends Pick<HistoryPagePorts, "types" | "receipts" | "subject"> {
  issuer: string;
  browsers: Browsers;
  devices: Devices;
  revoke: RevokeDevice;
  limits: Pick<Limits, "gate">;
  emailProof: EmailProof;
  enrolments: Pick<Enrolments, "start" | "endAll">;
  sealer: Sealer;
  digest: Digester;
  slow: SlowDigest;
  logout: Pick<Logout, "queue">;
  endAnswered: SessionsPorts["endAnswered"];
  database: Database;
  clock: Clock;
  random: Random;
  settled: Settled;
  pages: Pages;
  cookies: Cookies;
  accounts: Accounts;
  audit: Audit;
  messaging: Messaging;
  notices: Notices;
  throttle: Throttle;
  mails: MailAllowance;
  clients: readonly ClientEntry[];
  provider: Provider;
  own: OwnDemands;
  certificateKey: Keys["certificate"];
  certificateScript: ScriptSource;
  storage: Storage;
  allowance: SmsAllowance;
  waits: Waits;
  /** Has the pages say that the account is being recovered, where it is. */
  warn: VisitsPorts["warn"];
}

export function createAccountPage(ports: AccountPagePorts): Router[] {
  const { clients, own: standing, random, database } = ports;
  const confirmed = createConfirmed(ports);
  const settings = createSettings({
    ...ports,
    standing,
    tell: (sql, accountId, setting) => ports.notices.tell(sql, accountId, { kind: "setting", ...setting }),
    siteName: (clientId) => siteOf(clients, clientId)?.name ?? clientId,
    confirmed,
    type: OWN_TYPE,
  });
  const visits = createVisits({
    ...ports,
    prefer: ports.pages.prefer,
    signedIn: createSignedIn(ports.provider),
    asker: { clientId: OWN_CLIENT, redirectUri: `${ports.issuer}${ACCOUNT}/callback`, random },
    acr: LOGIN,
  });
  const devicesPage = pathOf("devices");
  const spend = (sql: Sql, id: string) => spendConfirmation(sql, id, ports.clock());
  const recovery = createRecoveryParts(ports);
  const told = createNoticeParts({ ...ports, confirmed, spend, type: OWN_TYPE });
  const keptKeys = createKeptKeysParts({ ...ports, confirmed, spend, type: OWN_TYPE });
  const own = createOwnDevices({
    ...ports,
    confirmed,
    spend,
    startEnrolment: (sql, context, accountId, confirmation) =>
      ports.enrolments.start(
        sql,
        context,
        accountId,
        { path: devicesPage, site: undefined, again: devicesPage },
        confirmation,
      ),
    type: OWN_TYPE,
  });
  const shown = {
    own,
    async lockOf(id: string) {
      const gate = await ports.limits.gate(database, deviceCounter(id));
      return gate.kind === "open" ? undefined : gate.kind === "locked" ? gate.until : ("for-good" as const);
    },
    signedInBy: async (accountId: string, since: Millis | undefined) =>
      since === undefined ? undefined : deviceOfSignIn(database, accountId, since),
  };
  const sessions = createSessions(ports);
  const hold = ports.devices.hold;
  const download = createDownloadParts({ ...ports, sessions, confirmed, spend, hold, type: OWN_TYPE });
  const endSessions = createEndSessions({ ...ports, sessions });
  const signOutEverywhere = (accountId: string) => endSessions(accountId, { kind: "all" });
  const certificates = createCertificateParts({
    ...ports,
    signer: ownSigner(ports.certificateKey),
    confirmed,
    spend,
    type: OWN_TYPE,
    endSessions: (accountId) => endSessions(accountId, { kind: "by", acr: CERTIFICATE }),
  });
  const passkeys = createPasskeyParts({
    ...ports,
    confirmed,
    spend,
    type: OWN_TYPE,
    endSessions: (accountId) => endSessions(accountId, { kind: "by", acr: PASSKEY }),
  });
  const tillCode = createTillCodeParts({ ...ports, hold, confirmed, spend, type: OWN_TYPE });
  const site = (clientId: string) => (clientId === OWN_CLIENT ? undefined : siteOf(clients, clientId));
  const adding: Change = {
    knows: addsDevice,
    page: devicesPage,
    async finish(context, accountId, id) {
      const done = await own.add(context, accountId, id);
      return done === "begun" ? { to: "/enrolment/activate" } : done;
    },
  };
  const removing: Change = {
    knows: removesDevice,
    page: devicesPage,
    finish: (_context, accountId, id) => own.remove(accountId, id),
  };
  /** Its ids begin with that of what is switched off: it comes after all others. */
  const switchingOff: Change = {
    knows: () => true,
    page: pathOf("care"),
    finish: (_context, accountId, id) => settings.switchOff(accountId, id),
  };
  return [
    createAccountRoutes({
      ...ports,
      visits,
      changes: [
        ...[adding, removing, certificates.change, keptKeys.change, recovery.change, passkeys.change],
        ...[told.change, download.change, tillCode.change, switchingOff],
      ],
      signOutEverywhere,
    }),
    createCareRoutes({ ...ports, visits, settings, standing, site }),
    createOwnDeviceRoutes({ ...ports, ...shown, visits }),
    certificates.routesAt(visits),
    ...recovery.routesAt(visits),
    keptKeys.routesAt(visits),
    ...told.routesAt(visits),
    download.routesAt(visits),
    passkeys.routesAt(visits),
    tillCode.routesAt(visits),
    certificates.api,
    ...createOwnPages({ ...ports, visits, sessions, site }),
    createHistoryPages({ ...ports, visits }),
  ];
}

export function createBotHook(
  ports: Pick<AccountPagePorts, "database" | "clock" | "random" | "accounts" | "audit" | "clients"> & {
    authenticate(context: Context, body: URLSearchParams): Promise<string | undefined>;
  },
): Router {
  const { database, accounts, clients } = ports;
  return createPolicyApi({
    ...ports,
    raises: createRaises(ports),
    maySet: (id) => clients.some(({ client_id, security_bot }) => client_id === id && security_bot === true),
    isClient: (id) => siteOf(clients, id) !== undefined,
    account: async (typed) => (await accounts.named(database, typed))?.id,
  });
}
