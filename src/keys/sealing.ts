/**
 * Seals everything again under the first master key, while servers run. What a server writes meanwhile stays: a value is replaced only where it
 * still is the one that was opened. The database is left to others after each batch, as the sweep does.
 */
import { setTimeout as delay } from "node:timers/promises";
import { type Clock, MINUTE, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { placeIn, type SealedColumn, type Sealer } from "../secrecy.ts";

export interface SealingPorts {
  sql: Sql;
  sealer: Sealer;
  columns: readonly SealedColumn[];
  /** Ids of the master keys that `sealer` has, in its order. */
  ring: readonly [string, ...string[]];
  /** A value that stays as it is, since none of the keys opens it; told once. */
  unopened(column: SealedColumn, row: string): void;
}

export interface Sealing {
  /** How many were sealed again. */
  sealed: number;
  /** How many nothing opens. */
  unopened: number;
  /** What is there now. */
  tally: Tally;
}

/** How many values each master key seals, by its id; under `UNSEALED` those that are no sealed values at all. */
export type Tally = ReadonlyMap<string, number>;
const UNSEALED = "none";

/** Each is a statement of its own: a server waits for some milliseconds of writing, and for no reckoning. */
const BATCH = 50;
/** Of what is only counted. */
const PAGE = 1000;
/** As the sweep: the longest that the database is left to others. */
const PAUSE: Millis = 20;
/**
 * A pad that was renewed meanwhile has gone from a column that was not sealed again yet into one that was, which the second round finds. What a
 * third would find comes from a server that seals under an older key.
 */
const ROUNDS = 3;
/** A busy server seals many values in it. */
const FRESH: Millis = MINUTE;

/** All columns, in rounds, until no other of the keys seals anything that can be opened. */
export async function sealAgain(ports: SealingPorts): Promise<Sealing> {
  let sealed = 0;
  let unopened = 0;
  for (let round = 1; ; round += 1) {
    unopened = 0;
    for (const column of ports.columns) {
      const done = await sealColumn(round === 1 ? ports : { ...ports, unopened: () => undefined }, column);
      sealed += done.sealed;
      unopened += done.unopened;
    }
    const tally = await tallySealed(ports);
    if (leftOf(tally, ports.ring[0]) <= unopened || round === ROUNDS) return { sealed, unopened, tally };
  }
}

/** How many values are not sealed under this key. */
export function leftOf(tally: Tally, first: string): number {
  return [...tally].reduce((sum, [key, values]) => (key === first ? sum : sum + values), 0);
}

/** By small pages as well: SQLite would group all values of a table in memory. */
export async function tallySealed({ sql, columns }: Pick<SealingPorts, "sql" | "columns">): Promise<Tally> {
  const tally = new Map<string, number>();
  for (const column of columns) {
    const read = nextOf(column, {
      values: `CASE WHEN ${column.column} LIKE '1.________.%' THEN substr(${column.column}, 3, 8) ELSE '${UNSEALED}' END AS sealed_under`,
      condition: `${column.column} <> ''`,
    });
    for await (const rows of pagesOf(sql, column, read, { bindings: [], size: PAGE }))
      for (const { sealed_under: key = UNSEALED } of rows) tally.set(key, (tally.get(key) ?? 0) + 1);
  }
  return tally;
}

/**
 * When something was last sealed under another key than the first, if that was a moment ago: then a server runs that would go on doing so, and
 * that perhaps could not open what is sealed under the first.
 */
export async function freshOfOthers(
  { sql, columns, ring }: Pick<SealingPorts, "sql" | "columns" | "ring">,
  clock: Clock,
): Promise<Millis | undefined> {
  let newest: Millis | undefined;
  for (const { table, column, at } of columns) {
    if (at === undefined) continue;
    const statement = `SELECT MAX(${at}) AS newest FROM ${table} WHERE ${notUnder(column)} AND ${at} > ?`;
    const found = await sql.first<{ newest: Millis | null }>(statement, [prefixOf(ring), clock() - FRESH]);
    newest = Math.max(newest ?? 0, found?.newest ?? 0) || undefined;
  }
  return newest;
}

async function sealColumn(ports: SealingPorts, column: SealedColumn): Promise<Omit<Sealing, "tally">> {
  const { sql, sealer } = ports;
  const read = nextOf(column, { values: `${column.column} AS sealed_value`, condition: notUnder(column.column) });
  let sealed = 0;
  let unopened = 0;
  for await (const rows of pagesOf(sql, column, read, { bindings: [prefixOf(ports.ring)], size: BATCH })) {
    const begun = performance.now();
    const changes: string[][] = [];
    for (const row of rows) {
      const { sealed_value: before = "" } = row;
      const place = placeIn(column, ...column.row.map((name) => row[name] ?? ""));
      try {
        changes.push([...keyOf(column, row), before, sealer.seal(sealer.open(before, place), place)]);
      } catch {
        unopened += 1;
        ports.unopened(column, keyOf(column, row).join(":"));
      }
    }
    if (changes.length > 0) sealed += (await sql.rows(replace(column, changes.length), changes.flat())).length;
    await delay(Math.min(performance.now() - begun, PAUSE));
  }
  return { sealed, unopened };
}

type Row = Readonly<Record<string, string>>;

function keyOf({ key }: SealedColumn, row: Row): string[] {
  return key.map((name) => row[name] ?? "");
}

async function* pagesOf(
  sql: Sql,
  column: SealedColumn,
  read: string,
  { bindings, size }: { bindings: readonly string[]; size: number },
): AsyncGenerator<Row[]> {
  let after = column.key.map(() => "");
  for (;;) {
    const rows = await sql.rows<Row>(read, [...bindings, ...after, size]);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = keyOf(column, last);
  }
}

function prefixOf([first]: SealingPorts["ring"]): string {
  return `1.${first}.`;
}

function notUnder(column: string): string {
  return `${column} <> '' AND substr(${column}, 1, 11) <> ?`;
}

/** In the order of the primary key, after the last one that was read. */
function nextOf(
  { table, key, row }: SealedColumn,
  { values, condition }: { values: string; condition: string },
): string {
  const names = [...new Set([...key, ...row])].join(", ");
  const order = key.join(", ");
  return `
    SELECT ${names}, ${values} FROM ${table}
    WHERE ${condition} AND (${order}) > (${key.map(() => "?").join(", ")}) ORDER BY ${order} LIMIT ?`;
}

/** `rows`: the values of its key, what it held, and what it is to hold. */
function replace({ table, column, key }: SealedColumn, rows: number): string {
  const values = `(${"?, ".repeat(key.length)}?, ?)`;
  const before = key.length + 1;
  const same = [...key, column].map((name, index) => `${table}.${name} = again.column${index + 1}`);
  return `
    UPDATE ${table} SET ${column} = again.column${before + 1}
    FROM (VALUES ${Array.from({ length: rows }, () => values).join(", ")}) AS again
    WHERE ${same.join(" AND ")} RETURNING 1 AS done`;
}
