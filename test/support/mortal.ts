import type { Database, Sql } from "../../src/database/database.ts";

/** A database under which the server can die between any two steps. */
export interface Mortal {
  database: Database;
  /** From its `step`-th step on nothing is done any more; a transaction that is open then is taken back, as by the end of the process. */
  dieAt(step: number): void;
  /** Another process takes over; says whether the one before has died. */
  revive(): boolean;
}

/** Steps are before each statement, before each transaction and its commit, and after it. */
export function mortal(database: Database): Mortal {
  let left = Number.POSITIVE_INFINITY;
  let dead = false;
  const step = () => {
    left -= 1;
    if (left <= 0) dead = true;
    if (dead) throw new Error("the server is dead");
  };
  const over = (sql: Sql): Sql => {
    const rows: Sql["rows"] = async (statement, bindings) => {
      step();
      return sql.rows(statement, bindings);
    };
    const first: Sql["first"] = async <Row>(statement: string, bindings?: Parameters<Sql["rows"]>[1]) =>
      (await rows<Row>(statement, bindings))[0];
    const run: Sql["run"] = async (statement, bindings) => {
      step();
      return sql.run(statement, bindings);
    };
    return { engine: sql.engine, rows, first, run, afterwards: sql.afterwards };
  };
  return {
    database: {
      ...database,
      ...over(database),
      async transaction(work) {
        step();
        const done = await database.transaction(async (sql) => {
          const within = await work(over(sql));
          step();
          return within;
        });
        step();
        return done;
      },
    },
    dieAt(count) {
      left = count;
    },
    revive() {
      const died = dead;
      dead = false;
      left = Number.POSITIVE_INFINITY;
      return died;
    },
  };
}
