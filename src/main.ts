/**
 * Owns the process: environment, configuration, database, keys, app, listening, closing, in this order; with cli.ts it alone reads the environment.
 * It knows no feature: `createApp` builds them from the ports that are opened here.
 * Control enters by `start`, or by `run` for a process that lives until a signal, and leaves with what can be closed.
 */
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { flushCompileCache } from "node:module";
import { setTimeout as delay } from "node:timers/promises";
import closeWithGrace from "close-with-grace";
import type { Logger } from "pino";
import type { createApp } from "./app/app.ts";
import { bundleCertificateScript, readCertificateScript } from "./certificate/script.ts";
import { type Clock, type Millis, SECOND } from "./clock.ts";
import { type Config, type Environment, readConfig } from "./config/config.ts";
import { openDatabase } from "./database/database.ts";
import { loadKeys } from "./keys/keys.ts";
import { KeysError } from "./keys/making.ts";
import { readMasterKeys } from "./keys/master-key.ts";
import { type Listener, type Listening, listen } from "./listen.ts";
import { createLog } from "./log.ts";
import { chooseTransports } from "./messaging/transports.ts";
import { type OperationTypes, readOperationTypes } from "./operation/operation.ts";
import { type PolicyFile, readPolicy } from "./policy/policy.ts";
import { type ClientEntry, type ClientsSource, readClients } from "./provider/clients.ts";
import { OWN_CLIENT, OWN_TYPE } from "./provider/own-client.ts";
import { certificateFaults } from "./provider/sender-constraint.ts";
import { drawingAhead, type Random } from "./random.ts";
import { createSealer, masterKeyId } from "./secrecy.ts";
import { settled } from "./settled.ts";
import { bundleWebPhone, isWebPhoneBuilt, readWebPhone } from "./web-phone/bundle.ts";

export interface Running {
  config: Config;
  logger: Logger;
  /** Writes the log's last lines. */
  flush(): void;
  /** Lets requests in flight end, then closes app and database. */
  close(): Promise<void>;
}

/** For whoever starts the process: a sentence a line, and no stack. */
export class StartError extends Error {
  readonly lines: readonly string[];
  constructor(lines: readonly string[], cause?: unknown) {
    super(lines.join("\n"), { cause });
    this.lines = lines;
  }
}

export interface StartPorts {
  /** Where a test starts the process without the features. */
  createApp?: typeof createApp;
}

/** More than requests in flight are given (`listen`), so that app and database are closed after them. */
const CLOSE: Millis = 30 * SECOND;

/** A terminal signals the whole group, and npm passes its own on: two signals so close together are one. */
const ECHO: Millis = SECOND;

/** How soon a process that npm has left behind sees it. */
const LEFT: Millis = 500;
/** The shell between npm and us, if npm has started us; asked for at once, since it may end while we start. */
const PARENT = process.ppid;

const files: ClientsSource["files"] = {
  read: (path) => readFileSync(path, "utf8"),
  bytes: (path) => readFileSync(path),
};
const random: Random = drawingAhead({ bytes: (length) => randomBytes(length) });
const clock: Clock = Date.now;

/** Environment and files, with the faults of all at once: what one of them is wrong in hides nothing of another. */
export function readSettings(env: Environment): ({ ok: true } & Settings) | { ok: false; faults: string[] } {
  const read = readConfig(env, files);
  const about = read.ok ? read.config : read.about;
  const { clients: path, operations: folder, policy: policyPath, production } = about;
  const clients = readClients({ path, production, files });
  const types = readOperationTypes({ folder, files: { ...files, list: (name) => readdirSync(name) } });
  const governed = {
    clients: clients.ids === undefined ? undefined : [...clients.ids, OWN_CLIENT],
    types: types.demands,
  };
  const policy = readPolicy({ path: policyPath, files, governed });
  const faults = [
    ...(read.ok ? [] : read.faults),
    ...(clients.ok ? [] : clients.faults),
    ...(types.ok ? [] : types.faults),
    ...(types.demands?.has(OWN_TYPE) === false
      ? [`${folder} has no ${OWN_TYPE}.json: the account page has it confirmed, so copy it from config/operations.`]
      : []),
    ...(types.demands === undefined ? [] : unknownTypes(path, clients.clients, [...types.demands.keys()])),
    ...(policy.ok ? [] : policy.faults),
    ...certificateFaults(path, clients.clients, about.certificates),
  ];
  if (!read.ok || !clients.ok || !types.ok || !policy.ok || faults.length > 0) return { ok: false, faults };
  const { config } = read;
  return { ok: true, config, clients: clients.clients, operationTypes: types.registry, policy: policy.file };
}

export interface Settings {
  config: Config;
  clients: ClientEntry[];
  operationTypes: OperationTypes;
  policy: PolicyFile;
}

/** A client may ask for such operations only as there are. */
function unknownTypes(path: string, clients: readonly ClientEntry[], types: readonly string[]): string[] {
  return clients.flatMap(({ client_id: id, authorization_details_types: wished }) =>
    wished
      .filter((type) => !types.includes(type))
      .map(
        (type) =>
          `${path}, client "${id}": authorization_details_types has ${type}: no operation has this type; there are ${types.join(", ")}.`,
      ),
  );
}

/** A server that listens. Throws StartError, with everything closed that was opened. */
export async function start(env: Environment, ports: StartPorts = {}): Promise<Running> {
  const settings = readSettings(env);
  if (!settings.ok) throw new StartError(settings.faults);
  const { config, clients, operationTypes, policy } = settings;
  const { logger, flush } = createLog(config.logLevel);
  const opened: (() => Promise<void>)[] = [async () => flush()];
  const close = async () => {
    for (const closeOne of opened.splice(0).reverse()) await closeOne();
  };
  try {
    const database = await reached(config, () => openDatabase(config.database));
    opened.push(() => database.close());
    await reached(config, () => database.migrate("latest"));
    const masterKeys = await readMasterKeys({ source: config.masterKey, database, random });
    const sealer = createSealer(masterKeys, random);
    const keys = await loadKeys({ database, sealer, clock, random });
    const { transports, outbox } = chooseTransports({ config, clock, print: (line) => logger.info(line) });
    // Loaded here, since the other verbs do without the engine.
    const create = ports.createApp ?? (await import("./app/app.ts")).createApp;
    const app = await create({
      config,
      clients,
      database,
      sealer,
      keys,
      clock,
      random,
      settled,
      logger,
      transports,
      outbox,
      operationTypes,
      policy,
      webPhone: config.production ? readWebPhone : bundleWebPhone,
      certificateScript: config.production ? readCertificateScript : bundleCertificateScript,
    });
    opened.push(() => app.close());
    if (config.production && !isWebPhoneBuilt())
      logger.warn("the web client is not built: run npm run build and start again, until then /phone answers 503");
    const { host, port, metrics } = config;
    if (metrics !== undefined) {
      const scraped = await reserve(app.metrics, metrics, ["ENUM_ID_METRICS", "ENUM_ID_METRICS"]);
      opened.push(() => scraped.close());
    }
    const listening = await reserve(app.listener, { host, port }, ["ENUM_ID_HOST", "ENUM_ID_PORT"]);
    opened.push(() => listening.close());
    app.start();
    opened.push(async () => {
      app.closing();
      if (config.drain > 0) await delay(config.drain);
    });
    logger.info({ issuer: config.issuer, host, port, metrics, masterKeys: masterKeys.map(masterKeyId) }, "listening");
    // Now, since a process that is killed keeps nothing.
    flushCompileCache();
    return { config, logger, flush, close };
  } catch (error) {
    await close().catch(() => undefined);
    if (error instanceof StartError) throw error;
    if (error instanceof KeysError) throw new StartError([error.message], error);
    throw new StartError([`E-num ID cannot start: ${messageOf(error)}`], error);
  }
}

/** Starts and lives until SIGTERM or SIGINT; tells faults a line each and leaves with exit code 1. */
export async function run(env: Environment, ports: StartPorts = {}): Promise<void> {
  // Database and master key are for this operating-system user alone.
  process.umask(0o077);
  let running: Running;
  try {
    running = await start(env, ports);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    for (const line of error.lines) console.error(line);
    process.exitCode = 1;
    return;
  }
  if (!running.config.production) {
    console.log(
      `E-num ID is ready at ${running.config.issuer}: a development server, for this machine alone (Ctrl-C ends it).`,
    );
  }
  closeOnSignal(running, env);
}

/** `env`: whether npm has started the process. */
export function closeOnSignal({ config, logger, flush, close }: Running, env: Environment): void {
  process.once("exit", flush);
  const onTimeout = () => logger.error("closing took too long and was cut off");
  const options: closeWithGrace.Options = {
    delay: CLOSE + config.drain,
    logger: false,
    skip: ["SIGTERM", "SIGINT"],
    onTimeout,
  };
  const grace = closeWithGrace(options, async ({ err }) => {
    if (err !== undefined) logger.fatal({ err }, "an unexpected error ends the process");
    try {
      await close();
      logger.info("closed");
    } catch (error) {
      logger.error({ err: error }, "closing failed");
      throw error;
    }
  });
  let since: Millis | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (since !== undefined && clock() - since > ECHO) process.exit(1);
    if (since !== undefined) return;
    since = clock();
    logger.info({ signal }, "closing");
    grace.close();
  };
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  // npm gives a signal to the shell between it and us, which ends without a word to us, and ends itself.
  if (env["npm_lifecycle_event"] === undefined) return;
  const look = setInterval(() => {
    if (process.ppid === PARENT) return;
    clearInterval(look);
    onSignal("SIGTERM");
  }, LEFT).unref();
}

/** The database's address without its password, for the screen. */
export function databaseName(url: string): string {
  if (url.startsWith("sqlite:")) return url;
  const { hostname, port, pathname } = new URL(url);
  return `postgres://${hostname}:${port || "5432"}${pathname}`;
}

/** What opens the database or asks it for the first time: where that fails, a sentence says which one it is and what to do. */
export async function reached<Answer>({ database }: Config, ask: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    throw new StartError([unusable(database.url, messageOf(error))], error);
  }
}

function unusable(url: string, reason: string): string {
  const name = databaseName(url);
  // knex' words where the database names a migration that we do not have.
  const [, newer] = /following files are missing: (.+)$/.exec(reason) ?? [];
  if (newer !== undefined)
    return `The database ${name} is that of a newer E-num ID, with ${newer}: put the newer program back, or restore the copy from before its first start.`;
  const mend = url.startsWith("sqlite:") ? "or what this user may do in its folder" : "or start it";
  return `The database ${name} cannot be used (${reason}): correct ENUM_ID_DATABASE_URL, ${mend}.`;
}

/** `variables`: where the operator has set address and port. */
async function reserve(
  listener: Listener,
  { host, port }: { host: string; port: number },
  [forHost, forPort]: readonly [string, string],
): Promise<Listening> {
  try {
    return await listen(listener, { host, port });
  } catch (error) {
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    throw new StartError(
      taken
        ? [`Port ${port} on ${host} is taken: end what listens there, or set ${forPort} to another.`]
        : [
            `Port ${port} on ${host} cannot be listened on (${messageOf(error)}): correct ${[...new Set([forHost, forPort])].join(" or ")}.`,
          ],
      error,
    );
  }
}

/** One line; of several failed connections (`localhost` by IPv6 and IPv4) the code they share. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown error";
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return (error.message.trim() || code || error.name).replace(/\s+/g, " ");
}
