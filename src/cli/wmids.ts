/** The operator's verbs about people's WMIDs: which an account has, another one, and the end of one. */
import { randomBytes } from "node:crypto";
import { type Account, createAccounts } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import { createAudit } from "../audit/audit.ts";
import type { ByOperator } from "../audit/events.ts";
import { forgetBrowsers } from "../authentication/browsers.ts";
import { createRevocation } from "../certificate/revocation.ts";
import { holdAccount } from "../certificate/store.ts";
import { DAY } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { parseText } from "../e-num/text.ts";
import { createJoining, createParting } from "../joining/joining.ts";
import { loadKeys } from "../keys/keys.ts";
import { readMasterKeys } from "../keys/master-key.ts";
import { CERTIFICATE } from "../provider/assurance.ts";
import type { Sessions } from "../provider/sessions.ts";
import { createDigester, createSealer } from "../secrecy.ts";
import { settled } from "../settled.ts";
import { endKept } from "../storage/store.ts";
import { parseWmid, type Wmid } from "../wmid.ts";
import { operatorNotices } from "./notices.ts";
import { operatorSessions } from "./sessions.ts";
import { fail, type Tools, type Verb } from "./tools.ts";

/** As long as keys that were moved out: in this time a mistake can be mended by adding the WMID again. */
const KEPT_FOR = 7 * DAY;

export function wmidVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "wmids",
      words: "list|add|remove <account> [<WMID> --by=<you> --reason=<why>]",
      what: "lists an account's WMIDs, adds one, or removes one with its certificates, which its owner is told; an account by e-mail, WMID, phone or id",
      run: (words) => wmids(tools, words),
    },
  ];
}

function wmids(tools: Tools, given: readonly string[]): Promise<void> | undefined {
  const flags = new Map(given.filter((word) => word.startsWith("--")).map(flagOf));
  const [what, named, typed, ...more] = given.filter((word) => !word.startsWith("--"));
  if (named === undefined || more.length > 0) return undefined;
  if (what === "list" && typed === undefined && flags.size === 0) return list(tools, named);
  if ((what !== "add" && what !== "remove") || typed === undefined) return undefined;
  const { by: name, reason } = Object.fromEntries(flags);
  if (name === undefined || reason === undefined || flags.size > 2) return undefined;
  return change(tools, what, { named, typed, operator: { name, reason } });
}

function flagOf(word: string): [string, string] {
  const [name = "", ...value] = word.slice(2).split("=");
  return [name, value.join("=").trim()];
}

function withAccount(
  { withDatabase }: Tools,
  named: string,
  work: (database: Database, account: Account) => Promise<void>,
): Promise<void> {
  return withDatabase(async (database) => {
    const account = await createAccounts({ clock: Date.now, random }).named(database, named);
    if (account === undefined) return fail(`There is no account ${parseIdentifier(named)?.value ?? named}.`);
    await work(database, account);
  });
}

function list(tools: Tools, named: string): Promise<void> {
  return withAccount(tools, named, async (database, { id, email }) => {
    const all = await createAccounts({ clock: Date.now, random }).wmids(database, id);
    if (all.length === 0) console.log(`${email} has no WMID.`);
    for (const wmid of all) console.log(wmid);
  });
}

interface Change {
  named: string;
  typed: string;
  operator: ByOperator;
}

async function change(tools: Tools, what: "add" | "remove", { named, typed, operator }: Change): Promise<void> {
  const wmid = parseWmid(typed);
  if (wmid === undefined) return fail(`${typed} is no WMID: it has 12 digits.`);
  for (const [flag, text] of [
    ["by", operator.name],
    ["reason", operator.reason],
  ] as const)
    if (text === "" || !parseText(text).ok)
      return fail(`--${flag} is one line of 1 to 140 visible characters: it is kept with the change.`);
  return withAccount(tools, named, async (database, account) => {
    const { config, clients } = tools.settings();
    const kernel = { database, clock: Date.now, random };
    const sealer = createSealer(await readMasterKeys({ ...kernel, source: config.masterKey }), random);
    const digest = createDigester((await loadKeys({ ...kernel, sealer })).digest);
    const notices = operatorNotices({ ...kernel, sealer, digest }, config);
    const shared = { ...kernel, accounts: createAccounts(kernel), audit: createAudit(kernel), notices };
    if (what === "add") return add(shared, account, wmid, operator);
    const sessions = await operatorSessions({ ...kernel, sealer, digest, clients });
    await remove({ ...shared, sessions }, account, wmid, operator);
  });
}

type Shared = Parameters<typeof createJoining>[0] &
  Omit<Parameters<typeof createRevocation>[0], "forgetBrowsers"> & {
    accounts: ReturnType<typeof createAccounts>;
  };

async function add(shared: Shared, account: Account, wmid: Wmid, operator: ByOperator): Promise<void> {
  switch (await createJoining(shared).join(account, wmid, { operator })) {
    case "added":
      console.log(`The WMID ${wmid} was added to ${account.email}. The server tells its owner.`);
      return;
    case "there":
      console.log(`${account.email} has the WMID ${wmid} already: nothing was changed.`);
      return;
    case "taken": {
      const owner = await shared.accounts.named(shared.database, wmid);
      fail(`The WMID ${wmid} belongs to another account${owner === undefined ? "" : `, ${owner.id}`}.`);
    }
  }
}

async function remove(
  shared: Shared & { sessions: Pick<Sessions, "endOpenedBy"> },
  account: Account,
  wmid: Wmid,
  operator: ByOperator,
): Promise<void> {
  const certificates = createRevocation({ ...shared, forgetBrowsers });
  const endOpened = (sql: Sql) => shared.sessions.endOpenedBy(sql, account.id, "operator", CERTIFICATE);
  const parted = await createParting({
    ...shared,
    hold: holdAccount,
    async revokeCertificates(sql, accountId, one) {
      const revoked = await certificates.endAll(sql, accountId, "operator", one);
      if (revoked > 0) await endOpened(sql);
      return revoked;
    },
    endKeys: (sql, accountId, one) => endKept(sql, accountId, one, Date.now() + KEPT_FOR),
  }).part(account, wmid, operator);
  if (parted === undefined) return fail(`${account.email} has no WMID ${wmid}: see enum-id wmids list.`);
  const { certificates: revoked, keysUntil } = parted;
  console.log(`The WMID ${wmid} was removed from ${account.email}. The server tells its owner.`);
  if (revoked > 0) {
    // A request that was in flight has saved its session again by then.
    await settled();
    await shared.database.transaction(endOpened);
    console.log(`Certificates that were revoked: ${revoked}. The sessions that certificates have opened are ended.`);
  }
  if (keysUntil !== undefined) console.log(`Its keys in E-num Storage go at ${new Date(keysUntil).toISOString()}.`);
}

const random = { bytes: (length: number) => randomBytes(length) };
