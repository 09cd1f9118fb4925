/**
 * Owns the operator's verbs. Each does one thing, says it in a line or a few, and ends with exit code 0, or 1 and a sentence.
 * Control enters by `main` from bin/enum-id.mjs.
 */

import type { Config } from "../config/config.ts";
import type { SmsGateway } from "../config/sms.ts";
import { type ReceiptRefusal, verifyReceipt } from "../confirmation/receipt.ts";
import { type Database, openDatabase } from "../database/database.ts";
import { readConfirmationSet } from "../keys/keys.ts";
import { databaseName, reached, readSettings, run, type Settings, StartError } from "../main.ts";
import { masterKeyId } from "../secrecy.ts";
import { accountVerbs } from "./accounts.ts";
import { certificateVerbs } from "./certificates.ts";
import { deviceVerbs } from "./devices.ts";
import { keyVerbs } from "./keys.ts";
import { messageVerbs } from "./messages.ts";
import { policyVerbs } from "./policy.ts";
import { recoveryVerbs } from "./recovery.ts";
import { sessionVerbs } from "./sessions.ts";
import { fail, none, readText, type Verb } from "./tools.ts";
import { wmidVerbs } from "./wmids.ts";

const tools = { settings, withDatabase };

const verbs: readonly Verb[] = [
  {
    verb: "start",
    words: "",
    what: "starts the server and runs until SIGTERM or SIGINT",
    run: none(() => run(process.env)),
  },
  {
    verb: "check-config",
    words: "",
    what: "tells all faults of environment and clients file, or what a start would do; starts and writes nothing",
    run: none(checkConfig),
  },
  {
    verb: "migrate",
    words: "[up|down]",
    what: "brings the database to the newest version, or one step down",
    run: migrate,
  },
  ...keyVerbs(tools),
  ...sessionVerbs(tools),
  ...accountVerbs(tools),
  ...messageVerbs(tools),
  ...deviceVerbs(tools),
  ...recoveryVerbs(tools),
  ...certificateVerbs(tools),
  ...wmidVerbs(tools),
  {
    verb: "receipt",
    words: "verify <file>",
    what: "tells whether a receipt is genuine, and what it says",
    run: receipt,
  },
  ...policyVerbs(tools),
  { verb: "help", words: "", what: "shows this list", run: none(help) },
];

/** Runs one verb; `process.exitCode` is 1 when it failed. */
export async function main(args: readonly string[]): Promise<void> {
  const [given = "help", ...words] = args;
  const name = given === "--help" || given === "-h" || words.includes("--help") ? "help" : given;
  const verb = verbs.find((one) => one.verb === name);
  if (verb === undefined) return fail(`enum-id does not know "${name}"; it knows:`, ...list());
  try {
    const done = verb.run(name === "help" ? [] : words);
    if (done === undefined)
      return fail(
        `Write: enum-id ${verb.verb} ${[verb, ...(verb.more ?? [])].map(({ words }) => words).join(" | ")}`.trim(),
      );
    await done;
  } catch (error) {
    if (error instanceof StartError) return fail(...error.lines);
    fail(
      `enum-id ${verb.verb} failed: ${error instanceof Error ? error.message.replace(/\s+/g, " ") : "unknown error"}`,
    );
  }
}

function list(): string[] {
  const lines = verbs.flatMap(({ verb, words, what, more = [] }) => [
    { verb, words, what },
    ...more.map((one) => ({ verb, ...one })),
  ]);
  return lines.flatMap(({ verb, words, what }) => [
    ...filled(`${verb} ${words}`.trim().split(/ (?=\|)/), "  ", "    "),
    ...filled(what.split(" "), "      "),
  ]);
}

/** As wide as any terminal. */
const WIDTH = 80;

/** Lines of as many pieces as fit into each. */
function filled(pieces: readonly string[], first: string, further = first): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const longer = `${lines.at(-1)} ${piece}`;
    if (lines.length === 0) lines.push(`${first}${piece}`);
    else if (longer.length <= WIDTH) lines.splice(-1, 1, longer);
    else lines.push(`${further}${piece}`);
  }
  return lines;
}

async function help(): Promise<void> {
  console.log(["enum-id <verb>: an OpenID Connect provider that signs people in with E-num.", ...list()].join("\n"));
  console.log("Settings come from the environment: config/example.env explains each.");
}

function settings(): Settings {
  const read = readSettings(process.env);
  if (!read.ok) throw new StartError(read.faults);
  return read;
}

async function checkConfig(): Promise<void> {
  const { config, clients } = settings();
  const { database, masterKey, mail } = config;
  const unset = config.production ? "not sent" : "shown on the outbox page";
  const lines = [
    "The configuration is fine. A start would be:",
    `  mode          ${config.production ? "production" : "development"}`,
    `  issuer        ${config.issuer}, listening on ${config.host} port ${config.port}`,
    `  web client    ${config.phoneOrigin ?? config.issuer}/phone${formerly(config.formerPhoneOrigins)}`,
    `  proxy         X-Forwarded-* is ${config.trustProxy ? "trusted" : "ignored"}`,
    `  database      ${databaseName(database.url)}`,
    `  master key    ${masterKey.kind === "file" ? `in ${masterKey.path}, made at the first start` : masterKey.keys.map(masterKeyId).join(", ")}`,
    `  clients       ${clients.map(({ client_id }) => client_id).join(", ") || "none"} (${config.clients})`,
    `  mail          ${mail === undefined ? unset : `from ${mail.from} by ${new URL(mail.smtpUrl).host}`}`,
    `  SMS           ${config.sms === undefined ? unset : smsLine(config.sms)}`,
    `  registration  ${config.registration}`,
    `  metrics       ${config.metrics === undefined ? "off" : `on ${config.metrics.host} port ${config.metrics.port}`}`,
  ];
  console.log(lines.join("\n"));
}

function formerly(origins: readonly string[]): string {
  return origins.length === 0 ? "" : `, before at ${origins.join(", ")}`;
}

function smsLine(sms: SmsGateway): string {
  const from = sms.from === undefined ? "" : `from ${sms.from} `;
  const { host } = new URL(sms.profile === "kannel" ? sms.url : sms.request.url.replaceAll(/[{}]/g, ""));
  return `${from}by ${host}${sms.profile === "kannel" ? ", which is Kannel" : ""}`;
}

function migrate(words: readonly string[]): Promise<void> | undefined {
  const [direction = "up", ...more] = words;
  if (more.length > 0 || (direction !== "up" && direction !== "down")) return undefined;
  return withOpened(async (database, config) => {
    const { applied } = await reached(config, () => database.migrate(direction === "up" ? "latest" : "down"));
    if (applied.length === 0) console.log("There is nothing to migrate.");
    for (const name of applied) console.log(`${direction === "up" ? "applied" : "undone"} ${name}`);
  });
}

function receipt([what, file, ...more]: readonly string[]): Promise<void> | undefined {
  return what !== "verify" || file === undefined || more.length > 0 ? undefined : verifyReceiptFile(file);
}

async function verifyReceiptFile(file: string): Promise<void> {
  const text = readText(file);
  const { issuer } = settings().config;
  await withDatabase(async (database) => {
    const verified = await verifyReceipt(text, { issuer, set: await readConfirmationSet(database, Date.now()) });
    if (!verified.ok) return fail(`${file} is no genuine receipt of ${issuer}: ${REFUSALS[verified.reason]}.`);
    const { claims } = verified;
    const by =
      claims.binding.signature === undefined ? "the provider says so" : "signed by the person's device as well";
    console.log(`A genuine receipt of ${issuer}: ${by}.`);
    console.log(JSON.stringify(claims, undefined, 2));
  });
}

const REFUSALS: Record<ReceiptRefusal, string> = {
  "not-a-receipt": "it is not a receipt, or not a whole one",
  "wrong-type": "it is a token of another kind",
  "other-issuer": "another provider issued it",
  "bad-signature": "its signature does not hold, so it was changed or made by somebody else",
};

/** With all its tables. */
function withDatabase(work: (database: Database) => Promise<void>): Promise<void> {
  return withOpened(async (database, config) => {
    // Under the lock, since a migration may be going on; and its own connection tells at once why there is none.
    const missing = await reached(config, () => database.alone(() => database.pending()));
    if (missing.length > 0)
      return fail(`The database ${databaseName(config.database.url)} lacks migrations: run enum-id migrate first.`);
    await work(database);
  });
}

async function withOpened(work: (database: Database, config: Config) => Promise<void>): Promise<void> {
  const { config } = settings();
  // As the server does: a verb may be the first to make the database's file.
  process.umask(0o077);
  const database = await reached(config, () => openDatabase(config.database));
  try {
    await work(database, config);
  } finally {
    await database.close();
  }
}
