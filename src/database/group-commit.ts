/**
 * One commit for the writes of many requests: SQLite has one connection and one writer, and at `synchronous = FULL` each commit waits for
 * the disk. What comes in while others are written is written with them and committed once; nobody is answered before the commit, so that
 * what is acknowledged is as durable as alone. Each is judged for itself: one that fails takes only its own changes back. And what many
 * ask in the same words is asked once for all (decision 0083).
 */
import { AsyncResource } from "node:async_hooks";
import { MOST_ALIKE } from "./alike.ts";
import type { Binding } from "./database.ts";
import type { ControllingDriver } from "./drivers.ts";
import { leavesTransaction } from "./sqlite-errors.ts";

/** Tells whoever waits how it ended. */
export type Settle = () => void;

/** One statement of one caller. */
export interface Single {
  readonly text: string;
  readonly bindings: readonly Binding[];
  give(rows: never[]): void;
  fail(error: unknown): void;
}

/** Several statements of one caller, which stay or are taken back together. */
export interface Several<Connection> {
  /**
   * Within a transaction that others share. Rejects where what it has done is to be taken back, and may be done again then, since the
   * others' is taken back with it.
   */
  within(connection: Connection): Promise<Settle>;
  fail(error: unknown): void;
}

type Write<Connection> = Single | Several<Connection>;

export interface Groups<Connection> {
  /** For what is never in a group: it changes nothing, so that it need not wait for a commit, or may not be in a transaction. */
  read(single: Single): void;
  write(write: Write<Connection>): void;
}

export interface GroupPorts<Connection> {
  driver: Pick<ControllingDriver<Connection>, "begin" | "control" | "send" | "alike" | "together" | "ready">;
  withConnection(work: (connection: Connection) => Promise<void>): Promise<void>;
  /** Whether somebody else waits for a connection: health, a migration, what reads long. */
  wanted(): boolean;
}

/** Bounds how long the first waits for the last. */
const MOST = 32;
/** How often a connection is used before it goes back to its pool, or less where others wait for it there: to have one costs as much CPU as to read a row. */
const ROUNDS = 16;
/** So many groups have savepoints after one that had to be done again, so that many failures do not have all others done twice. */
const CAREFUL = 32;

/** Takes what many want of the one connection, and does what waits while others are done together. */
export function createGroups<Connection>(ports: GroupPorts<Connection>): Groups<Connection> {
  const { driver } = ports;
  const reads: Single[] = [];
  const writes: Write<Connection>[] = [];
  let running = false;
  let careful = 0;

  const alone = async (connection: Connection, { text, bindings, give, fail }: Single) => {
    try {
      give(await driver.send<never>(connection, text, bindings));
    } catch (error) {
      fail(error);
    }
  };

  const read = async (connection: Connection, singles: readonly Single[]) => {
    for (const alike of inTheSameWords(singles)) {
      const [{ text }] = alike;
      const asked = alike.map(({ bindings }) => bindings);
      const rows = alike.length > 1 ? await driver.alike<never>(connection, text, asked) : undefined;
      if (rows === undefined) for (const single of alike) await alone(connection, single);
      else for (const [turn, { give }] of alike.entries()) give(rows[turn] ?? []);
    }
  };

  /** In a transaction, where a statement that fails has done nothing, and the others go on. */
  const single = async (connection: Connection, { text, bindings, give, fail }: Single): Promise<Settle> => {
    try {
      const rows = await driver.send<never>(connection, text, bindings);
      return () => give(rows);
    } catch (error) {
      if (!leavesTransaction(error)) throw error;
      return () => fail(error);
    }
  };

  const changes = async (connection: Connection, singles: readonly Single[]): Promise<Settle[]> => {
    if (singles.length > 1 && (await driver.together(connection, singles)))
      return singles.map(
        ({ give }) =>
          () =>
            give([]),
      );
    const endings: Settle[] = [];
    for (const one of singles) endings.push(await single(connection, one));
    return endings;
  };

  /** With a savepoint to go back to. */
  const apart = async (connection: Connection, several: Several<Connection>): Promise<Settle> => {
    try {
      return await several.within(connection);
    } catch (error) {
      // Where there is none to go back to, SQLite has taken the transaction back by itself.
      await driver.control(connection, ["ROLLBACK TO one"]).catch(() => Promise.reject(error));
      return () => several.fail(error);
    }
  };

  /** One transaction for what is in `queue`, and for what comes to be in it before the last of these is done. */
  const share = async (connection: Connection, queue: Write<Connection>[], hasSavepoints: boolean): Promise<void> => {
    const done: Write<Connection>[] = [];
    const endings: Settle[] = [];
    let before = [driver.begin];
    let hasBegun = false;
    let isOne = false;
    /** What has failed is one of several, and nothing is wrong with the transaction as far as is known. */
    let again = false;
    try {
      for (let writes = head(queue, MOST); writes.length > 0; writes = head(queue, MOST - done.length)) {
        done.push(...writes);
        const [several] = writes.filter(isSeveral);
        if (hasSavepoints && several !== undefined) {
          // What single statements have done in it stays with it: from here on it is not gone back to.
          before.push(...(isOne ? ["RELEASE one"] : []), "SAVEPOINT one");
          isOne = true;
        }
        if (before.length > 0) await driver.control(connection, before);
        before = [];
        hasBegun = true;
        if (several === undefined) endings.push(...(await changes(connection, writes.filter(isSingle))));
        else if (hasSavepoints) endings.push(await apart(connection, several));
        else {
          again = true;
          endings.push(await several.within(connection));
          again = false;
        }
      }
      await driver.control(connection, ["COMMIT"]);
    } catch (error) {
      await driver.control(connection, ["ROLLBACK"]).catch(() => undefined);
      // Another process has the lock, and each of the others would wait for it as long.
      if (!hasBegun) done.push(...queue.splice(0, MOST - done.length));
      if (again && done.length > 1) {
        careful = CAREFUL;
        // One transaction is enough for all, unless it is lost as well: each then fails what it has taken, and leaves the others.
        while (done.length > 0) await share(connection, done, true);
        return;
      }
      for (const { fail } of done) fail(error);
      return;
    }
    for (const settle of endings) settle();
  };

  const write = async (connection: Connection) => {
    const [first] = writes;
    if (first === undefined) return;
    if (isSingle(first) && writes.length === 1) {
      writes.shift();
      await alone(connection, first);
      return;
    }
    const hasSavepoints = careful > 0;
    if (hasSavepoints) careful -= 1;
    await share(connection, writes, hasSavepoints);
  };

  const drain = async (connection: Connection) => {
    for (let round = 0; round < ROUNDS && reads.length + writes.length > 0; round += 1) {
      if (round > 0 && ports.wanted()) return;
      await read(connection, reads.splice(0, MOST));
      await write(connection);
      await driver.ready(connection);
    }
  };

  const run = async () => {
    while (reads.length + writes.length > 0) {
      try {
        await ports.withConnection(drain);
      } catch (error) {
        // No connection is to be had: what is under way never throws.
        for (const { fail } of [...reads.splice(0), ...writes.splice(0)]) fail(error);
      }
    }
    running = false;
  };

  const start = () => {
    if (running) return;
    running = true;
    // Not in the context of the request that happens to be first.
    void outside.runInAsyncScope(run);
  };
  return {
    read(single) {
      reads.push(single);
      start();
    },
    write(one) {
      writes.push(one);
      start();
    },
  };
}

const outside = new AsyncResource("group-commit");

function isSeveral<Connection>(write: Write<Connection>): write is Several<Connection> {
  return "within" in write;
}

function isSingle<Connection>(write: Write<Connection>): write is Single {
  return !isSeveral(write);
}

/** Takes the first off the queue; where it gives no rows, with those right behind it that are in the same words: no more than are asked at once. */
function head<Connection>(queue: Write<Connection>[], most: number): Write<Connection>[] {
  const [first] = queue;
  const text = first !== undefined && isSingle(first) && !/\bRETURNING\b/i.test(first.text) ? first.text : undefined;
  const other = queue.findIndex((write) => text === undefined || !isSingle(write) || write.text !== text);
  return queue.splice(0, Math.min(Math.max(other === -1 ? queue.length : other, 1), most, MOST_ALIKE));
}

/** In the order in which each was first asked. */
function inTheSameWords(singles: readonly Single[]): [Single, ...Single[]][] {
  const lists: [Single, ...Single[]][] = [];
  const open = new Map<string, Single[]>();
  for (const single of singles) {
    const list = open.get(single.text);
    if (list !== undefined && list.length < MOST_ALIKE) list.push(single);
    else {
      const begun: [Single, ...Single[]] = [single];
      lists.push(begun);
      open.set(single.text, begun);
    }
  }
  return lists;
}
