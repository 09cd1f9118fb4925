/**
 * The composition root: the one place that knows every folder.
 *
 * Owns nothing but the order in which parts are made of what the process brings (`ports.ts`), and gives a listener with its background work.
 * A part of it with a word of its own stands beside: what all others stand on, how people are proven, accounts, the steps of an interaction.
 */
import { parseIdentifier } from "../account/identifier.ts";
import { createExpiry } from "../certificate/expiry.ts";
import { stillAnswered } from "../challenge/store.ts";
import { createConfirmationApi } from "../confirmation/api.ts";
import { createConfirmations } from "../confirmation/confirmation.ts";
import { createConfirming } from "../confirmation/confirming.ts";
import { createConfirmationApprover } from "../confirmation/on-phone.ts";
import { createReceipts } from "../confirmation/receipt.ts";
import { consentedScopes } from "../consent/store.ts";
import type { Sql } from "../database/database.ts";
import { createDevelopment } from "../development/development.ts";
import { createDeviceApi } from "../device/api.ts";
import { createHalfMadeSweeps } from "../device/gone.ts";
import { createDeviceProof } from "../device/proof.ts";
import { createActivationApi } from "../enrolment/api.ts";
import { createEnrolmentRoutes } from "../enrolment/routes.ts";
import { countLogins, countPhoneAnswers, countReports, countRequests } from "../health/counted.ts";
import { createHealth } from "../health/health.ts";
import { metricsListener } from "../health/metrics.ts";
import { createHealthRoutes, PROBES } from "../health/routes.ts";
import { createHomeRoutes } from "../home/routes.ts";
import { createListener } from "../http/listener.ts";
import { createStack } from "../http/stack.ts";
import { deviceCounter, unknownBrowsersCounter } from "../limits/limits.ts";
import { languages } from "../locale/locale.ts";
import { createLogin } from "../login/login.ts";
import { createLoginApprover } from "../login/on-phone.ts";
import { createLogout } from "../logout/logout.ts";
import { createDeliveryReports } from "../messaging/reports.ts";
import { createReportRoutes } from "../messaging/routes.ts";
import { createOwnDemands } from "../policy/person.ts";
import { createAdapter, sweep as sweepOidc } from "../provider/adapter.ts";
import { offeredAcrs } from "../provider/assurance.ts";
import { takeOverBackChannel } from "../provider/back-channel.ts";
import { recordEvents } from "../provider/events.ts";
import { createFormPost } from "../provider/form-post.ts";
import { createFrontChannel } from "../provider/front-channel.ts";
import { lettingGo } from "../provider/letting-go.ts";
import { enginePaths, otherMethods, programPaths } from "../provider/methods.ts";
import { createNameVisit } from "../provider/named-visits.ts";
import { createProviderPages } from "../provider/pages.ts";
import { createSubject, pinnedOf } from "../provider/pinned.ts";
import { byGet } from "../provider/posted-requests.ts";
import { createProvider } from "../provider/provider.ts";
import { recordSessionBrowsers } from "../provider/session-browsers.ts";
import { keepLanguage } from "../provider/sign-out-language.ts";
import { siteOf } from "../provider/site.ts";
import { takeTokenKeys } from "../provider/token-keys.ts";
import { goOnWithoutSession } from "../provider/without-session.ts";
import { createOnline } from "../request/online.ts";
import { createSweep } from "../sweep/sweep.ts";
import { createWebPhone } from "../web-phone/web-phone.ts";
import { createAccountPage, createBotHook } from "./account.ts";
import { endAnswered } from "./answered.ts";
import { createBackground } from "./background.ts";
import { createBinding, createShown } from "./binding.ts";
import { createCertificateSignIn } from "./certificate.ts";
import { createBackChannel } from "./ciba.ts";
import { createContactPages } from "./contact.ts";
import { createEnding } from "./ending.ts";
import { createGround } from "./ground.ts";
import { createAssertions } from "./joining.ts";
import { createPasskeyProof } from "./passkey.ts";
import type { App, AppPorts } from "./ports.ts";
import { createProofs } from "./proofs.ts";
import { createRecoveryWaits } from "./recovery-waits.ts";
import { createSteps } from "./steps.ts";
import { createStorageOf, createStorageServer } from "./storage.ts";

/** Where people's forms are sent to, and with a slash at the end all beneath it: a form of another site is refused there. */
const FORMS = [
  ...["/interaction/", "/register", "/register/", "/enrolment/", "/account", "/account/", "/stop/", "/recovery/"],
  ...["/device", "/sign-out/confirm"],
];

export async function createApp(ports: AppPorts): Promise<App> {
  const { config, keys, clock, random, logger, operationTypes } = ports;
  const ground = createGround(ports);
  const { issuer, phoneOrigin, formerPhoneOrigins, clients, development, registrationOpen } = ground;
  const { metrics, requests, kernel } = ground;
  const { renderer, keyRing, cookieSigner, cookies, pages, holding } = ground;
  const { limits, throttle, originOf, browsers, shared, side, waking, challenges } = ground;
  const { database, accounts, devices, audit, messaging } = shared;
  const clientIsHere = phoneOrigin === undefined;
  const phoneAt = { origin: phoneOrigin, former: formerPhoneOrigins };
  const proofs = createProofs(ports, ground);
  const { enrolments, revoke, allowance, mails, registration, proving, authentication, policy, byCode } = proofs;

  const own = createOwnDemands(kernel);
  const key = () => keyRing.current().confirmation;
  const set = () => keyRing.current().confirmationSet;
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
  const { possession, binding, otherHosts, userCodes, codeGate, paced, isApp } = createBinding(asking);
  const backChannel = createBackChannel({ ...proving, issuer, types: operationTypes, logger });
  const adapter = backChannel.answered(paced(createAdapter({ ...kernel, account: accounts.beside })));
  const acrs = offeredAcrs({ byCertificate: config.certificateSignIn !== undefined });
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
    acrs,
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

  keyRing.follow((changed) => takeTokenKeys(provider, changed));
  recordEvents(provider, { audit, database, logger });
  recordSessionBrowsers(provider, { originOf, browserOf: browsers.current });
  const tell = takeOverBackChannel(provider, (notice) => logout.queue(database, [notice]));
  const logout = createLogout({ ...kernel, tell, logger });
  const pings = backChannel.pings(provider);

  const outbox = ports.outbox ?? { recent: () => [] };
  const tools = development ? createDevelopment({ database, pages, outbox, padsOf: devices.padsOf }) : undefined;
  const subject = createSubject({ provider, pairwiseKey: keys.pairwise });
  const passkeys = createPasskeyProof({ ...proving, issuer });
  const byCertificate = createCertificateSignIn({
    ...proving,
    issuer,
    origin: config.certificateSignIn,
    certificateOf: possession.certificate,
  });
  const demandsResponse = own.demandsLogin;
  const login = createLogin({
    ...shared,
    authentication,
    byCode,
    browsers,
    passkeys,
    certificates: byCertificate.proof,
    originOf,
    demandsResponse,
    nameVisit: createNameVisit(kernel),
    stillAnswered,
  });
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
    cookies,
    provider,
    requests,
    challenges,
    login: countLogins(login, metrics),
    authentication,
    byCode,
    passkeys,
    certificateHref: byCertificate.href,
    acrs,
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
  const receipts = createReceipts({ issuer, clock, key, set });
  const admit = (sql: Sql, accountId: string) => limits.admit(sql, unknownBrowsersCounter(accountId));
  const isLocked = async (sql: Sql, id: string) => (await limits.gate(sql, deviceCounter(id))).kind !== "open";
  const health = createHealth({ database: ports.database, keysFollow: keyRing.follows, clock, logger });
  const { authenticate, token, firstTime } = createShown({ provider, adapter, possession, issuer, clock });
  const { phoneWords: operations } = operationTypes;
  const certificateKey = keys.certificate;
  const recoveries = createRecoveryWaits({ ...shared, issuer, throttle, pages, logger });
  const owned = {
    mails,
    ...recoveries,
    allowance,
    storage,
    ...proving,
    settled: ports.settled,
    issuer,
    pages,
    cookies,
    clients,
    provider,
    own,
    revoke,
    enrolments,
    logout,
    endAnswered,
    certificateKey,
    browsers,
    receipts,
    subject,
    types: operationTypes,
    certificateScript: ports.certificateScript,
  };
  const contacts = createContactPages({ ...owned, logger });
  const ending = createEnding({ ...owned, logger, otherLinks: [contacts.links, recoveries.waits.links] });
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
      set,
    }),
    ...createAccountPage(owned),
    contacts.routes,
    ...ending.routes,
    createAssertions({ ...shared, provider, clients, issuer, firstTime }),
    createStorageServer({ ...kernel, issuer, provider, possession, firstTime, storage }),
    createHomeRoutes({ pages, registrationOpen, development }),
    createWebPhone({ ...phoneAt, bundle: ports.webPhone, pages, issuer, operations, development }),
    interaction.routes,
    ...byCertificate.routes,
    registration.routes,
    createEnrolmentRoutes({ enrolments, pages, clock, issuer, clientIsHere, development, peek: tools?.peek }),
    createDeviceApi({ ...shared, ...waking, prove, revoke, admit, isLocked, issuer, statementKeys: set }),
    waking.routesFor(prove),
    ...online.routes,
    createActivationApi({ database, enrolments, throttle, issuer, statementKeys: set }),
    ...(tools === undefined ? [] : [tools.routes]),
  ];

  const paths = [...routes.flatMap(({ stack }) => stack.map(({ path }) => String(path))), ...enginePaths(provider)];
  const shown = { issuer, phoneAt, logger, clock, random, holding, cookies, pages, renderer, otherHosts };
  const logos = clients.flatMap(({ logo }) => logo ?? []);
  const mounted = createListener({
    trustProxy: config.trustProxy,
    cookieSigner,
    before: [
      lettingGo,
      ...createStack({
        ...shown,
        logos,
        count: countRequests(metrics, holding),
        probes: PROBES,
        forms: FORMS,
        mounted: paths,
        oauth: programPaths(provider),
      }),
      interaction.resumed,
      requests.middleware,
      codeGate,
    ],
    routes,
    behind: [
      byGet(["authorization", "end_session"].map((name) => provider.pathFor(name))),
      keepLanguage(`${issuer}${provider.pathFor("end_session_success")}`),
      goOnWithoutSession(provider.pathFor("end_session")),
      createFrontChannel({ provider, clients, issuer, pages }),
      otherMethods(provider),
      createFormPost({ pages, clients }),
      ...provider.middleware,
    ],
  });
  const background = createBackground({
    due: [contacts.worker, ...ending.workers, recoveries.waits.worker],
    sending: [messaging, logout, pings, waking.push],
    sweeper: createSweep({
      database,
      clock,
      logger,
      others: [sweepOidc, ...createHalfMadeSweeps(kernel.digest)],
      lapse: ending.lapse,
    }),
    expiry: createExpiry({ ...shared, logger }),
    keyRing,
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
