import type { Binding, Engine, Sql } from "./database.ts";
import type { Driver } from "./drivers.ts";

/** Rows are typed by the caller, who wrote the statement; the drivers are where the database's word is believed. */
export type Send = <Row>(statement: string, bindings: readonly Binding[]) => Promise<Row[]>;

export function sqlOn(engine: Engine, send: Send): Sql {
  return {
    engine,
    rows: (statement, bindings = []) => send(statement, bindings),
    first: async <Row>(statement: string, bindings: readonly Binding[] = []) =>
      (await send<Row>(statement, bindings))[0],
  };
}

/**
 * Does the work of a transaction that has begun, without ending it. Statements go to the database in the order in which they are sent, also
 * where the work does not wait for one before it sends the next; and when this returns or throws, none of them is still to come.
 */
export async function doWithin<Connection, T>(
  driver: Driver<Connection>,
  connection: Connection,
  engine: Engine,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let over = false;
  const send: Send = (statement, bindings) => {
    // What one branch of the work would still send after another has failed would be outside of the transaction.
    if (over) return Promise.reject(new Error("the transaction is over"));
    const sent = driver.pipelines
      ? driver.send<never>(connection, statement, bindings)
      : last.then(() => driver.send<never>(connection, statement, bindings));
    last = sent.catch(() => undefined);
    return sent;
  };
  try {
    return await work(sqlOn(engine, send));
  } finally {
    over = true;
    await last;
  }
}

export async function inTransaction<Connection, T>(
  driver: Driver<Connection>,
  connection: Connection,
  engine: Engine,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const begun = driver.send(connection, driver.begin, []);
  try {
    // Where statements may follow one another unanswered, the first of them goes together with the beginning.
    if (driver.pipelines) begun.catch(() => undefined);
    else await begun;
    const done = await doWithin(driver, connection, engine, work);
    await begun;
    await driver.send(connection, "COMMIT", []);
    return done;
  } catch (error) {
    driver.outdated(error);
    // SQLite may have rolled it back already, for a full disk for one; the first error is the one to tell.
    await driver.send(connection, "ROLLBACK", []).catch(() => driver.drop(connection));
    throw error;
  }
}
