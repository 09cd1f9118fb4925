/** The operator's verb that seals everything again under a new master key. */
import { randomBytes } from "node:crypto";
import { SEALED_COLUMNS } from "../app/sealed-columns.ts";
import { createAudit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { readMasterKeys } from "../keys/master-key.ts";
import { freshOfOthers, leftOf, sealAgain, type Tally, tallySealed } from "../keys/sealing.ts";
import { createSealer, masterKeyId } from "../secrecy.ts";
import { fail, type Tools, type Verb } from "./tools.ts";

export const SEAL: NonNullable<Verb["more"]>[number] = {
  words: "seal [--dry-run]",
  what: "seals everything in the database again under the first master key, while servers run, or tells only how much each master key seals",
};

export function seal(tools: Tools, [flag, ...more]: readonly string[]): Promise<void> | undefined {
  if (more.length > 0 || (flag !== undefined && flag !== "--dry-run")) return undefined;
  return tools.withDatabase(async (database) => {
    const source = tools.settings().config.masterKey;
    const keys = await readMasterKeys({ database, random, source });
    const ports = { clock: Date.now, unopened: fail };
    const told = flag === undefined ? await sealUnder(database, keys, ports) : await look(database, keys, ports);
    for (const line of told.lines) console.log(line);
    if (told.faults.length > 0) fail(...told.faults);
  });
}

interface Told {
  lines: readonly string[];
  /** Why the exit code is 1. */
  faults: readonly string[];
}

async function look(database: Database, keys: readonly Uint8Array[], { clock }: { clock: Clock }): Promise<Told> {
  const ring = ringOf(keys);
  const tally = await tallySealed({ sql: database, columns: SEALED_COLUMNS });
  const missing = [...tally.keys()].filter((key) => !ring.includes(key));
  return {
    lines: table(tally, ring),
    faults: [
      ...(missing.length > 0 ? ["Some of it is sealed under no key that is given, and could not be opened."] : []),
      ...(await stillSealing(database, ring, clock)),
    ],
  };
}

/** What cannot be opened is told at once, a line each: it may be more than fits into memory. */
export async function sealUnder(
  database: Database,
  keys: readonly Uint8Array[],
  { clock, unopened: tell }: { clock: Clock; unopened(line: string): void },
): Promise<Told> {
  const ring = ringOf(keys);
  const [first, ...others] = ring;
  const early = await stillSealing(database, ring, clock);
  if (early.length > 0) return { lines: [], faults: [...early, "Nothing was sealed again."] };
  const audit = createAudit({ clock, random });
  await audit.append(database, { type: "keys.sealing-begun", detail: { under: first } });
  const { sealed, unopened, tally } = await sealAgain({
    sql: database,
    sealer: createSealer(keys, random),
    columns: SEALED_COLUMNS,
    ring,
    unopened: ({ table: name, column }, row) => tell(`${name}.${column} of ${row} cannot be opened.`),
  });
  const left = Object.fromEntries([...tally].filter(([key]) => key !== first));
  await audit.append(database, { type: "keys.sealed", detail: { under: first, sealed, unopened, left } });
  const lines = [`Sealed again under ${first}: ${sealed}.`, ...table(tally, ring)];
  const faults = [
    ...(unopened > 0
      ? [`Values that no given key opens: ${unopened}. They are named above and stay as they are.`]
      : []),
    ...(leftOf(tally, first) > unopened ? [`A server still seals under another key. ${RESTART}`] : []),
  ];
  if (faults.length > 0 || others.length === 0) return { lines, faults };
  const then =
    `Everything is sealed under ${first}. Once no server runs that was started with another key in front, ` +
    `${others.join(", ")} may be taken out of ENUM_ID_MASTER_KEY. Back-ups from before open with it alone: keep it as long as them.`;
  return { lines: [...lines, then], faults };
}

const RESTART = "Start all servers with the same master keys as here, the new one in front, and run this again.";

async function stillSealing(database: Database, ring: Ring, clock: Clock): Promise<string[]> {
  const newest = await freshOfOthers({ sql: database, columns: SEALED_COLUMNS, ring }, clock);
  if (newest === undefined) return [];
  const seconds = Math.max(0, Math.round((clock() - newest) / 1000));
  return [
    `A server has sealed something under another key than ${ring[0]} ${seconds} seconds ago.`,
    `${RESTART} Where they have been since, wait for a minute.`,
  ];
}

type Ring = readonly [string, ...string[]];

function ringOf(keys: readonly Uint8Array[]): Ring {
  const [first, ...others] = keys.map(masterKeyId);
  if (first === undefined) throw new Error("a master key is needed");
  return [first, ...others];
}

/** A line for each key that is given or seals something. */
function table(tally: Tally, ring: Ring): string[] {
  const line = (name: string, what: string, amount = 0) => `  ${name.padEnd(10)}  ${what.padEnd(9)}  ${amount}`;
  return [
    "Values by the master key that seals them:",
    ...ring.map((key, index) => line(key, index === 0 ? "first" : "older", tally.get(key))),
    ...[...tally].filter(([key]) => !ring.includes(key)).map(([key, amount]) => line(key, "not given", amount)),
  ];
}

const random = { bytes: (length: number) => randomBytes(length) };
