/** The operator's verbs about people who have lost phone, e-mail and number: their cases, what is known of them, and the word on each. */
import { randomBytes } from "node:crypto";
import { createAccounts } from "../account/account.ts";
import { emailHint, phoneHint } from "../account/identifier.ts";
import { createAudit } from "../audit/audit.ts";
import { DAY } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { connectedSince, devicesThere, holdDevices } from "../device/store.ts";
import { loadKeys } from "../keys/keys.ts";
import { readMasterKeys } from "../keys/master-key.ts";
import { createThrottle } from "../limits/throttle.ts";
import { createRecoveryDemand } from "../policy/recovering.ts";
import type { CaseRow } from "../recovery/case-store.ts";
import { createDeciding, type Deciding, type Refused } from "../recovery/deciding.ts";
import { codesLeft } from "../recovery/store.ts";
import { createWaits } from "../recovery/waits.ts";
import { createDigester, createSealer } from "../secrecy.ts";
import { operatorNotices } from "./notices.ts";
import { fail, type Tools, type Verb } from "./tools.ts";

/** What a person does with an account beside using it: an operator sees whether somebody has been at work. */
const TELLING = "type LIKE 'recovery.%' OR type LIKE 'contact.%' OR type LIKE 'device.%' OR type LIKE 'passkey.%'";
const LONGEST = 200;
/** Of a case that is refused. */
const CAME_OF_IT: Record<Refused, string> = {
  refused: "",
  stopped: "What waited of it is stopped.",
  over: "Nothing of it waited any more: its events in enum-id recovery show tell whether the account was recovered by it.",
};

export function recoveryVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "recovery",
      words: "list | show <case> | allow <case> <your name> <reason> | refuse <case> <your name> <reason>",
      what: "lists the cases of people who have lost phone, e-mail and number, shows what is known of one, lets it recover the account in 48 hours, or refuses it",
      run: (words) => recovery(tools, words),
    },
  ];
}

function recovery(tools: Tools, [what, named, ...more]: readonly string[]): Promise<void> | undefined {
  if (what === "list") return named === undefined ? list(tools) : undefined;
  if (named === undefined) return undefined;
  if (what === "show") return more.length === 0 ? show(tools, named) : undefined;
  const [operator, why, ...others] = more;
  if ((what !== "allow" && what !== "refuse") || operator === undefined || why === undefined || others.length > 0)
    return undefined;
  return decide(tools, what, named, { operator, why });
}

function withCases(tools: Tools, work: (deciding: Deciding, database: Database) => Promise<void>): Promise<void> {
  return tools.withDatabase(async (database) => {
    const { config } = tools.settings();
    const kernel = { database, clock: Date.now, random };
    const sealer = createSealer(await readMasterKeys({ ...kernel, source: config.masterKey }), random);
    const digest = createDigester((await loadKeys({ ...kernel, sealer })).digest);
    const notices = operatorNotices({ ...kernel, sealer, digest }, config);
    const shared = { ...kernel, digest, notices, accounts: createAccounts(kernel), audit: createAudit(kernel) };
    const waits = createWaits({
      ...shared,
      throttle: createThrottle(kernel),
      demand: createRecoveryDemand(kernel),
      connectedSince,
      stopAddress: (key) => `${config.issuer}/stop/${key}`,
      onAway: () => undefined,
    });
    await work(createDeciding({ ...shared, waits, hold: holdDevices }), database);
  });
}

function list(tools: Tools): Promise<void> {
  return withCases(tools, async (deciding) => {
    const rows = await deciding.list();
    if (rows.length === 0) console.log("There is no case.");
    for (const row of rows) console.log(lineOf(row));
  });
}

function lineOf(row: CaseRow): string {
  const { created_at: at, status, account_id: accountId, decided_by: by } = row;
  const whose = accountId === null ? "no such account" : accountId;
  const decided = by === null ? [] : [`by ${by}`];
  return [inFours(row.id), time(at), status.padEnd(7), hintOf(row), whose, ...decided].join("  ");
}

function show(tools: Tools, reference: string): Promise<void> {
  return withCases(tools, async (deciding, database) => {
    const row = await deciding.one(reference);
    if (row === undefined) return unknown(reference);
    console.log(lineOf(row));
    if (row.decided_why !== null) console.log(`  ${row.status} ${time(row.decided_at ?? 0)}: ${row.decided_why}`);
    if (row.account_id === null)
      return console.log("  What was typed is no account's: whoever opened it is told nothing of that.");
    for (const line of await known(database, row.account_id)) console.log(`  ${line}`);
  });
}

/** What an operator may ask the person about, or compare with a paper; none of it is whole. */
async function known(database: Database, accountId: string): Promise<string[]> {
  const accounts = createAccounts({ clock: Date.now, random });
  const account = await accounts.byId(database, accountId);
  if (account === undefined) return ["The account is no more."];
  const wmids = await accounts.wmids(database, accountId);
  const phones = await devicesThere(database, accountId, Date.now());
  const codes = await codesLeft(database, accountId);
  const events = await database.rows<{ type: string; at: number }>(
    `SELECT type, at FROM event WHERE account_id = ? AND at > ? AND (${TELLING}) ORDER BY at, id LIMIT 100`,
    [accountId, Date.now() - 90 * DAY],
  );
  return [
    `opened ${time(account.createdAt)}${account.importedAt === undefined ? "" : ", imported"}`,
    `e-mail ${emailHint(account.email)}, phone number ${phoneHint(account.phone)}`,
    `WMIDs ${wmids.length === 0 ? "none" : wmids.map(wmidHint).join(", ")}`,
    ...phones.map(({ name, usedAt }) => `phone "${name}", used last ${usedAt === undefined ? "never" : time(usedAt)}`),
    `recovery codes left: ${codes?.left ?? 0}`,
    ...events.map(({ type, at }) => `${time(at)} ${type}`),
  ];
}

function decide(
  tools: Tools,
  what: "allow" | "refuse",
  reference: string,
  typed: { operator: string; why: string },
): Promise<void> {
  const word = { operator: typed.operator.trim(), why: typed.why.trim() };
  return withCases(tools, async (deciding) => {
    if (![word.operator, word.why].every(isLine))
      return fail(`Your name and the reason are one line each, of 1 to ${LONGEST} characters.`);
    if (what === "refuse") {
      const refused = await deciding.refuse(reference, word);
      if (refused === undefined) return unknown(reference);
      return console.log(`The case ${reference} is refused. ${CAME_OF_IT[refused]}`.trimEnd());
    }
    const allowed = await deciding.allow(reference, word);
    switch (allowed.kind) {
      case "allowed":
        console.log(`The case ${reference} is allowed: from ${time(allowed.due)} on the account can be recovered.`);
        return console.log("The server tells all that can be reached, with a link that stops it.");
      case "unknown":
        return unknown(reference);
      case "decided":
        return fail(`The case ${reference} was decided before: see enum-id recovery show ${reference}.`);
      case "nobody":
        return fail(`The case ${reference} is of no account: refuse it.`);
      case "other-waits":
        return fail("Another case of this account was allowed and waits: see enum-id recovery list.");
      default:
        return allowed satisfies never;
    }
  });
}

function unknown(reference: string): void {
  fail(`There is no case ${reference} to be decided: see enum-id recovery list.`);
}

function hintOf({ kind, value }: Pick<CaseRow, "kind" | "value">): string {
  return kind === "email" ? emailHint(value) : `${value.slice(0, 3)}•••••${value.slice(-2)}`;
}

const wmidHint = (wmid: string) => `${wmid.slice(0, 3)}•••••••${wmid.slice(-2)}`;
const inFours = (id: string) => id.replace(/.{4}(?=.)/g, "$&-");
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const isLine = (text: string) => text.length >= 1 && text.length <= LONGEST && !/[\u0000-\u001f\u007f]/.test(text);

function time(at: number): string {
  return new Date(at).toISOString();
}

const random = { bytes: (length: number) => randomBytes(length) };
