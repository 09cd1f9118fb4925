import { openScratch } from "../database/database.ts";
import type { Locale } from "../locale/locale.ts";
import type { Wmid } from "../wmid.ts";
import type { Email, Phone } from "./identifier.ts";
import type { Member, Problem } from "./import-line.ts";

/** A line of the file that could be read. */
export interface Entry {
  line: number;
  email: Email;
  phone: Phone;
  locale: Locale;
  wmids: readonly Wmid[];
}

export interface LineProblem extends Problem {
  line: number;
}

/** What one import knows of its file, in any order and size: it is on disk and not in memory. */
export interface Scratch extends AsyncDisposable {
  add(entries: readonly Entry[], problems: readonly LineProblem[]): Promise<void>;
  /** Makes a problem of each line that repeats an e-mail, a phone or a WMID of a line before it. */
  findRepeated(): Promise<void>;
  /** The next lines without a problem and not set aside, by number. */
  next(after: number, limit: number): Promise<Entry[]>;
  /** Lines that are accounts already, or that have turned out to be bad. */
  setAside(lines: readonly number[]): Promise<void>;
  /** In the file's order. */
  problems(): AsyncGenerator<LineProblem>;
  badLines(): Promise<number>;
}

const TABLES = [
  // What is lost with the process anyway needs no journal and no wait for the disk.
  "PRAGMA journal_mode = OFF",
  "PRAGMA synchronous = OFF",
  "CREATE TABLE entry (line INTEGER PRIMARY KEY, email TEXT, phone TEXT, locale TEXT, wmids TEXT, aside INTEGER)",
  "CREATE TABLE entry_wmid (wmid TEXT, line INTEGER)",
  "CREATE TABLE problem (line INTEGER, member TEXT, reason TEXT)",
  "CREATE INDEX problem_line ON problem (line)",
];
const ADD_ENTRIES = `
  INSERT INTO entry (line, email, phone, locale, wmids, aside)
  SELECT value ->> 'line', value ->> 'email', value ->> 'phone', value ->> 'locale', value -> 'wmids', 0 FROM json_each(?)`;
const ADD_WMIDS = `
  INSERT INTO entry_wmid (wmid, line)
  SELECT wmid.value, entry.value ->> 'line' FROM json_each(?) AS entry, json_each(entry.value, '$.wmids') AS wmid`;
const ADD_PROBLEMS = `
  INSERT INTO problem (line, member, reason)
  SELECT value ->> 'line', value ->> 'member', value ->> 'reason' FROM json_each(?)`;
const SET_ASIDE = "UPDATE entry SET aside = 1 WHERE line IN (SELECT value FROM json_each(?))";
const NEXT = "SELECT line, email, phone, locale, wmids FROM entry WHERE line > ? AND aside = 0 ORDER BY line LIMIT ?";
/** By pages, each beginning behind the last of the one before. */
const PROBLEMS = `
  SELECT line, member, reason, rowid AS id FROM problem WHERE (line, rowid) > (?, ?) ORDER BY line, rowid LIMIT 500`;

function repeated(table: string, value: string, member: Member): string[] {
  return [
    `CREATE INDEX ${table}_${value} ON ${table} (${value}, line)`,
    `INSERT INTO problem (line, member, reason)
     SELECT later.line, '${member}', MIN(${member === "wmids" ? "'has one that is in line '" : "'is that of line '"} || first.line || ' as well')
     FROM (SELECT ${value}, MIN(line) AS line FROM ${table} GROUP BY ${value} HAVING COUNT(*) > 1) AS first
     JOIN ${table} AS later ON later.${value} = first.${value} AND later.line > first.line
     GROUP BY later.line`,
  ];
}

const FIND_REPEATED = [
  ...repeated("entry", "email", "email"),
  ...repeated("entry", "phone", "phone"),
  ...repeated("entry_wmid", "wmid", "wmids"),
  "UPDATE entry SET aside = 1 WHERE line IN (SELECT line FROM problem)",
];

export async function createScratch(): Promise<Scratch> {
  const database = openScratch();
  for (const statement of TABLES) await database.rows(statement);
  return {
    async add(entries, problems) {
      const text = JSON.stringify(entries);
      await database.transaction(async (sql) => {
        if (entries.length > 0) await sql.rows(ADD_ENTRIES, [text]);
        if (entries.length > 0) await sql.rows(ADD_WMIDS, [text]);
        if (problems.length > 0) await sql.rows(ADD_PROBLEMS, [JSON.stringify(problems)]);
      });
    },
    async findRepeated() {
      for (const statement of FIND_REPEATED) await database.rows(statement);
    },
    async next(after, limit) {
      const rows = await database.rows<Omit<Entry, "wmids"> & { wmids: string }>(NEXT, [after, limit]);
      return rows.map((row) => ({ ...row, wmids: JSON.parse(row.wmids) }));
    },
    async setAside(lines) {
      await database.rows(SET_ASIDE, [JSON.stringify(lines)]);
    },
    async *problems() {
      for (let line = 0, id = 0, more = true; more; ) {
        const some = await database.rows<LineProblem & { id: number }>(PROBLEMS, [line, id]);
        for (const { id: _, ...problem } of some) yield problem;
        const last = some.at(-1);
        more = last !== undefined;
        if (last !== undefined) ({ line, id } = last);
      }
    },
    async badLines() {
      const row = await database.first<{ lines: number }>("SELECT COUNT(DISTINCT line) AS lines FROM problem");
      return row?.lines ?? 0;
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}
