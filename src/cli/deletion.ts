/** The operator's word on the end of an account: it is asked for or stopped here, and made by whoever runs the server. */
import { randomBytes } from "node:crypto";
import { type Account, createAccounts } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import { createAudit } from "../audit/audit.ts";
import { endAllOf } from "../challenge/store.ts";
import type { Database } from "../database/database.ts";
import { createDeletion, type Deletion } from "../deletion/deletion.ts";
import { createStopping } from "../deletion/stopping.ts";
import { holdDevices } from "../device/store.ts";
import { loadKeys } from "../keys/keys.ts";
import { readMasterKeys } from "../keys/master-key.ts";
import { createClosingDemand } from "../policy/closing.ts";
import { createDigester, createSealer } from "../secrecy.ts";
import { settled } from "../settled.ts";
import { STOP } from "../stop/stop.ts";
import { operatorNotices } from "./notices.ts";
import { operatorSessions } from "./sessions.ts";
import { fail, type Tools } from "./tools.ts";

/** Longer is no reason but a story; it is kept with the event. */
const LONGEST_REASON = 200;

export function deleteAccount(tools: Tools, words: readonly string[]): Promise<void> | undefined {
  const now = words[0] === "--now";
  const [named, reason, ...more] = now ? words.slice(1) : words;
  if (named === undefined || reason === undefined || more.length > 0) return undefined;
  if (reason.trim() === "" || reason.length > LONGEST_REASON) return wrongReason();
  return withDeletion(tools, named, async (deletion, account) => {
    if (!(await deletion.order(account, reason, now)))
      return fail(`The deletion of ${account.email} waits already: enum-id accounts keep ${account.email} stops it.`);
    const when = now ? "as soon as a server runs" : "in 14 days, unless its owner or you stop it";
    console.log(`The account ${account.email} is deleted ${when}. The server tells its owner, and sites.`);
  });
}

async function wrongReason(): Promise<void> {
  fail(`A reason is one line of 1 to ${LONGEST_REASON} characters, in quotation marks.`);
}

export function keepAccount(tools: Tools, [named, ...more]: readonly string[]): Promise<void> | undefined {
  if (named === undefined || more.length > 0) return undefined;
  return withDeletion(tools, named, async (deletion, account) => {
    if ((await deletion.stop(account.id, "operator")) === "unchanged")
      return fail(`No deletion of ${account.email} waits.`);
    console.log(`The account ${account.email} stays. The server tells its owner.`);
  });
}

function withDeletion(
  tools: Tools,
  named: string,
  work: (deletion: Deletion, account: Account) => Promise<void>,
): Promise<void> {
  return tools.withDatabase(async (database) => {
    const account = await createAccounts({ clock: Date.now, random }).named(database, named);
    if (account === undefined) return fail(`There is no account ${parseIdentifier(named)?.value ?? named}.`);
    await work(await deletionOn(tools, database), account);
  });
}

async function deletionOn(tools: Tools, database: Database): Promise<Deletion> {
  const { config, clients } = tools.settings();
  const kernel = { database, clock: Date.now, random };
  const sealer = createSealer(await readMasterKeys({ ...kernel, source: config.masterKey }), random);
  const digest = createDigester((await loadKeys({ ...kernel, sealer })).digest);
  const audit = createAudit(kernel);
  const notices = operatorNotices({ ...kernel, sealer, digest }, config);
  const demand = createClosingDemand(kernel);
  // Loaded here, since the other verbs do without the engine.
  const { OWN_TYPE } = await import("../provider/own-client.ts");
  const sessions = await operatorSessions({ ...kernel, sealer, digest, clients });
  return createDeletion({
    ...kernel,
    digest,
    audit,
    notices,
    hold: holdDevices,
    // An operator confirms nothing: what a phone says comes to the server.
    confirmed: async () => undefined,
    spend: async () => false,
    endRequests: (sql, accountId) => endAllOf(sql, accountId, undefined, Date.now()),
    goesOn: sessions.goesOn,
    endSessions: (sql, accountId, but) => sessions.endWithin(sql, accountId, "operator", but),
    demand,
    stopping: createStopping({ ...kernel, audit, notices, hold: holdDevices, demand }),
    settled,
    stopAddress: (key) => `${config.issuer}${STOP}/${key}`,
    type: OWN_TYPE,
  });
}

const random = { bytes: (length: number) => randomBytes(length) };
