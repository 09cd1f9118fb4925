/**
 * The composition root: builds every room from its ports and mounts a literal list of routes. Nothing else knows all rooms.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import Router from "@koa/router";
import Koa from "koa";
import type { Logger } from "pino";
import { createAccounts } from "./account/account.ts";
import { parseIdentifier } from "./account/identifier.ts";
import { createAudit } from "./audit/audit.ts";
import { createAuthentication } from "./authentication/authentication.ts";
import { createBrowsers } from "./authentication/browsers.ts";
import { createEmailProof } from "./authentication/email-proof.ts";
import { createChallenges } from "./challenge/challenge.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createConfirmationApi } from "./confirmation/api.ts";
import { createConfirmations } from "./confirmation/confirmation.ts";
import { createNotMe } from "./confirmation/not-me.ts";
import { createConfirmationPages } from "./confirmation/pages.ts";
import { createReceipts } from "./confirmation/receipt.ts";
import { createConfirmationStep } from "./confirmation/routes.ts";
import { createConsentStep } from "./consent/consent.ts";
import { consentedScopes } from "./consent/store.ts";
import type { Database, Sql } from "./database.ts";
import { createDevelopment } from "./development/development.ts";
import { createDeviceApi } from "./device/api.ts";
import { createDevices } from "./device/device.ts";
import { createDeviceProof } from "./device/proof.ts";
import { createActivationApi } from "./enrolment/api.ts";
import { createEnrolments } from "./enrolment/enrolment.ts";
import { createEnrolmentRoutes } from "./enrolment/routes.ts";
import { countAnswers, countLogins, countReports, countRequests, countSms, measureDatabase } from "./health/counted.ts";
import { createHealth } from "./health/health.ts";
import { createMetrics, metricsListener } from "./health/metrics.ts";
import { createHealthRoutes, PROBES } from "./health/routes.ts";
import { createHomeRoutes } from "./home/routes.ts";
import { accessLog } from "./http/access-log.ts";
import { assets } from "./http/assets.ts";
import { createCookieSigner, createCookies } from "./http/cookies.ts";
import { sameOriginOnly } from "./http/cross-origin.ts";
import { errorBoundary } from "./http/errors.ts";
import { securityHeaders } from "./http/headers.ts";
import { originForm, pinnedHost } from "./http/host.ts";
import { chosenLanguage } from "./http/language.ts";
import { createPages } from "./http/page.ts";
import { createRenderer } from "./http/render.ts";
import { createInteraction } from "./interaction/interaction.ts";
import type { Keys } from "./keys/keys.ts";
import { createLimits, unknownBrowsersCounter } from "./limits/limits.ts";
import { createThrottle } from "./limits/throttle.ts";
import { languages } from "./locale/locale.ts";
import { createLogin } from "./login/login.ts";
import { createLoginPages } from "./login/pages.ts";
import { createLoginStep } from "./login/routes.ts";
import { createLogout } from "./logout/logout.ts";
import { createMessaging } from "./messaging/messaging.ts";
import { createDeliveryReports } from "./messaging/reports.ts";
import { createReportRoutes } from "./messaging/routes.ts";
import { createWriter } from "./messaging/templates.ts";
import type { OutboxPage, Transports } from "./messaging/transports.ts";
import type { OperationTypes } from "./operation/operation.ts";
import { createAdapter, sweep as sweepOidc } from "./provider/adapter.ts";
import { takeOverBackChannel } from "./provider/back-channel.ts";
import { createClientAuthentication } from "./provider/client-authentication.ts";
import type { ClientEntry } from "./provider/clients.ts";
import { recordEvents } from "./provider/events.ts";
import { createFrontChannel } from "./provider/front-channel.ts";
import { otherMethods } from "./provider/methods.ts";
import { createProviderPages } from "./provider/pages.ts";
import { createPinned, createSubject } from "./provider/pinned.ts";
import { createProvider } from "./provider/provider.ts";
import { createRequests } from "./provider/request.ts";
import { siteOf } from "./provider/site.ts";
import type { Random } from "./random.ts";
import { createRegistrations } from "./registration/registration.ts";
import { createRegistrationRoutes } from "./registration/routes.ts";
import { createDigester, type Sealer } from "./secrecy.ts";
import { createSweep } from "./sweep/sweep.ts";

export interface AppPorts {
  config: Config;
  clients: readonly ClientEntry[];
  database: Database;
  sealer: Sealer;
  keys: Keys;
  clock: Clock;
  random: Random;
  logger: Logger;
  transports: Transports;
  operationTypes: OperationTypes;
  /** What was sent, for the development server's page; in production there is none. */
  outbox: Pick<OutboxPage, "recent"> | undefined;
}

/** What is mounted: a method, and a path with its parameters as `:name`. */
export interface MountedRoute {
  method: string;
  path: string;
}

export interface App {
  /** Ours, without oidc-provider's: for whoever must not miss one (the documents' test, the fuzz test). */
  routes: readonly MountedRoute[];
  listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Answers `GET /metrics`; for an address that the public does not reach. */
  metrics: (request: IncomingMessage, response: ServerResponse) => void;
  /** Begins to send messages, to tell sites of sessions that have ended, and to sweep. */
  start(): void;
  /** Sends all messages and tells all sites that are due now. */
  drain(): Promise<void>;
  /** Deletes all that has expired by now. */
  sweep(): Promise<void>;
  /** From now on `/readyz` says that the process is closing. */
  closing(): void;
  /** Ends what `start` began; requests are the listener's owner's to wait for. */
  close(): Promise<void>;
}

/** Where people's forms are sent to: a form of another site is refused there. */
const PAGES = ["/interaction/", "/register", "/enrolment/"];

export async function createApp(ports: AppPorts): Promise<App> {
  const { config, clients, sealer, keys, clock, random, logger } = ports;
  const metrics = createMetrics({ database: ports.database });
  const database = measureDatabase(ports.database, metrics);
  const { issuer } = config;
  const development = !config.production;
  const registrationOpen = config.registration === "open";
  const digest = createDigester(keys.digest);
  const kernel = { database, clock, random, digest, sealer };

  const renderer = createRenderer({ issuer });
  const cookieSigner = createCookieSigner(keys.cookies);
  const cookies = createCookies({ secure: issuer.startsWith("https:") });
  const pages = createPages({ renderer, cookies, development });

  const audit = createAudit(kernel);
  const accounts = createAccounts(kernel);
  const devices = createDevices(kernel);
  const limits = createLimits(kernel);
  const throttle = createThrottle(kernel);
  const browsers = createBrowsers({ ...kernel, cookies });
  const challenges = countAnswers(createChallenges({ ...kernel, limits, padsOf: devices.padsOf }), metrics);
  const write = createWriter({ issuer });
  const messaging = createMessaging({ ...kernel, transports: countSms(ports.transports, metrics), write, logger });

  const enrolments = createEnrolments({
    ...kernel,
    cookies,
    accounts,
    devices,
    challenges,
    audit,
    messaging,
    rememberBrowser: browsers.remember,
  });
  const registrations = createRegistrations({
    ...kernel,
    cookies,
    throttle,
    accounts,
    audit,
    messaging,
    everActive: devices.everActive,
    startEnrolment: enrolments.start,
  });
  const registration = createRegistrationRoutes({ registrations, pages, cookies, open: registrationOpen });

  const emailProof = createEmailProof({ ...kernel, accounts, messaging, throttle });
  const authentication = createAuthentication({
    ...kernel,
    accounts,
    browsers,
    challenges,
    emailProof,
    limits,
    throttle,
    audit,
    messaging,
  });
  const { operationTypes } = ports;
  const [key] = keys.confirmation;
  if (key === undefined) throw new Error("there is no confirmation key");
  const confirmations = createConfirmations({
    ...kernel,
    accounts,
    authentication,
    audit,
    types: operationTypes,
    issuer,
    clientName: (clientId) => siteOf(clients, clientId)?.name ?? clientId,
    key,
  });

  const requests = createRequests();
  const adapter = createAdapter({ ...kernel, request: requests.current });
  const provider = await createProvider({
    issuer,
    production: config.production,
    trustProxy: config.trustProxy,
    clients,
    adapter,
    database,
    accounts,
    consentedScopes,
    operations: { types: operationTypes.types, refuse: confirmations.refuse },
    keys,
    cookieSigner,
    pages: createProviderPages({ pages, database, accounts, clients }),
    uiLocales: languages.map(({ locale }) => locale),
  });

  recordEvents(provider, { audit, database, logger });
  const tell = takeOverBackChannel(provider, (notice) => logout.queue(database, [notice]));
  const logout = createLogout({ ...kernel, tell, logger });

  const outbox = ports.outbox ?? { recent: () => [] };
  const tools = development ? createDevelopment({ database, pages, outbox, padsOf: devices.padsOf }) : undefined;
  const pinned = createPinned({
    provider,
    pairwiseKey: keys.pairwise,
    isIdentifier: (hint) => parseIdentifier(hint) !== undefined,
  });
  const login = createLogin({ authentication, browsers, audit });
  const interaction = createInteraction({
    provider: () => provider,
    site: async (clientId) => siteOf(clients, clientId),
    formerClient: async (uid) => (await challenges.current(database, uid))?.clientId,
    pages,
    steps: {
      login: createLoginStep({
        login: countLogins(login, metrics),
        pages: createLoginPages({ pages, clock, registrationOpen, development }),
        locale: pages.locale,
        registrationOpen,
        justEnrolled: async (context) => {
          const enrolment = await enrolments.current(context);
          return enrolment?.status === "done" ? enrolment.account : undefined;
        },
        pinned,
        peek: tools?.peek,
      }),
      confirmation: createConfirmationStep({
        confirmations,
        authentication,
        pages: createConfirmationPages({
          pages,
          clock,
          development,
          types: operationTypes,
          confirmations,
          email: async (id) => (await accounts.byId(database, id))?.email,
        }),
        locale: pages.locale,
        account: (id) => accounts.byId(database, id),
        pinned,
        notMe: createNotMe({ database, clock, accounts, audit, challenges, messaging }),
        peek:
          tools === undefined
            ? undefined
            : (challenge, request) => tools.peekAt(challenge, confirmations.statement(request)),
      }),
      consent: createConsentStep({ database, clock, provider: () => provider, accounts, audit, pages }),
    },
    beginRegistration(context, { uid, site }) {
      registration.keepReturn(context, {
        path: `/interaction/${uid}/registered`,
        site: { name: site.name, origin: site.origin },
      });
    },
  });

  const statementKeys = keys.confirmationSet;
  const admit = (sql: Sql, accountId: string) => limits.admit(sql, unknownBrowsersCounter(accountId));
  const prove = createDeviceProof({ ...kernel, devices, issuer });
  const health = createHealth({ database: ports.database, tokenKeys: keys.token.length, clock, logger });
  const routes = [
    createHealthRoutes({ health }),
    createReportRoutes({ reports: countReports(createDeliveryReports(kernel), metrics) }),
    createConfirmationApi({
      database,
      provider,
      receipts: createReceipts({ issuer, clock, key, set: keys.confirmationSet }),
      pages,
      types: operationTypes,
      site: (clientId) => siteOf(clients, clientId),
      subject: createSubject({ provider, pairwiseKey: keys.pairwise }),
      authenticate: createClientAuthentication({ provider, adapter, issuer, clock }),
      set: keys.confirmationSet,
    }),
    createHomeRoutes({ pages, registrationOpen, development }),
    interaction.routes,
    registration.routes,
    createEnrolmentRoutes({ enrolments, pages, clock, issuer, development, peek: tools?.peek }),
    createDeviceApi({ database, accounts, devices, audit, prove, admit, issuer, statementKeys }),
    createActivationApi({ database, enrolments, throttle, issuer, statementKeys }),
    ...(tools === undefined ? [] : [tools.routes]),
  ];

  // The last address of X-Forwarded-For is the one that our own proxy has seen; those before it anybody can write.
  const app = new Koa({ proxy: config.trustProxy, maxIpsCount: 1 });
  app.keys = cookieSigner;
  app.silent = true;
  app.use(originForm(issuer));
  app.use(countRequests(metrics));
  app.use(accessLog({ logger, random }));
  app.use(securityHeaders({ issuer, stylesheetHash: renderer.stylesheetHash }));
  app.use(errorBoundary({ pages, logger, issuer, clock }));
  app.use(pinnedHost(issuer, PROBES));
  app.use(assets([renderer.script, renderer.icon]));
  app.use(chosenLanguage({ cookies }));
  app.use(sameOriginOnly(issuer, PAGES));
  app.use(requests.middleware);
  const root = new Router();
  for (const router of routes) root.use(router.routes());
  app.use(root.routes());
  app.use(root.allowedMethods());
  app.use(createFrontChannel({ provider, clients, issuer, pages }));
  app.use(otherMethods(provider));
  for (const middleware of provider.middleware) app.use(middleware);

  const mounted = root.stack.flatMap(({ methods, path }) =>
    methods.filter((method) => method !== "HEAD").map((method) => ({ method, path: String(path) })),
  );
  const sweeper = createSweep({ database, clock, logger, sweepOidc });
  return {
    routes: mounted,
    listener: app.callback(),
    metrics: metricsListener(metrics),
    closing: health.closing,
    start() {
      if (config.metrics !== undefined) metrics.watchProcess();
      messaging.start();
      logout.start();
      sweeper.start();
    },
    async drain() {
      await Promise.all([messaging.drain(), logout.drain()]);
    },
    async sweep() {
      await sweeper.run();
    },
    async close() {
      await Promise.all([messaging.stop(), logout.stop(), sweeper.stop()]);
    },
  };
}
