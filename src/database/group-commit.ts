/**
 * One commit for the writes of many requests: SQLite has one connection and one writer, and at `synchronous = FULL` each commit waits for
 * the disk. What has come in during one wait is written together and committed once; nobody is answered before the commit, so that what is
 * acknowledged is as durable as alone. Each is judged for itself: one that fails takes only its own changes back.
 */
import { AsyncResource } from "node:async_hooks";

/** Tells whoever waits how it ended. */
export type Settle = () => void;

/** Something that one caller wants done; `alone` and `within` give its ending, and throw where the connection's transaction is lost. */
export interface Job<Connection> {
  /** Is never done within a group: it changes nothing, so that it need not wait for a commit, or may not be in a transaction. */
  readonly single: boolean;
  /** Of several statements, which stay or are taken back together: within a group it has a savepoint `one`, which goes before the next one or with the commit. */
  readonly several: boolean;
  alone(connection: Connection): Promise<Settle>;
  /** Within a transaction that others share. */
  within(connection: Connection): Promise<Settle>;
  fail(error: unknown): void;
}

export interface GroupPorts<Connection> {
  withConnection(work: (connection: Connection) => Promise<void>): Promise<void>;
  /** After each round, when all is answered: makes ready for the next ones. Never rejects. */
  ready(connection: Connection): Promise<void>;
  /** Sends statements that begin and end transactions and savepoints, all in one call. */
  control(connection: Connection, statements: readonly string[]): Promise<void>;
  begin: string;
  /** Whether somebody else waits for a connection: health, a migration, what reads long. */
  wanted(): boolean;
}

/** Bounds how long the first waits for the last. */
const MOST = 32;
/** How often a connection is used before it goes back to its pool, or less where others wait for it there: to have one costs as much CPU as to read a row. */
const ROUNDS = 16;

/** Takes jobs, and does those that wait while others are done together. */
export function createGroups<Connection>(ports: GroupPorts<Connection>): (job: Job<Connection>) => void {
  let waiting: Job<Connection>[] = [];
  let running = false;

  const one = async (connection: Connection, job: Job<Connection>) => {
    try {
      (await job.alone(connection))();
    } catch (error) {
      job.fail(error);
    }
  };

  const together = async (connection: Connection, jobs: readonly Job<Connection>[]) => {
    const endings: Settle[] = [];
    try {
      let before = [ports.begin];
      let saved = false;
      for (const job of jobs) {
        if (job.several) {
          // What single statements have done in it stays with it: from here on it is not gone back to.
          if (saved) before.push("RELEASE one");
          before.push("SAVEPOINT one");
          saved = true;
        }
        if (before.length > 0) await ports.control(connection, before);
        endings.push(await job.within(connection));
        before = [];
      }
      await ports.control(connection, ["COMMIT"]);
    } catch (error) {
      await ports.control(connection, ["ROLLBACK"]).catch(() => undefined);
      for (const job of jobs) job.fail(error);
      return;
    }
    for (const settle of endings) settle();
  };

  const drain = async (connection: Connection) => {
    for (let round = 0; round < ROUNDS && waiting.length > 0; round += 1) {
      if (round > 0 && ports.wanted()) return;
      const jobs = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      for (const job of jobs) if (job.single) await one(connection, job);
      const writes = jobs.filter(({ single }) => !single);
      const [first, second] = writes;
      if (second !== undefined) await together(connection, writes);
      else if (first !== undefined) await one(connection, first);
      await ports.ready(connection);
    }
  };

  const run = async () => {
    while (waiting.length > 0) {
      try {
        await ports.withConnection(drain);
      } catch (error) {
        // No connection is to be had: what is under way never throws.
        const failed = waiting;
        waiting = [];
        for (const job of failed) job.fail(error);
      }
    }
    running = false;
  };

  return (job) => {
    waiting.push(job);
    if (running) return;
    running = true;
    // Not in the context of the request that happens to be first.
    void outside.runInAsyncScope(run);
  };
}

const outside = new AsyncResource("group-commit");

/** Errors of SQLite that end the statement and leave the transaction as it was; after others it may have been rolled back (lang_transaction, section 3.1). */
export function leavesTransaction(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return true;
  return error.code === "SQLITE_CONSTRAINT" || error.code === "SQLITE_ERROR" || error.code === "SQLITE_MISMATCH";
}
