import { randomBytes } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ServerMetadata } from "openid-client";
import pino from "pino";
import { inject, vi } from "vitest";
import { type SeededPhone, seedDemo } from "../../db/seeds/demo.ts";
import { createApp } from "../../src/app/app.ts";
import type { App } from "../../src/app/ports.ts";
import type { Millis } from "../../src/clock.ts";
import type { Config } from "../../src/config/config.ts";
import type { PushHost } from "../../src/config/push.ts";
import { EVERYWHERE } from "../../src/config/sms.ts";
import type { Database, Engine } from "../../src/database/database.ts";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import type { Statement } from "../../src/e-num/statement.ts";
import type { MountedRoute } from "../../src/http/listener.ts";
import { readTemplates } from "../../src/http/templates.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createHttpServer } from "../../src/listen.ts";
import { languages, messagesFor } from "../../src/locale/locale.ts";
import { createOutboxPageTransport, type SentMessage, type Transports } from "../../src/messaging/transports.ts";
import type { OperationTypes } from "../../src/operation/operation.ts";
import type { PolicyFile } from "../../src/policy/policy.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import type { PushNetwork } from "../../src/push/network.ts";
import type { Random } from "../../src/random.ts";
import { createSealer, type Sealer } from "../../src/secrecy.ts";
import type { Settled } from "../../src/settled.ts";
import type { SlowDigest } from "../../src/till-code/slow-digest.ts";
import type { BundleSource } from "../../src/web-phone/web-phone.ts";
import { bundledOnce, scriptBundledOnce } from "./bundles.ts";
import { type FreshDatabase, freshDatabase } from "./databases.ts";
import { OPERATION_TYPES } from "./operations.ts";
import { QUICK_DIGEST } from "./quick-digest.ts";
import { discover } from "./relying-party.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Which database the project's worlds stand on: the same tests run in the projects `quick` and `postgres`. */
    engine: Engine;
  }
}

/** The whole provider on a real port, with named people, a clock that can be moved, and messages that can be read. */
export interface World extends AsyncDisposable {
  issuer: string;
  /** What it says of itself, asked for once since its start. */
  discovered(): Promise<ServerMetadata>;
  /** Where it listens, on 127.0.0.1. */
  port: number;
  /** Ours, from the router. */
  routes: readonly MountedRoute[];
  database: Database;
  sealer: Sealer;
  /** Moves time on, for the server and all others in this process. */
  pass(time: Millis): void;
  now(): Millis;
  /** What a seeded phone has, by its owner's e-mail. */
  phone(email: string): SeededPhone;
  /** What alice's (or another's) phone answers. */
  answer(email: string, challenge: string, statement?: Statement): string;
  /** Sends what is due and gives the newest message to somebody. */
  message(to: string): Promise<SentMessage>;
  /** The newest first, but for what `newBrowsers` gives: every visitor of a test has a browser of its own, and each sign-in would add one. */
  messages(): Promise<SentMessage[]>;
  /** The notices of sign-ins from new browsers. */
  newBrowsers(): Promise<SentMessage[]>;
  /** Sends what is due and tells the sites that are due, as the server does each second. */
  drain(): Promise<void>;
  /** Deletes what has expired, as the server does each minute. */
  sweep(): Promise<void>;
  /** Takes up what has changed of the keys, as the server does every ten seconds. */
  lookAtKeys(): Promise<void>;
  /** Tells owners of what runs out soon, as the server does each hour. */
  remind(): Promise<void>;
  /** What `GET /metrics` answers. */
  metrics(): Promise<string>;
  /** The server is told to end, and still answers. */
  closing(): void;
  /** Everything that was logged, one JSON text a line. */
  log: string[];
  /** Ends the process's part and starts another on the same database and port, by what the operator has changed meanwhile, master keys included. */
  restart(changed?: Partial<Config>, masterKeys?: readonly Uint8Array[]): Promise<void>;
}

export interface WorldOptions {
  engine?: Engine;
  production?: boolean;
  clients?: readonly ClientEntry[];
  database?: FreshDatabase;
  config?: Partial<Config>;
  /** The web client has an origin of its own: the same port by its number, 127.0.0.1, where the issuer is localhost; or this one, of another world. */
  phoneOrigin?: true | string;
  /** Where none is given, the types' own demands stand. */
  policy?: PolicyFile;
  /** In the place of those that the project ships. */
  operationTypes?: OperationTypes;
  /** In the place of one that is made at the first request. */
  webPhone?: BundleSource;
  /** In the place of one that costs nothing. */
  slow?: SlowDigest;
  /** Phones are woken, by this one alone. */
  push?: { hosts: readonly PushHost[]; network: PushNetwork };
  /** What happens while a request that is in flight saves what it saves; nothing, where none is given. */
  settled?: Settled;
  /** In the place of the outbox page's, of the channels that are there. */
  transports?: (issuer: string) => Transports;
}

/** A page's template is compiled once for each worker, and not for each world. */
const TEMPLATES = readTemplates();

const OF_NEW_BROWSERS = languages.map(
  ({ locale }) =>
    messagesFor(locale).noticeMessages.newBrowser({
      ...{ site: "", time: "", browser: "", country: undefined, ip: "" },
      ...{ by: "response", issuer: "" },
    }).subject,
);

export const SHOP: ClientEntry = client({ client_id: "shop", client_name: "Book shop", first_party: true });
export const LIBRARY: ClientEntry = client({
  client_id: "library",
  client_name: "City library",
  subject_type: "pairwise",
});

export function client(members: Partial<ClientEntry> & { client_id: string; client_name: string }): ClientEntry {
  return {
    application_type: "web",
    redirect_uris: [`http://localhost:9/${members.client_id}/callback`],
    post_logout_redirect_uris: [`http://localhost:9/${members.client_id}/`],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    scope: "openid email phone profile wmid offline_access",
    subject_type: "public",
    token_endpoint_auth_method: "client_secret_basic",
    client_secret: `secret-of-${members.client_id}-for-tests-only`,
    id_token_signed_response_alg: "ES256",
    authorization_details_types: [],
    require_pkce: true,
    first_party: false,
    development_only: false,
    ...members,
  };
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const fresh = options.database ?? (await freshDatabase(options.engine ?? inject("engine"), { holds: "people" }));
  const { database } = fresh;
  const random: Random = { bytes: (length) => randomBytes(length) };
  let sealer = createSealer([Buffer.from(inject("masterKey"), "hex")], random);
  const clock = () => Date.now();
  const phones = new Map<string, SeededPhone>();
  const seeded = fresh.phones.length > 0 ? fresh.phones : await seedDemo({ database, sealer, clock, random });
  for (const phone of seeded) phones.set(phone.email, phone);
  const phoneOf = (email: string): SeededPhone => {
    const phone = phones.get(email);
    if (phone === undefined) throw new Error(`${email} has no phone`);
    return phone;
  };
  const outbox = createOutboxPageTransport({ clock, print: () => undefined });
  const log: string[] = [];
  const logger = pino({ level: "info" }, { write: (line: string) => void log.push(line) });

  let handler: RequestListener = (_request, response) => response.destroy();
  const { server, cut } = createHttpServer((request, response) => handler(request, response));
  const port = await listen(server);
  const issuer = `http://localhost:${port}`;
  const config: Config = { ...defaults(issuer, fresh.url), production: options.production ?? false, ...options.config };
  if (options.push !== undefined) config.pushHosts = options.push.hosts;
  if (options.phoneOrigin !== undefined)
    config.phoneOrigin = options.phoneOrigin === true ? `http://127.0.0.1:${port}` : options.phoneOrigin;

  const boot = async (): Promise<App> => {
    const keys = await loadKeys({ database, sealer, clock, random });
    const clients = options.clients ?? [SHOP, LIBRARY];
    const app = await createApp({
      config,
      clients,
      database,
      sealer,
      keys,
      clock,
      random,
      settled: options.settled ?? (async () => undefined),
      logger,
      transports: { mail: outbox.mail, sms: outbox.sms, ...options.transports?.(issuer) },
      outbox,
      operationTypes: options.operationTypes ?? OPERATION_TYPES,
      policy: options.policy ?? { time_zone: "UTC", rules: [] },
      webPhone: options.webPhone ?? bundledOnce,
      certificateScript: scriptBundledOnce,
      templates: TEMPLATES,
      slow: options.slow ?? QUICK_DIGEST,
      ...(options.push === undefined ? {} : { pushNetwork: options.push.network }),
    });
    handler = app.listener;
    return app;
  };
  let app = await boot();
  let discovered: Promise<ServerMetadata> | undefined;
  // Messages are sent when a test asks for them, so that nothing runs between its steps.
  const sent = async (newBrowsers: boolean) => {
    await app.drain();
    return outbox.recent().filter(({ subject = "" }) => OF_NEW_BROWSERS.includes(subject) === newBrowsers);
  };
  const messages = () => sent(false);

  return {
    issuer: config.issuer,
    discovered() {
      discovered ??= discover(config.issuer);
      return discovered;
    },
    port,
    routes: app.routes,
    database,
    get sealer() {
      return sealer;
    },
    log,
    pass(time) {
      // oidc-provider and the sites' libraries read Date themselves, so it is Date that is moved, for all of them.
      const later = Date.now() + time;
      if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ["Date"], shouldAdvanceTime: true });
      vi.setSystemTime(later);
    },
    now: clock,
    phone: phoneOf,
    answer(email, challenge, statement = { mode: "login" }) {
      const phone = phoneOf(email);
      const parsed = parseChallenge(challenge);
      if (!parsed.ok) throw new Error(`${email} cannot answer ${challenge}`);
      return computeResponse(phone.pad, parsed.value, statement);
    },
    messages,
    newBrowsers: () => sent(true),
    drain: () => app.drain(),
    closing: () => app.closing(),
    async metrics() {
      await using scraped = await serve((request, response) => app.metrics(request, response));
      return (await fetch(`http://127.0.0.1:${scraped.port}/metrics`)).text();
    },
    sweep: () => app.sweep(),
    remind: () => app.remind(),
    lookAtKeys: () => app.lookAtKeys(),
    async message(to) {
      const found = (await messages()).find((message) => message.to === to);
      if (found === undefined) throw new Error(`nothing was sent to ${to}`);
      return found;
    },
    async restart(changed = {}, masterKeys) {
      await app.close();
      if (masterKeys !== undefined) sealer = createSealer(masterKeys, random);
      Object.assign(config, changed);
      app = await boot();
      discovered = undefined;
    },
    async [Symbol.asyncDispose]() {
      vi.useRealTimers();
      await app.close();
      cut();
      await new Promise((done) => server.close(done));
      await fresh[Symbol.asyncDispose]();
    },
  };
}

async function serve(handler: RequestListener): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer(handler);
  const port = await listen(server);
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function defaults(issuer: string, databaseUrl: string): Config {
  return {
    production: false,
    issuer,
    phoneOrigin: undefined,
    formerPhoneOrigins: [],
    host: "127.0.0.1",
    port: Number(new URL(issuer).port),
    database: { url: databaseUrl, poolSize: 5, synchronous: "FULL" },
    masterKey: { kind: "given", keys: [] },
    clients: "",
    operations: "",
    policy: "",
    trustProxy: false,
    countryHeader: undefined,
    boundTokens: "clients",
    certificates: undefined,
    certificateSignIn: undefined,
    logLevel: "info",
    mail: undefined,
    sms: undefined,
    smsCountries: EVERYWHERE,
    pushHosts: [],
    registration: "open",
    storedWmids: 1,
    metrics: undefined,
    drain: 0,
  };
}
