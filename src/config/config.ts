/**
 * Owns what the operator has set: reads the environment and the files that it names, and tells all faults at once. Nothing else knows a
 * variable's name. Control enters by `readConfig`, before anything is opened, and leaves with a `Config` that is right.
 */
import { fileURLToPath } from "node:url";
import { type Millis, SECOND } from "../clock.ts";
import { messageFaults, parseSmtpUrl } from "./messages.ts";
import { BROWSERS_HOSTS, type PushHost, parsePushHosts } from "./push.ts";
import {
  combineSms,
  EVERYWHERE,
  parseSmsBody,
  parseSmsCountries,
  parseSmsFrom,
  parseSmsHeaders,
  parseSmsUrl,
  SMS_METHODS,
  SMS_PROFILES,
  type SmsCountry,
  type SmsGateway,
  smsFaults,
} from "./sms.ts";
import {
  codeInBrackets,
  parseDatabaseUrl,
  parseEnvironment,
  parseHeaderName,
  parseHost,
  parseIssuer,
  parseKeys,
  parseMailFrom,
  parseMetrics,
  parseOneOf,
  parseOrigins,
  parseOtherOrigin,
  parseWhole,
  Refusal,
} from "./values.ts";
import { type VariableName, variables } from "./variables.ts";

/** What the process was told, checked once and for all; nothing else reads the environment. */
export interface Config {
  /** Production refuses every convenience that a development server has. */
  production: boolean;
  /** An origin: `https://id.example.com`, without a path or a slash at its end. */
  issuer: string;
  /** Where the web client is served, if not on the issuer's own origin. */
  phoneOrigin: string | undefined;
  /** Where it was served before: who has it there goes on using it, and is led on. The issuer may be among them. */
  formerPhoneOrigins: readonly string[];
  /** The address and the port that are listened on. */
  host: string;
  port: number;
  database: { url: string; poolSize: number; synchronous: "FULL" | "NORMAL" };
  masterKey: MasterKeySource;
  /** Path of the clients file. */
  clients: string;
  /** Path of the folder with the types of operations. */
  operations: string;
  /** Path of the policy file. */
  policy: string;
  /** Whether `X-Forwarded-*` comes from a proxy of ours. */
  trustProxy: boolean;
  /** The header in which that proxy names the country that a request comes from. */
  countryHeader: string | undefined;
  /** Whose access tokens are bound to a key, whether their clients ask for it or not. */
  boundTokens: BoundTokens;
  /** How that proxy tells of clients' certificates; undefined where it does not. */
  certificates: CertificateSource | undefined;
  /** The origin where it asks people for theirs, to sign them in; undefined where nobody signs in so. */
  certificateSignIn: string | undefined;
  logLevel: LogLevel;
  mail: { smtpUrl: string; from: string } | undefined;
  sms: SmsGateway | undefined;
  /** Where codes by SMS are sent to; nowhere without a gateway. */
  smsCountries: readonly SmsCountry[];
  /** The push services that phones may name; none where no phone is woken. */
  pushHosts: readonly PushHost[];
  registration: "open" | "closed";
  /** How many WMIDs' keys one account keeps in E-num Storage. */
  storedWmids: number;
  /** Where `/metrics` is listened for, beside the server's own address. */
  metrics: { host: string; port: number } | undefined;
  /** How long a server that ends says so by `/readyz` before it takes no more connections. */
  drain: Millis;
}

/** The keys, 32 bytes each, of which the first seals and all open; or, in development, the file that holds one or will. */
export type MasterKeySource = { kind: "given"; keys: readonly Uint8Array[] } | { kind: "file"; path: string };

/** `origin`: where certificates are asked for, beside the issuer. */
export interface CertificateSource {
  header: string;
  verifiedHeader: string | undefined;
  origin: string | undefined;
}

export type BoundTokens = (typeof BOUND_TOKENS)[number];
type LogLevel = (typeof LOG_LEVELS)[number];
export type Environment = Readonly<Record<string, string | undefined>>;

/** The file system, as a port; `read` throws when the file cannot be read. */
export interface Files {
  read(path: string): string;
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const BOUND_TOKENS = ["clients", "operations", "all"] as const;
const DEFAULT_PORT = 3000;
/** Those that come with the program, wherever it is started. */
const SHIPPED_OPERATIONS = fileURLToPath(new URL("../../config/operations", import.meta.url));
const SHIPPED_POLICY = fileURLToPath(new URL("../../config/policy.json", import.meta.url));
/** The first of the ports that applications have by custom for Prometheus to ask. */
const DEFAULT_METRICS = { host: "127.0.0.1", port: 9464 } as const;

export type ReadConfig =
  | { ok: true; config: Config }
  /** `about` is what the files need, so that their faults can be told in the same breath; what was refused is in it as it was meant. */
  | {
      ok: false;
      faults: string[];
      about: Pick<Config, "clients" | "operations" | "policy" | "production" | "certificates">;
    };

/** Reads every variable and gives all faults at once: sentences that name the variable, what is wrong and what to do. */
export function readConfig(env: Environment, files: Files): ReadConfig {
  const { faults, read, required, isSet } = createReader(env, files);

  const production = read("NODE_ENV", parseEnvironment) ?? false;
  const port = read("ENUM_ID_PORT", (given) => parseWhole(given, 1, 65_535));
  const writtenIssuer = read("ENUM_ID_ISSUER", (given) => parseIssuer(given, production));
  const issuer = writtenIssuer ?? `http://localhost:${port ?? DEFAULT_PORT}`;
  // Other origins are compared with what somebody wrote, or with a default that stays when all faults are mended.
  const staysDefault = !production && !isSet("ENUM_ID_ISSUER") && (port !== undefined || !isSet("ENUM_ID_PORT"));
  const meantIssuer = staysDefault ? issuer : writtenIssuer;
  const databaseUrl = read("ENUM_ID_DATABASE_URL", parseDatabaseUrl) ?? "sqlite:var/enum-id.sqlite";
  const keys = read("ENUM_ID_MASTER_KEY", (given) => parseKeys(given, production));
  const smtpUrl = read("ENUM_ID_SMTP_URL", parseSmtpUrl);
  const from = read("ENUM_ID_MAIL_FROM", parseMailFrom);
  const smsSettings = {
    profile:
      read("ENUM_ID_SMS_PROFILE", (given) => parseOneOf(given, SMS_PROFILES)) ??
      (isSet("ENUM_ID_SMS_PROFILE") ? undefined : "template"),
    url: read("ENUM_ID_SMS_URL", parseSmsUrl),
    from: read("ENUM_ID_SMS_FROM", parseSmsFrom),
    method: read("ENUM_ID_SMS_METHOD", (given) => parseOneOf(given, SMS_METHODS)),
    headers: read("ENUM_ID_SMS_HEADERS", parseSmsHeaders),
    body: read("ENUM_ID_SMS_BODY", parseSmsBody),
  };
  const sms = combineSms(smsSettings);
  faults.push(...smsFaults(isSet, smsSettings));
  const countries = read("ENUM_ID_SMS_COUNTRIES", parseSmsCountries);
  const reachable = smtpUrl !== undefined && sms !== undefined;
  const wish = read("ENUM_ID_REGISTRATION", (given) => parseOneOf(given, ["open", "closed"]));

  const certificates = {
    header: read("ENUM_ID_CERTIFICATE_HEADER", parseHeaderName),
    verifiedHeader: read("ENUM_ID_CERTIFICATE_VERIFIED_HEADER", parseHeaderName),
    origin: read("ENUM_ID_CERTIFICATE_ORIGIN", (given) => parseIssuer(given, production)),
  };

  const metrics =
    read("ENUM_ID_METRICS", (given) => parseMetrics(given, production)) ?? (production ? DEFAULT_METRICS : "off");

  const otherOrigin = (given: string) => parseOtherOrigin(given, { issuer: meantIssuer, production });
  const phoneOrigin = read("ENUM_ID_PHONE_ORIGIN", otherOrigin);

  const config: Config = {
    production,
    issuer,
    phoneOrigin,
    formerPhoneOrigins: read("ENUM_ID_PHONE_FORMER_ORIGINS", (given) => parseOrigins(given, production)) ?? [],
    host: read("ENUM_ID_HOST", (given) => parseHost(given, production)) ?? "127.0.0.1",
    port: port ?? (production ? DEFAULT_PORT : portOf(issuer)),
    database: {
      url: databaseUrl,
      poolSize: read("ENUM_ID_DATABASE_POOL", (given) => parseWhole(given, 1, 500)) ?? 10,
      synchronous: read("ENUM_ID_SQLITE_SYNCHRONOUS", (given) => parseOneOf(given, ["FULL", "NORMAL"])) ?? "FULL",
    },
    masterKey: keys === undefined ? { kind: "file", path: masterKeyPath(databaseUrl) } : { kind: "given", keys },
    clients: read("ENUM_ID_CLIENTS", (given) => given) ?? "config/clients.json",
    operations: read("ENUM_ID_OPERATIONS", (given) => given) ?? SHIPPED_OPERATIONS,
    policy: read("ENUM_ID_POLICY", (given) => given) ?? SHIPPED_POLICY,
    trustProxy: read("ENUM_ID_TRUST_PROXY", (given) => parseOneOf(given, ["true", "false"])) === "true",
    countryHeader: read("ENUM_ID_COUNTRY_HEADER", parseHeaderName),
    boundTokens: read("ENUM_ID_BOUND_TOKENS", (given) => parseOneOf(given, BOUND_TOKENS)) ?? "clients",
    certificates: certificates.header === undefined ? undefined : { ...certificates, header: certificates.header },
    certificateSignIn: read("ENUM_ID_CERTIFICATE_SIGN_IN", otherOrigin),
    logLevel: read("ENUM_ID_LOG_LEVEL", (given) => parseOneOf(given, LOG_LEVELS)) ?? "info",
    mail: smtpUrl === undefined || from === undefined ? undefined : { smtpUrl, from },
    sms,
    smsCountries: sms === undefined && production ? [] : (countries ?? (production ? [] : EVERYWHERE)),
    pushHosts: read("ENUM_ID_PUSH_HOSTS", parsePushHosts) ?? (production ? BROWSERS_HOSTS : []),
    registration: wish ?? (reachable || !production ? "open" : "closed"),
    storedWmids: read("ENUM_ID_STORED_WMIDS", (given) => parseWhole(given, 1, 100)) ?? 1,
    metrics: metrics === "off" ? undefined : metrics,
    drain: (read("ENUM_ID_DRAIN", (given) => parseWhole(given, 0, 60)) ?? 0) * SECOND,
  };

  if (production) {
    required("ENUM_ID_ISSUER", "write the address people see, such as https://id.example.com.");
    required("ENUM_ID_DATABASE_URL", "name the database, such as sqlite:/var/lib/enum-id/enum-id.sqlite.");
    required("ENUM_ID_MASTER_KEY", "make a key with `openssl rand -hex 32` and keep it apart from the database.");
    if (!config.trustProxy) {
      faults.push(
        "ENUM_ID_TRUST_PROXY is not true: an https issuer has a proxy before it that ends TLS; let that set X-Forwarded-For, -Proto and -Host, and set this to true.",
      );
    }
    if (wish === "open" && !(isSet("ENUM_ID_SMTP_URL") && isSet("ENUM_ID_SMS_URL"))) {
      faults.push(
        "ENUM_ID_REGISTRATION is open, but nobody can be reached: set ENUM_ID_SMTP_URL and ENUM_ID_SMS_URL, or close it.",
      );
    }
  }
  const clientOrigin = phoneOrigin ?? (isSet("ENUM_ID_PHONE_ORIGIN") ? undefined : meantIssuer);
  faults.push(...messageFaults(isSet, { production, smsUrl: smsSettings.url }));
  faults.push(
    ...headerFaults(isSet, config),
    ...phoneFaults(config, { clientOrigin, certificateOrigin: certificates.origin }),
  );
  if (production && isSet("ENUM_ID_SMS_URL"))
    required("ENUM_ID_SMS_COUNTRIES", "list the countries that codes are sent to, such as +7=300,+44=100.");
  if (isSet("ENUM_ID_SMTP_URL")) required("ENUM_ID_MAIL_FROM", "name the sender of mail, such as id@example.com.");
  return faults.length > 0 ? { ok: false, faults, about: config } : { ok: true, config };
}

/** Requests are told apart by their host alone: each name serves one thing. `clientOrigin` is the web client's, where it can be told. */
function phoneFaults(
  { formerPhoneOrigins, certificateSignIn }: Config,
  { clientOrigin, certificateOrigin }: { clientOrigin: string | undefined; certificateOrigin: string | undefined },
): string[] {
  const hostOf = (origin: string) => new URL(origin).host;
  const former = formerPhoneOrigins.map(hostOf);
  const faults: string[] = [];
  if (clientOrigin !== undefined && former.includes(hostOf(clientOrigin))) {
    faults.push(
      `ENUM_ID_PHONE_FORMER_ORIGINS has ${hostOf(clientOrigin)}, where the web client is now: name only those that it has left.`,
    );
  }
  const asking = { ENUM_ID_CERTIFICATE_SIGN_IN: certificateSignIn, ENUM_ID_CERTIFICATE_ORIGIN: certificateOrigin };
  for (const [name, origin] of Object.entries(asking)) {
    if (origin === undefined || !former.includes(hostOf(origin))) continue;
    faults.push(
      `${name} is in ENUM_ID_PHONE_FORMER_ORIGINS: browsers would ask at the web client which certificate to send; name another host.`,
    );
  }
  return faults;
}

/** Headers that say something only where a proxy sets them, and what they need of one another. */
function headerFaults(
  isSet: (name: VariableName) => boolean,
  { trustProxy, certificateSignIn, phoneOrigin }: Config,
): string[] {
  const faults: string[] = [];
  if (isSet("ENUM_ID_COUNTRY_HEADER") && !trustProxy) {
    faults.push(
      "ENUM_ID_COUNTRY_HEADER is set, but ENUM_ID_TRUST_PROXY is not true: without a proxy that sets it, every browser names its own country.",
    );
  }
  if (isSet("ENUM_ID_CERTIFICATE_HEADER") && !trustProxy) {
    faults.push(
      "ENUM_ID_CERTIFICATE_HEADER is set, but ENUM_ID_TRUST_PROXY is not true: without a proxy that sets it, everybody has the certificate that they name.",
    );
  }
  for (const name of ["VERIFIED_HEADER", "ORIGIN", "SIGN_IN"] as const) {
    if (isSet(`ENUM_ID_CERTIFICATE_${name}`) && !isSet("ENUM_ID_CERTIFICATE_HEADER"))
      faults.push(`ENUM_ID_CERTIFICATE_${name} is set, but ENUM_ID_CERTIFICATE_HEADER is not: set both, or neither.`);
  }
  if (certificateSignIn !== undefined && certificateSignIn === phoneOrigin) {
    faults.push(
      "ENUM_ID_CERTIFICATE_SIGN_IN is ENUM_ID_PHONE_ORIGIN: browsers would ask at the web client which certificate to send; name another host.",
    );
  }
  return faults;
}

/** Collects faults, so that one wrong variable does not hide the next. */
function createReader(env: Environment, files: Files) {
  const known = new Set(variables.flatMap(({ name }) => [name, `${name}_FILE`]));
  const faults = Object.keys(env)
    .filter((name) => name.startsWith("ENUM_ID_") && !known.has(name))
    .map(
      (name) => `${name} is not a variable of E-num ID: correct its name (config/example.env has all) or remove it.`,
    );
  // Set and empty counts as not set: compose files pass variables on that way.
  const raw = (name: string) => env[name]?.trim() || undefined;

  const isSet = (name: VariableName) => raw(name) !== undefined || raw(`${name}_FILE`) !== undefined;

  const text = (name: VariableName): string | undefined => {
    const direct = raw(name);
    const path = raw(`${name}_FILE`);
    if (path === undefined) return direct;
    if (direct !== undefined) faults.push(`${name} and ${name}_FILE are both set: keep one of them.`);
    try {
      const content = files.read(path).trim();
      if (content === "") faults.push(`${name}_FILE names ${path}, which is empty: write the value into it.`);
      return content || undefined;
    } catch (error) {
      faults.push(`${name}_FILE names ${path}, which cannot be read${codeInBrackets(error)}: correct it or its mode.`);
      return undefined;
    }
  };
  return {
    faults,
    /** undefined when the variable is not set; when it was refused, which is then among the faults, what was meant, if that can be told. */
    read<T>(name: VariableName, parse: (given: string) => T | Refusal<T>): T | undefined {
      const given = text(name);
      if (given === undefined) return undefined;
      const value = parse(given);
      if (!(value instanceof Refusal)) return value;
      faults.push(`${name} ${value.sentence}`);
      return value.meant;
    },
    isSet,
    required(name: VariableName, remedy: string): void {
      if (!isSet(name)) faults.push(`${name} is not set: ${remedy}`);
    },
  };
}

/** Before an https issuer something ends TLS and forwards to us; plain http is answered on the issuer's own port. */
function portOf(issuer: string): number {
  const { port, protocol } = new URL(issuer);
  if (port !== "") return Number(port);
  return protocol === "http:" ? 80 : DEFAULT_PORT;
}

function masterKeyPath(databaseUrl: string): string {
  const path = databaseUrl.startsWith("sqlite:") ? databaseUrl.slice("sqlite:".length) : "var/enum-id";
  return `${path}.master-key`;
}
