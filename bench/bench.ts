/**
 * `npm run bench`: full logins over HTTP at our server, on each database, beside oidc-provider alone.
 * `--timing` measures instead whether the time of an answer tells an account from an unknown identifier, `--phones 10000` what so many
 * phones cost that wait, each request held for `--held 25` seconds, `--growth` what a million accounts and two million expired rows change.
 * Options: `--json`, `--rounds 5`, `--logins 300` (a round), `--concurrency 8`, `--tries 1000`, `--only bare,sqlite`, `--profile <folder>`,
 * `--accounts 1000000`, `--expired 2000000` and `--sweep 61` (of the grown database: its rows, and the seconds until the sweep is at work).
 */
import { parseArgs } from "node:util";
import { rounded } from "./figures.ts";
import { type Growth, runGrowth } from "./growth.ts";
import { runPhones, type Waiting } from "./phones.ts";
import { type Result, type RoundOptions, runRounds, summary } from "./rounds.ts";
import { accountsFor, runTiming, type Timing } from "./timing.ts";
import { startVariants, VARIANTS, type VariantName } from "./variants.ts";

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    timing: { type: "boolean", default: false },
    phones: { type: "string" },
    growth: { type: "boolean", default: false },
    accounts: { type: "string", default: "1000000" },
    expired: { type: "string", default: "2000000" },
    sweep: { type: "string", default: "61" },
    held: { type: "string", default: "25" },
    rounds: { type: "string", default: "5" },
    logins: { type: "string", default: "300" },
    concurrency: { type: "string", default: "8" },
    tries: { type: "string", default: "1000" },
    only: { type: "string", default: "" },
    profile: { type: "string" },
  },
});

/** So many that no account meets a limit of its own in a run. */
const ACCOUNTS = 200;

function whole(
  name: "rounds" | "logins" | "concurrency" | "tries" | "phones" | "held" | "accounts" | "expired" | "sweep",
  most: number,
): number {
  const value = Number(options[name]);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`--${name} is a number from 1 to ${most}`);
  return value;
}

function size(): RoundOptions {
  return { rounds: whole("rounds", 20), logins: whole("logins", 1_000), concurrency: whole("concurrency", 64) };
}

function chosen(all: readonly VariantName[]): VariantName[] {
  const wished = options.only === "" ? all : options.only.split(",");
  const unknown = wished.filter((name) => !all.some((variant) => variant === name));
  if (unknown.length > 0) throw new Error(`--only knows ${all.join(", ")}, and not ${unknown.join(", ")}`);
  return all.filter((name) => wished.includes(name));
}

async function bench(): Promise<void> {
  const names = chosen(VARIANTS);
  await using servers = await startVariants({ names, accounts: ACCOUNTS, profiles: options.profile });
  const rounds = await runRounds(servers.variants, size());
  const results = new Map([...rounds].map(([name, all]) => [name, summary(all)]));
  const ratio = ratios(results);
  if (options.json) {
    console.log(JSON.stringify({ ...Object.fromEntries(results), ratio }));
    return;
  }
  console.table(Object.fromEntries(results));
  for (const [name, value] of Object.entries(ratio)) console.log(`CPU per login, bare / ${name}: ${value}`);
}

/** Bare's CPU for a login divided by ours. */
function ratios(results: ReadonlyMap<VariantName, Result>): Partial<Record<VariantName, number>> {
  const bare = results.get("bare");
  const ratio: Partial<Record<VariantName, number>> = {};
  for (const name of ["sqlite", "postgres"] as const) {
    const ours = results.get(name);
    if (bare !== undefined && ours !== undefined)
      ratio[name] = rounded(bare.cpu_ms_per_login / ours.cpu_ms_per_login, 3);
  }
  return ratio;
}

async function timing(): Promise<void> {
  const tries = whole("tries", 5_000);
  const names = chosen(["sqlite", "postgres"]);
  await using servers = await startVariants({ names, accounts: accountsFor(tries), profiles: options.profile });
  const results: Partial<Record<VariantName, Timing>> = {};
  for (const variant of servers.variants) results[variant.name] = await runTiming(variant, tries);
  if (options.json) {
    console.log(JSON.stringify(results));
    return;
  }
  console.log(
    `The chance of telling an account from an unknown identifier by one answer's time, 2 × ${tries} tries; 0.5 is a coin.`,
  );
  for (const [name, { ask, answer }] of Object.entries(results))
    console.table({ [`${name}, ask`]: ask, [`${name}, answer`]: answer });
}

async function phones(): Promise<void> {
  const count = whole("phones", 15_000);
  const names = chosen(["sqlite", "postgres"]);
  await using servers = await startVariants({ names, accounts: count, profiles: options.profile });
  const results: Partial<Record<VariantName, Waiting>> = {};
  for (const variant of servers.variants) results[variant.name] = await runPhones(variant, count, whole("held", 25));
  if (options.json) console.log(JSON.stringify(results));
  else console.table(results);
}

async function growth(): Promise<void> {
  const names = chosen(["sqlite", "postgres"]);
  const filling = { accounts: whole("accounts", 2_000_000), expired: whole("expired", 4_000_000) };
  const seconds = whole("sweep", 600);
  const results: Partial<Record<VariantName, Growth>> = {};
  for (const name of names) results[name] = await runGrowth(name, filling, { ...size(), seconds });
  if (options.json) {
    console.log(JSON.stringify(results));
    return;
  }
  for (const [name, { few, many, p95_ratio: ratio }] of Object.entries(results)) {
    console.table({ [`${name}, few`]: few, [`${name}, many`]: many });
    console.log(`95 of 100 sign-ins, many / few: ${ratio}`);
  }
}

if (options.growth) await growth();
else await (options.phones === undefined ? (options.timing ? timing() : bench()) : phones());
