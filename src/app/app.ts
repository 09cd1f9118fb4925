/**
 * The composition root: the one place that knows every folder.
 *
 * Owns nothing but the order in which parts are made of what the process brings (`ports.ts`), and gives a listener with its background work.
 * A part of it with a word of its own stands beside: accounts, what clients show, the steps of an interaction.
 */
import { createAccounts } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import { createAudit } from "../audit/audit.ts";
import { createAuthentication } from "../authentication/authentication.ts";
import { createBrowsers } from "../authentication/browsers.ts";
import { createByCode } from "../authentication/by-code.ts";
import { createEmailProof } from "../authentication/email-proof.ts";
import { createOriginOf } from "../authentication/origin.ts";
import { createSafeguards } from "../authentication/safeguards.ts";
import { createExpiry } from "../certificate/expiry.ts";
import { createChallenges } from "../challenge/challenge.ts";
import { createCodes } from "../code/code.ts";
import { createConfirmationApi } from "../confirmation/api.ts";
import { createConfirmations } from "../confirmation/confirmation.ts";
import { createConfirming } from "../confirmation/confirming.ts";
import { createConfirmationApprover } from "../confirmation/on-phone.ts";
import { createReceipts } from "../confirmation/receipt.ts";
import { consentedScopes } from "../consent/store.ts";
import type { Sql } from "../database.ts";
import { createDevelopment } from "../development/development.ts";
import { createDeviceApi } from "../device/api.ts";
import { createDevices } from "../device/device.ts";
import { createDeviceProof } from "../device/proof.ts";
import { createRevocation } from "../device/revocation.ts";
import { endedSince } from "../device/store.ts";
import { createActivationApi } from "../enrolment/api.ts";
import { createEnrolments } from "../enrolment/enrolment.ts";
import { createEnrolmentRoutes } from "../enrolment/routes.ts";
import {
  countAnswers,
  countCodes,
  countLogins,
  countPhoneAnswers,
  countReports,
  countRequests,
  countSms,
  measureDatabase,
} from "../health/counted.ts";
import { createHealth } from "../health/health.ts";
import { createMetrics, metricsListener } from "../health/metrics.ts";
import { createHealthRoutes, PROBES } from "../health/routes.ts";
import { createHomeRoutes } from "../home/routes.ts";
import { createCookieSigner, createCookies } from "../http/cookies.ts";
import { createHolding } from "../http/holding.ts";
import { createListener } from "../http/listener.ts";
import { createPages } from "../http/page.ts";
import { createRenderer } from "../http/render.ts";
import { createStack } from "../http/stack.ts";
import { createLimits, deviceCounter, unknownBrowsersCounter } from "../limits/limits.ts";
import { createSmsAllowance } from "../limits/sms-allowance.ts";
import { createThrottle } from "../limits/throttle.ts";
import { languages } from "../locale/locale.ts";
import { createLogin } from "../login/login.ts";
import { createLoginApprover } from "../login/on-phone.ts";
import { createLogout } from "../logout/logout.ts";
import { createMessaging } from "../messaging/messaging.ts";
import { createDeliveryReports } from "../messaging/reports.ts";
import { createReportRoutes } from "../messaging/routes.ts";
import { createWriter } from "../messaging/templates.ts";
import { createOwnDemands } from "../policy/person.ts";
import { createPolicy } from "../policy/policy.ts";
import { createAdapter, sweep as sweepOidc } from "../provider/adapter.ts";
import { takeOverBackChannel } from "../provider/back-channel.ts";
import { recordEvents } from "../provider/events.ts";
import { createFrontChannel } from "../provider/front-channel.ts";
import { otherMethods } from "../provider/methods.ts";
import { ownClient } from "../provider/own-client.ts";
import { createProviderPages } from "../provider/pages.ts";
import { createSubject, pinnedOf } from "../provider/pinned.ts";
import { createProvider } from "../provider/provider.ts";
import { createRequests } from "../provider/request.ts";
import { recordSessionBrowsers } from "../provider/session-browsers.ts";
import { siteOf } from "../provider/site.ts";
import { createRegistrations } from "../registration/registration.ts";
import { createRegistrationRoutes } from "../registration/routes.ts";
import { createGuard } from "../request/guard.ts";
import { createDeviceSide, createOnline } from "../request/online.ts";
import { createDigester } from "../secrecy.ts";
import { createSweep } from "../sweep/sweep.ts";
import { createWebPhone } from "../web-phone/web-phone.ts";
import { createAccountPage, createBotHook } from "./account.ts";
import { createBackground } from "./background.ts";
import { createBinding, createShown } from "./binding.ts";
import { createBackChannel } from "./ciba.ts";
import { createContactPages } from "./contact.ts";
import { createPasskeyProof } from "./passkey.ts";
import type { App, AppPorts } from "./ports.ts";
import { createPushParts } from "./push.ts";
import { createSteps } from "./steps.ts";
import { createStorageOf, createStorageServer, withStorage } from "./storage.ts";

/** Where people's forms are sent to: a form of another site is refused there. */
const PAGES = ["/interaction/", "/register", "/enrolment/", "/account", "/stop/", "/recovery"];

export async function createApp(ports: AppPorts): Promise<App> {
  const { config, sealer, keys, clock, random, logger, operationTypes } = ports;
  const metrics = createMetrics({ database: ports.database });
  const database = measureDatabase(ports.database, metrics);
  const { issuer, phoneOrigin } = config;
  const clients = [...withStorage(ports.clients, issuer), ownClient(issuer)];
  const development = !config.production;
  const registrationOpen = config.registration === "open";
  const digest = createDigester(keys.digest);
  const requests = createRequests();
  const kernel = { database, clock, random, digest, sealer, request: requests.current };

  const renderer = createRenderer({ issuer });
  const cookieSigner = createCookieSigner(keys.cookies);
  const cookies = createCookies({ secure: issuer.startsWith("https:") });
  const pages = createPages({ renderer, cookies, development });
  const holding = createHolding();

  const audit = createAudit(kernel);
  const accounts = createAccounts(kernel);
  const devices = createDevices(kernel);
  const limits = createLimits(kernel);
  const throttle = createThrottle(kernel);
  const originOf = createOriginOf({ countryHeader: config.countryHeader });
  const browsers = createBrowsers({ ...kernel, cookies, originOf });
  const write = createWriter({ issuer });
  const messaging = createMessaging({ ...kernel, transports: countSms(ports.transports, metrics), write, logger });
  const shared = { ...kernel, accounts, devices, audit, messaging };
  const side = createDeviceSide({ ...shared, limits, logger, endedSince });
  metrics.watchPhones(() => side.feed.size);
  const waking = createPushParts({ ...ports, ...kernel, throttle, metrics, side, browsers });
  const issuing = { ...kernel, ...side, ...waking, limits, padsOf: devices.padsOf };
  const challenges = countAnswers(createChallenges(issuing), metrics);

  const enrolments = createEnrolments({ ...shared, cookies, challenges, rememberBrowser: browsers.remember });
  const revoke = createRevocation({ ...shared, challenges, endEnrolments: enrolments.endAll, changed: side.changed });
  const allowance = createSmsAllowance({ throttle, digest, countries: config.smsCountries });
  const registrations = createRegistrations({
    ...shared,
    cookies,
    throttle,
    allowance,
    everActive: devices.everActive,
    startEnrolment: enrolments.start,
  });
  const registration = createRegistrationRoutes({ registrations, pages, cookies, open: registrationOpen });

  const emailProof = createEmailProof({ ...kernel, accounts, messaging, throttle });
  const safeguards = createSafeguards({ ...shared, browsers, emailProof });
  const proving = { ...shared, challenges, emailProof, limits, safeguards, throttle };
  const authentication = createAuthentication({ ...proving, browsers, originOf });
  const policy = createPolicy({ clock, file: ports.policy, types: operationTypes });
  const codes = createCodes({
    ...shared,
    limits,
    allowance,
    guarded: createGuard(kernel).isUp,
    taken: policy.takesSms,
  });
  const byCode = createByCode({ ...proving, codes: countCodes(codes, metrics), taken: policy.takesSms });
  const own = createOwnDemands(kernel);
  const [key] = keys.confirmation;
  if (key === undefined) throw new Error("there is no confirmation key");
  const isIdentifier = (hint: string) => parseIdentifier(hint) !== undefined;
  const confirming = createConfirming({ ...shared, types: operationTypes, policy });
  const confirmations = createConfirmations({
    ...kernel,
    confirming,
    authentication,
    byCode,
    types: operationTypes,
    issuer,
    pinnedSubject: (visit) => pinnedOf(visit, isIdentifier),
    key,
  });

  const asking = { ...kernel, config, digestKey: keys.digest, pages, accounts, clients, throttle, originOf };
  const { possession, binding, otherHost, userCodes, codeGate, paced, isApp } = createBinding(asking);
  const backChannel = createBackChannel({ ...proving, issuer, types: operationTypes, logger });
  const adapter = paced(backChannel.answered(createAdapter({ ...kernel, account: accounts.beside })));
  const provider = await createProvider({
    issuer,
    production: config.production,
    trustProxy: config.trustProxy,
    clients,
    adapter,
    database,
    accounts,
    consented: consentedScopes,
    demandsLogin: (accountId, clientId) => own.demandsLogin(database, accountId, clientId),
    operations: { types: operationTypes.types, refuse: confirmations.refuse },
    keys,
    cookieSigner,
    binding,
    pages: createProviderPages({ pages, database, accounts, clients }),
    userCodes,
    clock,
    ciba: backChannel.grant,
    uiLocales: languages.map(({ locale }) => locale),
  });

  recordEvents(provider, { audit, database, logger });
  const sessionBrowsers = recordSessionBrowsers(provider, { ...kernel, logger, originOf, browserOf: browsers.current });
  const tell = takeOverBackChannel(provider, (notice) => logout.queue(database, [notice]));
  const logout = createLogout({ ...kernel, tell, logger });
  const pings = backChannel.pings(provider);

  const outbox = ports.outbox ?? { recent: () => [] };
  const tools = development ? createDevelopment({ database, pages, outbox, padsOf: devices.padsOf }) : undefined;
  const subject = createSubject({ provider, pairwiseKey: keys.pairwise });
  const passkeys = createPasskeyProof({ ...proving, issuer });
  const demandsResponse = own.demandsLogin;
  const login = createLogin({ authentication, byCode, browsers, audit, passkeys, database, demandsResponse });
  const prove = createDeviceProof({ ...kernel, devices, issuer });
  const online = createOnline({
    ...shared,
    side,
    challenges,
    throttle,
    pages,
    holding,
    prove,
    issuer,
    knownCounters: browsers.counters,
    approvers: {
      login: createLoginApprover({ audit }),
      operation: createConfirmationApprover({ confirming, types: operationTypes, clock, issuer, key, subject }),
    },
    former: (visit) => confirmations.former(confirmations.request(visit)),
    site: (clientId) => siteOf(clients, clientId),
    onVerdict: countPhoneAnswers(metrics),
  });
  const interaction = createSteps({
    ...asking,
    provider,
    challenges,
    login: countLogins(login, metrics),
    authentication,
    byCode,
    passkeys,
    confirmations,
    enrolments,
    online,
    audit,
    tools,
    isIdentifier,
    isApp,
    types: operationTypes,
    pairwiseKey: keys.pairwise,
    registration,
  });

  const storage = createStorageOf({ ...shared, issuer, clients, limit: config.storedWmids });
  const receipts = createReceipts({ issuer, clock, key, set: keys.confirmationSet });
  const statementKeys = keys.confirmationSet;
  const admit = (sql: Sql, accountId: string) => limits.admit(sql, unknownBrowsersCounter(accountId));
  const isLocked = async (sql: Sql, id: string) => (await limits.gate(sql, deviceCounter(id))).kind !== "open";
  const health = createHealth({ database: ports.database, tokenKeys: keys.token.length, clock, logger });
  const { authenticate, token, firstTime } = createShown({ provider, adapter, possession, issuer, clock });
  const { phoneWords: operations } = operationTypes;
  const certificateKey = keys.certificate;
  const owned = {
    storage,
    ...proving,
    issuer,
    pages,
    cookies,
    clients,
    provider,
    own,
    revoke,
    enrolments,
    logout,
    certificateKey,
    browsers,
    receipts,
    subject,
    types: operationTypes,
    certificateScript: ports.certificateScript,
  };
  const contacts = createContactPages({ ...owned, allowance, logger });
  const routes = [
    createHealthRoutes({ health }),
    createBotHook({ ...kernel, accounts, audit, clients, authenticate }),
    createReportRoutes({ reports: countReports(createDeliveryReports(kernel), metrics) }),
    createConfirmationApi({
      database,
      token,
      receipts,
      pages,
      types: operationTypes,
      site: (clientId) => siteOf(clients, clientId),
      subject,
      authenticate,
      set: keys.confirmationSet,
    }),
    ...createAccountPage(owned),
    ...contacts.routes,
    createStorageServer({ ...kernel, issuer, provider, possession, firstTime, storage }),
    createHomeRoutes({ pages, registrationOpen, development }),
    createWebPhone({ bundle: ports.webPhone, pages, issuer, origin: phoneOrigin, operations, development }),
    interaction.routes,
    registration.routes,
    createEnrolmentRoutes({ enrolments, pages, clock, issuer, development, peek: tools?.peek }),
    createDeviceApi({ ...shared, ...waking, prove, revoke, admit, isLocked, issuer, statementKeys }),
    waking.routesFor(prove),
    ...online.routes,
    createActivationApi({ database, enrolments, throttle, issuer, statementKeys }),
    ...(tools === undefined ? [] : [tools.routes]),
  ];

  const shown = { issuer, phoneOrigin, logger, clock, random, holding, cookies, pages, renderer, otherHost };
  const logos = clients.flatMap(({ logo }) => logo ?? []);
  const mounted = createListener({
    trustProxy: config.trustProxy,
    cookieSigner,
    before: [
      ...createStack({ ...shown, logos, count: countRequests(metrics, holding), probes: PROBES, forms: PAGES }),
      interaction.resumed,
      requests.middleware,
      codeGate,
    ],
    routes,
    behind: [
      createFrontChannel({ provider, clients, issuer, pages }),
      otherMethods(provider),
      sessionBrowsers,
      ...provider.middleware,
    ],
  });
  const background = createBackground({
    due: contacts.worker,
    sending: [messaging, logout, pings, waking.push],
    sweeper: createSweep({ database, clock, logger, sweepOidc }),
    expiry: createExpiry({ ...shared, logger }),
  });
  return {
    ...mounted,
    ...background,
    metrics: metricsListener(metrics),
    closing() {
      health.closing();
      side.feed.closing();
    },
    start() {
      if (config.metrics !== undefined) metrics.watchProcess();
      background.start();
    },
  };
}
