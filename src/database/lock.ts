/** One process at a time, however many nodes there are: a lock that goes with the process that has it, also when that is killed. */
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import knexFactory, { type Knex } from "knex";
import pg from "pg";
import { type Millis, SECOND } from "../clock.ts";
import type { Database } from "./database.ts";

/** Any number, the same for all nodes: the key of PostgreSQL's advisory lock. */
const ADVISORY_LOCK = 7_216_354;
/** As long as a large migration may take on another node. */
const LOCK_WAIT_MS = 120_000;
const LOCK_POLL_MS = 25;
/** For a host that swallows packets instead of refusing them. */
export const CONNECT_TIMEOUT: Millis = 5 * SECOND;

/** The file of `sqlite:<path>`. */
export function sqlitePath(url: string): string {
  return resolve(url.slice("sqlite:".length));
}

/** SQLite locks a file of its own beside the database, since an exclusive lock on the database would shut us out as well. */
export function sqliteLock(url: string): Database["alone"] {
  return async (work) => {
    const filename = `${sqlitePath(url)}.lock`;
    mkdirSync(dirname(filename), { recursive: true });
    const holder = knexFactory({ client: "sqlite3", connection: { filename }, useNullAsDefault: true });
    try {
      await holder.raw("PRAGMA busy_timeout = 0");
      await takeExclusive(holder);
      return await work();
    } finally {
      await holder.destroy();
    }
  };
}

/** Asks again and again: SQLite's own waiting would hold one of libuv's four threads, and four that wait would leave none to the holder. */
async function takeExclusive(holder: Knex): Promise<void> {
  for (let waited = 0; ; waited += LOCK_POLL_MS) {
    try {
      await holder.raw("BEGIN EXCLUSIVE");
      return;
    } catch (error) {
      const busy = error instanceof Error && "code" in error && error.code === "SQLITE_BUSY";
      if (!busy || waited >= LOCK_WAIT_MS) throw error;
      await delay(LOCK_POLL_MS);
    }
  }
}

export function postgresLock(url: string): Database["alone"] {
  return async (work) => {
    const holder = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT });
    // A connection that breaks while we hold it frees the lock; `work` then fails by itself at its next statement.
    holder.on("error", () => undefined);
    await holder.connect();
    try {
      await holder.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
      await holder.query("SELECT pg_advisory_lock($1)", [ADVISORY_LOCK]);
      return await work();
    } finally {
      await holder.end();
    }
  };
}
