/** The operator's verbs about people's devices: what an account has, and the end of one that was lost. */
import { randomBytes } from "node:crypto";
import { type Account, createAccounts } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import { createAudit } from "../audit/audit.ts";
import { createChallenges } from "../challenge/challenge.ts";
import { DAY } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { createDevices } from "../device/device.ts";
import { createRevocation } from "../device/revocation.ts";
import { type DeviceLine, devicesClosed, devicesThere } from "../device/store.ts";
import { endEnrolments } from "../enrolment/store.ts";
import { loadKeys } from "../keys/keys.ts";
import { readMasterKeys } from "../keys/master-key.ts";
import { createLimits } from "../limits/limits.ts";
import { createDigester, createSealer } from "../secrecy.ts";
import { operatorNotices } from "./notices.ts";
import { fail, type Tools, type Verb } from "./tools.ts";

/** As on the account page. */
const CLOSED = 90 * DAY;

export function deviceVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "devices",
      words: "list <account> | end <account> <device id>",
      what: "lists an account's phones, or ends one that was lost, which its owner is told; an account by e-mail, WMID, phone or id",
      run: (words) => devices(tools, words),
    },
  ];
}

function devices(tools: Tools, [what, named, id, ...more]: readonly string[]): Promise<void> | undefined {
  if (named === undefined || more.length > 0) return undefined;
  if (what === "list" && id === undefined) return list(tools, named);
  return what === "end" && id !== undefined ? end(tools, named, id) : undefined;
}

function withAccount(
  { withDatabase }: Tools,
  named: string,
  work: (database: Database, account: Account) => Promise<void>,
): Promise<void> {
  return withDatabase(async (database) => {
    const account = await createAccounts(kernelOn(database)).named(database, named);
    if (account === undefined) return fail(`There is no account ${parseIdentifier(named)?.value ?? named}.`);
    await work(database, account);
  });
}

function list(tools: Tools, named: string): Promise<void> {
  return withAccount(tools, named, async (database, account) => {
    const lines = [
      ...(await devicesThere(database, account.id, 0)),
      ...(await devicesClosed(database, account.id, Date.now() - CLOSED)),
    ];
    if (lines.length === 0) console.log(`${account.email} has no phone.`);
    for (const line of lines) console.log(described(line));
  });
}

function described({ id, name, platform, status, usedAt, endedAt, endedBy }: DeviceLine): string {
  const time = (at: number | undefined) => (at === undefined ? "never" : new Date(at).toISOString());
  const last = status === "revoked" ? `ended ${time(endedAt)} by ${endedBy ?? "?"}` : `used ${time(usedAt)}`;
  return [id, status.padEnd(7), platform.padEnd(7), last, name].join("  ");
}

/** The server, which may run meanwhile, sends the messages and wakes the phone that waits. */
function end(tools: Tools, named: string, id: string): Promise<void> {
  return withAccount(tools, named, async (database, account) => {
    const { config } = tools.settings();
    const kernel = kernelOn(database);
    const sealer = createSealer(await readMasterKeys({ ...kernel, source: config.masterKey }), kernel.random);
    const digest = createDigester((await loadKeys({ ...kernel, sealer })).digest);
    const shared = { ...kernel, sealer, digest };
    const stored = createDevices(shared);
    const nothing = () => undefined;
    const challenges = createChallenges({
      ...shared,
      limits: createLimits(kernel),
      padsOf: stored.padsOf,
      padsAlong: stored.padsAlong,
      changed: nothing,
      announce: nothing,
      adopt: async () => false,
    });
    const told = { audit: createAudit(kernel), notices: operatorNotices(shared, config) };
    const revoke = createRevocation({ ...told, devices: stored, challenges, endEnrolments, changed: nothing });
    const ended = await database.transaction((sql) => revoke(sql, { id, accountId: account.id }, { by: "operator" }));
    if (!ended) return fail(`${account.email} has no phone ${id} that could be ended: see enum-id devices list.`);
    console.log(`The phone ${id} of ${account.email} was ended. The server tells its owner.`);
  });
}

function kernelOn(database: Database) {
  return { database, clock: Date.now, random: { bytes: (length: number) => randomBytes(length) } };
}
