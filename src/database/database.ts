/**
 * Owns how statements reach the database: SQLite in a file or PostgreSQL, by knex's pool and straight through its drivers, transactions, and
 * migrations. It knows no table. A room has an `Sql` handed in and says what it wants; what many requests want at once goes together.
 */
import { AsyncResource } from "node:async_hooks";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import knexFactory, { type Knex } from "knex";
import pg from "pg";
import { type Millis, SECOND } from "../clock.ts";
import { type ControllingDriver, type PipeliningDriver, postgresDriver, sqliteDriver } from "./drivers.ts";
import { createGroups } from "./group-commit.ts";
import { CONNECT_TIMEOUT, postgresLock, sqliteLock, sqlitePath } from "./lock.ts";
import { createSameTurn } from "./same-turn.ts";
import { doWithin, inTransaction, type Kept, sqlOn } from "./statements.ts";

export type Engine = "sqlite" | "postgres";
export type Binding = string | number | null;

/**
 * Runs statements with `?` for each binding, in the SQL that SQLite 3.38 and PostgreSQL 15 share.
 * A guarded change ends in `RETURNING`, and the number of rows that come back says whether it won.
 */
export interface Sql {
  readonly engine: Engine;
  rows<Row>(statement: string, bindings?: readonly Binding[]): Promise<Row[]>;
  first<Row>(statement: string, bindings?: readonly Binding[]): Promise<Row | undefined>;
  /**
   * For a change that gives nothing back. A transaction does not wait for it, and fails where it fails, at the latest at its end:
   * what follows, and the commit, are sent together with it.
   */
  run(statement: string, bindings?: readonly Binding[]): Promise<void>;
  /**
   * For what is no statement and depends on some: a cookie, a figure. `call` is made after the commit of the transaction, and at once outside of
   * one; of a transaction that fails, or of a try of it that is done again, never. What it throws is told, and all is kept all the same.
   */
  afterwards(call: () => void): void;
}

export interface Database extends Sql {
  /**
   * All or nothing. `work` may be done again from its beginning: on PostgreSQL where it and another have waited for one another, on SQLite where
   * another of those that share its commit has failed. What it does beside its statements must bear that, or is left to `afterwards`. Inside,
   * only the `sql` that is handed in may be used: SQLite has one connection, and it is taken.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** Migrates to the newest version, or by one step down; one process at a time, however many start at once. */
  migrate(direction: "latest" | "down"): Promise<{ applied: string[] }>;
  /** Migrations that are not applied yet. */
  pending(): Promise<string[]>;
  /** Runs `work` in one process at a time; the lock goes with the process, also when it is killed. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const MIGRATIONS = fileURLToPath(new URL("../../db/migrations", import.meta.url));
const ACQUIRE_TIMEOUT: Millis = 8 * SECOND;

export interface DatabaseOptions {
  /** `sqlite:<path>`, or `postgres://user:password@host:port/name`. */
  url: string;
  poolSize?: number;
  /** SQLite's `synchronous`: FULL keeps every acknowledged change through a power cut, NORMAL all but the last few. */
  synchronous?: "FULL" | "NORMAL" | "OFF";
  /** How long a request waits for a connection, so that a PostgreSQL that restarts is waited for and not reported. */
  acquireTimeout?: Millis;
}

/** Opens the pool; nothing is connected before the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const engine = options.url.startsWith("sqlite:") ? "sqlite" : "postgres";
  const knex = engine === "sqlite" ? openSqlite(options) : openPostgres(options);
  const { forget, ...direct } = engine === "sqlite" ? overOne(knex, sqliteDriver()) : overPool(knex, postgresDriver());
  const alone = engine === "sqlite" ? sqliteLock(options.url) : postgresLock(options.url);
  return {
    ...direct,
    migrate: (direction) =>
      alone(async () => {
        // We hold a lock that dies with its process, so knex's own can only be what a killed process left behind.
        await knex.migrate.forceFreeMigrationsLock();
        await forget();
        const [, applied] = direction === "latest" ? await knex.migrate.latest() : await knex.migrate.down();
        return { applied };
      }),
    async pending() {
      const [, waiting] = await knex.migrate.list();
      return waiting.map((migration: { file: string }) => migration.file);
    },
    alone,
  };
}

/**
 * A SQLite database of this process alone, for more than fits into memory: a file without a name, which is gone with the process,
 * also when it is killed.
 */
export function openScratch(): Pick<Database, "rows" | "first" | "transaction" | "close"> {
  const pool = { min: 1, max: 1 };
  const knex = knexFactory({
    client: "sqlite3",
    connection: { filename: "" },
    useNullAsDefault: true,
    log: quiet,
    pool,
  });
  return overOne(knex, sqliteDriver());
}

/** Whoever waits for one another again after the first has gone on has met a third. */
const MOST_TRIES = 3;

/** Everything but migrations. */
interface Statements extends Pick<Database, keyof Sql | "transaction" | "close"> {
  /** Before tables are altered: what is kept of statements may hold on to them. */
  forget(): Promise<void>;
}
type WithConnection<Connection> = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

/** knex gives a connection and takes it back, and is not asked for more. */
function connectionsOf<Connection>(knex: Knex): WithConnection<Connection> {
  return async (work) => {
    const connection = await knex.client.acquireConnection();
    try {
      return await work(connection);
    } finally {
      knex.client.releaseConnection(connection);
    }
  };
}

function overPool<Connection>(knex: Knex, driver: PipeliningDriver<Connection>): Statements {
  const engine = "postgres";
  const withConnection = connectionsOf<Connection>(knex);
  const sameTurn = createSameTurn<Connection>(withConnection);
  const kept = async <T>(work: (sql: Sql) => Promise<T>): Promise<Kept<T>> => {
    for (let tried = 1; ; tried += 1) {
      try {
        return await withConnection((connection) => inTransaction(driver, connection, engine, work));
      } catch (error) {
        if (tried === MOST_TRIES || !driver.deadlocked(error)) throw error;
      }
    }
  };
  return {
    ...sqlOn(engine, (statement, bindings) =>
      sameTurn(async (connection) => {
        try {
          return await driver.send(connection, statement, bindings);
        } catch (error) {
          if (!driver.outdated(error) && !driver.deadlocked(error)) throw error;
          return driver.send(connection, statement, bindings);
        }
      }),
    ),
    transaction: async (work) => (await kept(work))(),
    forget: async () => undefined,
    close: () => knex.destroy(),
  };
}

/** Of a group, none is to fail by what another has left for afterwards. */
function settle<T>(kept: Kept<T>, resolve: (done: T) => void, reject: (error: unknown) => void): void {
  try {
    resolve(kept());
  } catch (error) {
    reject(error);
  }
}

/** What changes rows; a read need not wait for a commit, and what changes more may not be within a transaction. */
const GROUPABLE = /^\s*(INSERT|UPDATE|DELETE)\b/i;

/** On the one connection of SQLite, where writes that wait for it are committed together. */
function overOne<Connection>(knex: Knex, driver: ControllingDriver<Connection>): Statements {
  const engine = "sqlite";
  let used = false;
  const connections = connectionsOf<Connection>(knex);
  const withConnection: WithConnection<Connection> = (work) => {
    used = true;
    return connections(work);
  };
  const forget = async () => {
    if (used) await connections(driver.forget);
  };
  const wanted = () => knex.client.pool.numPendingAcquires() > 0;
  const groups = createGroups<Connection>({ driver, withConnection, wanted });
  return {
    ...sqlOn(
      engine,
      <Row>(text: string, bindings: readonly Binding[]) =>
        new Promise<Row[]>((resolve, reject) => {
          const single = { text, bindings, give: resolve, fail: reject };
          if (GROUPABLE.test(text)) groups.write(single);
          else groups.read(single);
        }),
    ),
    transaction: <T>(work: (sql: Sql) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        // What the work asks about its own request is not to be that of whoever is first in the group. `AsyncResource.bind` would define
        // a getter on each function, and V8 makes these among what is old: the request would outlive itself until the next full collection.
        const caller = new AsyncResource("transaction");
        const bound = (sql: Sql) => caller.runInAsyncScope(work, undefined, sql);
        groups.write({
          async within(connection) {
            const kept = await doWithin(driver, connection, engine, bound);
            return () => settle(kept, resolve, reject);
          },
          fail: reject,
        });
      }),
    forget,
    async close() {
      // Where no connection can be had, there is nothing to forget.
      await forget().catch(() => undefined);
      await knex.destroy();
    },
  };
}

/** knex prints by itself what it then throws as well; whoever catches it says it in the log. */
const quiet = { warn() {}, error() {}, deprecate() {}, debug() {} };
const migrations = { directory: MIGRATIONS, loadExtensions: [".ts"], tableName: "migration" };

function openSqlite({ url, synchronous = "FULL" }: DatabaseOptions): Knex {
  const filename = sqlitePath(url);
  mkdirSync(dirname(filename), { recursive: true });
  return knexFactory({
    client: "sqlite3",
    connection: { filename },
    useNullAsDefault: true,
    log: quiet,
    migrations,
    pool: {
      min: 1,
      max: 1,
      afterCreate(connection: { exec(text: string, done: (error: Error | null) => void): void }, done: () => void) {
        const pragmas = [
          "busy_timeout = 10000",
          "journal_mode = WAL",
          `synchronous = ${synchronous}`,
          "foreign_keys = ON",
          "temp_store = MEMORY",
        ];
        connection.exec(pragmas.map((pragma) => `PRAGMA ${pragma};`).join(" "), done);
      },
    },
  });
}

function openPostgres({ url, poolSize = 10, acquireTimeout = ACQUIRE_TIMEOUT }: DatabaseOptions): Knex {
  // knex hands on to pg what its own types do not know.
  const connection: Knex.PgConnectionConfig & Pick<pg.ClientConfig, "pipeline"> = {
    connectionString: url,
    types: { getTypeParser },
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    pipeline: true,
  };
  return knexFactory({
    client: "pg",
    connection,
    log: quiet,
    migrations,
    acquireConnectionTimeout: acquireTimeout,
    pool: {
      min: 0,
      max: poolSize,
      // A server that restarts is waited for, up to `acquireTimeout`, instead of failing each request at once.
      propagateCreateError: false,
      createRetryIntervalMillis: 200,
    },
  });
}

/** bigint comes as a number: our times and counts stay below 2^53. */
function getTypeParser(oid: number, format: string) {
  return oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format === "binary" ? "binary" : "text");
}
