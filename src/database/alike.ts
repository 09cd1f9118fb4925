/**
 * One call to SQLite for what many callers ask in the same words: a compound of as many copies of the statement, each with bindings of its
 * own, whose rows say by whom they were asked for (decision 0083).
 */
import type { Binding } from "./database.ts";
import type { Text } from "./drivers.ts";

export interface Alike<Connection> {
  /** The rows of each, in the order of asking; undefined where they are to be asked one by one, as whoever calls then does. */
  send<Row>(connection: Connection, text: Text, asked: readonly (readonly Binding[])[]): Promise<Row[][] | undefined>;
  forget(connection: Connection): Promise<void>;
}

export interface AlikePorts<Connection, Statement> {
  prepare(connection: Connection, text: string): Promise<Statement>;
  all<Row>(statement: Statement, bindings: readonly Binding[]): Promise<Row[]>;
  finalize(statement: Statement): Promise<void>;
}

/** Bounds the text of a compound, and how many are kept of each statement. */
export const MOST_ALIKE = 8;

/** Of a connection: some ten statements are asked often enough to be asked at once, each for two callers and for up to eight. */
const KEPT = 200;

/** By whom a row was asked for. The last column: V8 takes the last property off an object without making it a slow one. */
const TURN = "asked_in_turn";

interface Compounds<Statement> {
  /** By the name of their text and how many ask. */
  made: Map<string, Statement>;
  /** The names of texts that are asked one by one. */
  apart: Set<string>;
}

export function createAlike<Connection extends object, Statement>(
  ports: AlikePorts<Connection, Statement>,
): Alike<Connection> {
  const known = new WeakMap<Connection, Compounds<Statement>>();

  const compoundsOf = (connection: Connection): Compounds<Statement> => {
    const compounds = known.get(connection) ?? { made: new Map(), apart: new Set() };
    known.set(connection, compounds);
    return compounds;
  };

  const compoundFor = async (connection: Connection, key: string, text: () => string) => {
    const { made } = compoundsOf(connection);
    const found = made.get(key);
    if (found !== undefined || made.size >= KEPT) return found;
    const compound = await ports.prepare(connection, text());
    made.set(key, compound);
    return compound;
  };

  return {
    async send<Row>(connection: Connection, { name, sql, places }: Text, asked: readonly (readonly Binding[])[]) {
      // What is not kept is not repeated; and what is bound wrongly is to be told by itself.
      if (name === undefined || asked.some((bindings) => bindings.length !== places)) return undefined;
      const { apart } = compoundsOf(connection);
      if (apart.has(name)) return undefined;
      if (!canBeCompound(sql)) {
        apart.add(name);
        return undefined;
      }
      try {
        const compound = await compoundFor(connection, `${name} ${asked.length}`, () => compoundOf(sql, asked.length));
        if (compound === undefined) return undefined;
        const rows = await ports.all<Row & { [TURN]?: number }>(compound, asked.flat());
        if (hasRenamed(rows[0])) {
          apart.add(name);
          return undefined;
        }
        const rowsOf = asked.map((): Row[] => []);
        for (const row of rows) {
          rowsOf[row[TURN] ?? 0]?.push(row);
          delete row[TURN];
        }
        return rowsOf;
      } catch {
        // What is wrong, with the table or with what one of them has bound, is said by the same, one by one.
        return undefined;
      }
    },
    async forget(connection) {
      const { made } = compoundsOf(connection);
      known.delete(connection);
      for (const statement of made.values()) await ports.finalize(statement);
    },
  };
}

/** `sql` as many times as it is asked. */
export function compoundOf(sql: string, count: number): string {
  const copies = Array.from({ length: count }, (_, turn) => `SELECT one.*, ${turn} AS ${TURN} FROM (${sql}\n) AS one`);
  return copies.join(" UNION ALL ");
}

/** A compound promises no order of rows. (A statement that selects `rowid` itself, or a column with the name of ours, is none of ours.) */
function canBeCompound(sql: string): boolean {
  let outer = sql.replace(/'[^']*'/g, "");
  for (let before = ""; before !== outer; ) {
    before = outer;
    outer = before.replace(/\([^()]*\)/g, "");
  }
  return /^\s*SELECT\b/i.test(outer) && !/\bORDER\s+BY\b/i.test(outer);
}

/** Two columns of one name are one property of a row, the last; in a compound the second has a name with a colon. */
function hasRenamed(row: object | undefined): boolean {
  return row !== undefined && Object.keys(row).some((column) => column.includes(":"));
}
