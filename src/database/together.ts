/**
 * Several changes in one call to SQLite, whose driver takes one statement with bindings at a time: an `INSERT` into a view that is this
 * connection's alone, and whose trigger does the changes. Each of their bindings is a column of the view, and bound as ever (decision 0081).
 */
import type { Binding } from "./database.ts";
import type { Text } from "./drivers.ts";
import { codeOf, leavesTransaction } from "./sqlite-errors.ts";

/** `Text` is what it is written in, or what the driver has made of that. */
export interface ChangeOf<Text> {
  readonly text: Text;
  readonly bindings: readonly Binding[];
}

export interface Together<Connection> {
  /**
   * Sends all, in their order, or none. Gives false, with nothing done, where they do not go in one call: not yet, or not at all, or since
   * one of them fails, which is said as it should be by the same changes one by one. Rejects where the transaction is lost.
   */
  send(connection: Connection, changes: readonly ChangeOf<Text>[]): Promise<boolean>;
  /** Makes what `send` has missed. Not within a transaction, which would take it back with itself. Never rejects. */
  make(connection: Connection): Promise<void>;
  /** Leaves nothing of it: a table that a trigger names cannot be altered as one likes. */
  forget(connection: Connection): Promise<void>;
}

export interface TogetherPorts<Connection, Statement> {
  /** Does statements without bindings, in one call. */
  exec(connection: Connection, statements: readonly string[]): Promise<void>;
  prepare(connection: Connection, text: string): Promise<Statement>;
  run(statement: Statement, bindings: readonly Binding[]): Promise<unknown>;
  finalize(statement: Statement): Promise<void>;
}

/** Of one connection. A combination is known by the names of its texts, in their order. */
interface Combinations<Statement> {
  /** Undefined for what goes one by one. */
  inserts: Map<string, Statement | undefined>;
  missed: { key: string; texts: readonly Text[] }[];
  made: { view: string; insert: Statement }[];
}

/** A sign-in has one or two, and one for each number of callers that write the same at once; those of lists whose length changes must not take memory without bound. */
const MOST = 200;

export function createTogether<Connection extends object, Statement>(
  ports: TogetherPorts<Connection, Statement>,
): Together<Connection> {
  const known = new WeakMap<Connection, Combinations<Statement>>();

  const combinationsOf = (connection: Connection): Combinations<Statement> => {
    const combinations = known.get(connection) ?? { inserts: new Map(), missed: [], made: [] };
    known.set(connection, combinations);
    return combinations;
  };

  const insertFor = async (connection: Connection, view: string, texts: readonly Text[]) => {
    try {
      const { columns, body } = triggerOf(texts);
      await ports.exec(connection, [
        `CREATE TEMP VIEW ${view} AS SELECT ${columns.map((column) => `NULL AS ${column}`).join(", ")}`,
        `CREATE TEMP TRIGGER ${view}_instead INSTEAD OF INSERT ON ${view} BEGIN ${body} END`,
      ]);
      // Some of what a trigger cannot do is found out here alone.
      return await ports.prepare(connection, `INSERT INTO temp.${view} VALUES (${columns.map(() => "?").join(", ")})`);
    } catch {
      await ports.exec(connection, [dropped(view)]).catch(() => undefined);
      return undefined;
    }
  };

  return {
    async send(connection, changes) {
      // What is not kept is not repeated; and what is bound wrongly is to be told by itself.
      const fits = ({ text: { name, places }, bindings }: ChangeOf<Text>) =>
        name !== undefined && places === bindings.length;
      if (!changes.every(fits)) return false;
      const { inserts, missed } = combinationsOf(connection);
      const texts = changes.map(({ text }) => text);
      const key = texts.map(({ name }) => name).join(" ");
      const insert = inserts.get(key);
      if (insert === undefined) {
        if (inserts.has(key) || inserts.size >= MOST) return false;
        inserts.set(key, undefined);
        missed.push({ key, texts });
        return false;
      }
      try {
        await ports.run(
          insert,
          changes.flatMap(({ bindings }) => bindings),
        );
        return true;
      } catch (error) {
        if (!leavesTransaction(error)) throw error;
        // The tables, or the view, are not what they were; or it is a value that an expression does not take, and then nothing is lost but speed.
        if (codeOf(error) === "SQLITE_ERROR") inserts.set(key, undefined);
        return false;
      }
    },
    async make(connection) {
      const combinations = known.get(connection);
      if (combinations === undefined) return;
      const { inserts, made } = combinations;
      for (const { key, texts } of combinations.missed.splice(0)) {
        const view = `together_${made.length}`;
        const insert = await insertFor(connection, view, texts);
        if (insert === undefined) continue;
        inserts.set(key, insert);
        made.push({ view, insert });
      }
    },
    async forget(connection) {
      const { made } = combinationsOf(connection);
      known.delete(connection);
      for (const { insert } of made) await ports.finalize(insert);
      if (made.length > 0)
        await ports.exec(
          connection,
          made.map(({ view }) => dropped(view)),
        );
    },
  };
}

/** Its trigger goes with it. */
function dropped(view: string): string {
  return `DROP VIEW IF EXISTS temp.${view}`;
}

function triggerOf(texts: readonly Text[]): { columns: readonly string[]; body: string } {
  const columns: string[] = [];
  const statements = texts.map(({ sql }) =>
    sql.replace(/\?/g, () => {
      const column = `p${columns.length}`;
      columns.push(column);
      return `NEW.${column}`;
    }),
  );
  return { columns, body: statements.map((statement) => `${statement}\n;`).join(" ") };
}
