import pg from "pg";
import { createAlike } from "./alike.ts";
import type { Binding } from "./database.ts";
import { type ChangeOf, createTogether } from "./together.ts";

/**
 * How statements go over a connection of knex's pool: straight to the driver, since knex's builder costs as much CPU as the driver itself.
 * Each text is prepared once for each connection and kept, with few exceptions: the texts are constants of ours, about two hundred.
 */
interface Sending<Connection> {
  /** Begins a transaction. */
  readonly begin: string;
  send<Row>(connection: Connection, statement: string, bindings: readonly Binding[]): Promise<Row[]>;
}

/** A statement may be sent before those sent before it are answered; they are done in order. */
export interface PipeliningDriver<Connection> extends Sending<Connection> {
  readonly pipelines: true;
  /** True when a kept statement no longer fits its tables, and the same statement can be sent again. */
  outdated(error: unknown): boolean;
  /** True when this and another wait for one another's rows: the database has taken this one back, and the other goes on. */
  deadlocked(error: unknown): boolean;
  /** Makes a connection that is in an unknown state unusable, so that the pool opens another. */
  drop(connection: Connection): void;
}

/** One statement is answered before the next is sent, and several go in one call where none of them gives rows, or all are the same. */
export interface ControllingDriver<Connection> extends Sending<Connection> {
  readonly pipelines: false;
  /** Without bindings: what begins and ends transactions. */
  control(connection: Connection, statements: readonly string[]): Promise<void>;
  /** Within a transaction. All or none; false, with nothing done, where these are to be sent one by one, as whoever calls then does. */
  together(connection: Connection, changes: readonly ChangeOf<string>[]): Promise<boolean>;
  /**
   * Not within a transaction: one statement that reads, with the bindings of each who asks. Undefined, with nothing asked, where these are
   * to be asked one by one, as whoever calls then does.
   */
  alike<Row>(
    connection: Connection,
    statement: string,
    asked: readonly (readonly Binding[])[],
  ): Promise<Row[][] | undefined>;
  /** Not within a transaction: has what was sent one by one go together the next time. */
  ready(connection: Connection): Promise<void>;
  /** Before the connection is closed, or tables are altered. */
  forget(connection: Connection): Promise<void>;
}

export type Driver<Connection> = PipeliningDriver<Connection> | ControllingDriver<Connection>;

/** More than we have; beyond it, statements are made up as the program runs, and each would stay for ever. */
const KEPT = 500;

/** A statement as the driver wants it, worked out once. */
export interface Text {
  /** With the engine's own places for bindings. */
  sql: string;
  places: number;
  /** Under which it is kept; undefined for what is sent once: statements without bindings change tables, or are told by a test. */
  name: string | undefined;
}

/** No statement of ours has a `?` in a text of its own, or as an operator: each is a place. */
function createTexts(placeAt: (number: number) => string): (statement: string) => Text {
  const known = new Map<string, Text>();
  return (statement) => {
    const found = known.get(statement);
    if (found !== undefined) return found;
    let places = 0;
    const sql = statement.replace(/\?/g, () => {
      places += 1;
      return placeAt(places);
    });
    const isKept = known.size < KEPT && places > 0;
    const text = { sql, places, name: isKept ? `s${known.size}` : undefined };
    if (known.size < KEPT) known.set(statement, text);
    return text;
  };
}

/** Both drivers would send too few or too many on: SQLite takes what is missing for NULL. */
function requireAll({ places }: Text, bindings: readonly Binding[]): void {
  if (places !== bindings.length) throw new Error(`${bindings.length} bindings for ${places} places`);
}

interface SqliteStatement {
  all<Row>(bindings: readonly Binding[], done: (error: Error | null, rows: Row[]) => void): void;
  finalize(done: () => void): void;
}

interface SqliteConnection {
  prepare(text: string, done: (error: Error | null) => void): SqliteStatement;
  all<Row>(text: string, bindings: readonly Binding[], done: (error: Error | null, rows: Row[]) => void): void;
  exec(text: string, done: (error: Error | null) => void): void;
}

export function sqliteDriver(): ControllingDriver<SqliteConnection> {
  const textOf = createTexts(() => "?");
  const kept = new WeakMap<SqliteConnection, Map<string, SqliteStatement>>();
  const statementsOf = (connection: SqliteConnection) => {
    const statements = kept.get(connection) ?? new Map<string, SqliteStatement>();
    kept.set(connection, statements);
    return statements;
  };
  const finalize = (statement: SqliteStatement) => new Promise<void>((done) => statement.finalize(done));
  // Each call goes to another thread and back, which costs more than most of our statements do.
  const exec = (connection: SqliteConnection, statements: readonly string[]) =>
    called<void>((done) => connection.exec(statements.join("; "), done));
  // All rows, always: a statement that stops before the last one holds its lock.
  const all = <Row>(statement: SqliteStatement, bindings: readonly Binding[]) =>
    called<Row[]>((done) => statement.all(bindings, done));
  const combined = createTogether<SqliteConnection, SqliteStatement>({ exec, prepare, run: all, finalize });
  const compound = createAlike<SqliteConnection, SqliteStatement>({ prepare, all, finalize });
  return {
    // A plain BEGIN takes the write lock at the first write, and SQLite then refuses at once, without waiting, when another process
    // has written since the first read (SQLITE_BUSY_SNAPSHOT). IMMEDIATE takes, and waits for, the lock at the beginning.
    begin: "BEGIN IMMEDIATE",
    // Those that wait are taken up by several threads, in whatever order.
    pipelines: false,
    async send<Row>(connection: SqliteConnection, statement: string, bindings: readonly Binding[]) {
      const text = textOf(statement);
      requireAll(text, bindings);
      const { name, sql } = text;
      if (name === undefined) return called<Row[]>((done) => connection.all(sql, bindings, done));
      const statements = statementsOf(connection);
      const prepared = statements.get(name) ?? (await prepare(connection, sql));
      statements.set(name, prepared);
      return all<Row>(prepared, bindings);
    },
    control: exec,
    alike: (connection, statement, asked) => compound.send(connection, textOf(statement), asked),
    together: (connection, changes) =>
      combined.send(
        connection,
        changes.map(({ text, bindings }) => ({ text: textOf(text), bindings })),
      ),
    ready: combined.make,
    async forget(connection) {
      for (const statement of statementsOf(connection).values()) await finalize(statement);
      kept.delete(connection);
      await compound.forget(connection);
      await combined.forget(connection);
    },
  };
}

async function prepare(connection: SqliteConnection, text: string): Promise<SqliteStatement> {
  let statement: SqliteStatement | undefined;
  await called<void>((done) => {
    statement = connection.prepare(text, done);
  });
  if (statement === undefined) throw new Error("sqlite3 has prepared nothing");
  return statement;
}

/** What pg's types do not say of its queries. */
type NamedQuery = pg.Query & { name?: string };

interface PgConnection {
  query<Row>(query: pg.Query, done: (error: Error | null, result: { rows: Row[] }) => void): void;
  connection: { stream: { cork(): void; uncork(): void } };
  /** Where knex writes why the connection must not be used again. */
  __knex__disposed?: unknown;
}

export function postgresDriver(): PipeliningDriver<PgConnection> {
  const textOf = createTexts((number) => `$${number}`);
  /** A part of every name, so that all statements are prepared anew under the next one. */
  let generation = 0;
  const corked = new WeakSet<PgConnection>();
  /** What is sent before others get a turn leaves in one write, as pg does it for the messages of one statement. */
  const writeTogether = (connection: PgConnection) => {
    if (corked.has(connection)) return;
    corked.add(connection);
    const { stream } = connection.connection;
    stream.cork();
    process.nextTick(() => {
      corked.delete(connection);
      stream.uncork();
    });
  };
  return {
    begin: "BEGIN",
    pipelines: true,
    async send<Row>(connection: PgConnection, statement: string, bindings: readonly Binding[]) {
      writeTogether(connection);
      const text = textOf(statement);
      requireAll(text, bindings);
      // Given as an object of ours, pg would copy it property by property, which costs as much as to write it to the socket.
      const query: NamedQuery = new pg.Query(text.sql, text.places === 0 ? undefined : [...bindings]);
      // Without bindings it is one message, and nothing to prepare.
      if (text.places > 0 && text.name !== undefined) query.name = `${text.name}.${generation}`;
      const result = await called<{ rows: Row[] }>((done) => connection.query(query, done));
      return result.rows;
    },
    // Another node has migrated, and `SELECT *` has another shape now (0A000, "cached plan must not change result type").
    outdated(error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "0A000") return false;
      generation += 1;
      return true;
    },
    // 40P01, "deadlock detected", after PostgreSQL's `deadlock_timeout`, which is a second.
    deadlocked: (error) => error instanceof Error && "code" in error && error.code === "40P01",
    drop(connection) {
      connection.__knex__disposed = "a transaction could not be ended";
    },
  };
}

/** A promise of what a callback is given. */
function called<T>(call: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
}
