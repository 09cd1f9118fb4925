import type { Binding, Engine, Sql } from "./database.ts";
import type { Driver, PipeliningDriver } from "./drivers.ts";
import { leavesTransaction } from "./sqlite-errors.ts";
import type { ChangeOf } from "./together.ts";

/** Rows are typed by the caller, who wrote the statement; the drivers are where the database's word is believed. */
export type Send = <Row>(statement: string, bindings: readonly Binding[]) => Promise<Row[]>;

export function sqlOn(engine: Engine, send: Send): Sql {
  return {
    engine,
    rows: (statement, bindings = []) => send(statement, bindings),
    first: async <Row>(statement: string, bindings: readonly Binding[] = []) =>
      (await send<Row>(statement, bindings))[0],
    async run(statement, bindings = []) {
      await send(statement, bindings);
    },
    afterwards: (call) => call(),
  };
}

/** What is sent within one transaction, after its beginning. */
interface Within {
  sql: Sql;
  /** Sends what ends the transaction, if anything is given, and resolves when all is done; throws what failed first of what nobody waited for. */
  end(statement?: string): Promise<void>;
  /** What was left to be done once all of it is kept. */
  later: readonly (() => void)[];
}

/** Bounds what one call does; a sign-in comes to four. */
const MOST_TOGETHER = 16;

/**
 * Statements go to the database in the order in which they are sent, also where one is sent before those before it are answered.
 * On SQLite those that nobody waits for go with what comes next, so that several of them are one call.
 * After the end, nothing can be sent any more: what one branch of the work would send after another has failed would be outside.
 */
function within<Connection>(driver: Driver<Connection>, connection: Connection, engine: Engine): Within {
  let last: Promise<unknown> = Promise.resolve();
  let over = false;
  const later: (() => void)[] = [];
  let failure: { error: unknown } | undefined;
  /** SQLite has rolled back by itself, and what is sent next would stay for good. */
  let lost: { error: unknown } | undefined;
  let unsent: ChangeOf<string>[] = [];
  const failed = (error: unknown) => {
    failure ??= { error };
  };
  const inTurn: Send = async (statement, bindings) => {
    if (lost !== undefined) throw lost.error;
    try {
      return await driver.send(connection, statement, bindings);
    } catch (error) {
      if (!leavesTransaction(error)) lost = { error };
      throw error;
    }
  };
  const together = async (changes: readonly ChangeOf<string>[]) => {
    if (driver.pipelines || lost !== undefined || changes.length < 2) return false;
    try {
      return await driver.together(connection, changes);
    } catch (error) {
      lost = { error };
      return false;
    }
  };
  const sendUnsent = () => {
    const changes = unsent;
    if (changes.length === 0) return;
    unsent = [];
    last = last.then(async () => {
      if (await together(changes)) return;
      for (const { text, bindings } of changes) await inTurn(text, bindings).catch(failed);
    });
  };
  const send: Send = (statement, bindings) => {
    if (over) return Promise.reject(new Error("the transaction is over"));
    sendUnsent();
    const sent = driver.pipelines
      ? driver.send<never>(connection, statement, bindings)
      : last.then(() => inTurn<never>(statement, bindings));
    last = sent.catch(() => undefined);
    return sent;
  };
  return {
    sql: {
      ...sqlOn(engine, send),
      async run(statement, bindings = []) {
        if (driver.pipelines || over) {
          send(statement, bindings).catch(failed);
          return;
        }
        unsent.push({ text: statement, bindings });
        if (unsent.length === MOST_TOGETHER) sendUnsent();
      },
      afterwards: (call) => void later.push(call),
    },
    later,
    async end(statement) {
      over = true;
      sendUnsent();
      const before = last;
      // PostgreSQL makes a rollback of the commit where anything before it has failed, so that this need not be known yet.
      const ended = statement === undefined ? undefined : driver.send(connection, statement, []);
      ended?.catch(failed);
      await before;
      await ended;
      failure ??= lost;
      if (failure !== undefined) throw failure.error;
    },
  };
}

/** What a transaction has come to, to be asked for once, when it is kept: what was left for afterwards is done then. */
export type Kept<T> = () => T;

/** Does the work of a transaction that has begun, and ends it with `ending`, if anything is given; where it throws, nothing is under way any more. */
export async function doWithin<Connection, T>(
  driver: Driver<Connection>,
  connection: Connection,
  engine: Engine,
  work: (sql: Sql) => Promise<T>,
  ending?: string,
): Promise<Kept<T>> {
  const { sql, end, later } = within(driver, connection, engine);
  let done: T;
  try {
    done = await work(sql);
  } catch (error) {
    // On PostgreSQL whatever follows a failure fails as well; the first is the one to tell.
    await end();
    throw error;
  }
  await end(ending);
  return () => {
    // One that fails keeps none of the others from being done.
    const errors = later.flatMap((call) => {
      try {
        call();
        return [];
      } catch (error) {
        return [{ error }];
      }
    });
    for (const { error } of errors) throw error;
    return done;
  };
}

export async function inTransaction<Connection, T>(
  driver: PipeliningDriver<Connection>,
  connection: Connection,
  engine: Engine,
  work: (sql: Sql) => Promise<T>,
): Promise<Kept<T>> {
  try {
    // The first statement goes together with the beginning, and fails with it.
    driver.send(connection, driver.begin, []).catch(() => undefined);
    return await doWithin(driver, connection, engine, work, "COMMIT");
  } catch (error) {
    driver.outdated(error);
    // The first error is the one to tell.
    await driver.send(connection, "ROLLBACK", []).catch(() => driver.drop(connection));
    throw error;
  }
}
