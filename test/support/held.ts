import type { Database, Sql } from "../../src/database.ts";

/**
 * A database in which something that was faster is done at the moment in which a transaction gets hold of an account's row: what a request finds
 * that has waited for it. `happens` is of the next such moment alone.
 */
export function afterHold(database: Database): {
  database: Database;
  happens(work: (sql: Sql) => Promise<unknown>): void;
} {
  let next: ((sql: Sql) => Promise<unknown>) | undefined;
  const wrap = (sql: Sql): Sql => ({
    ...sql,
    async rows(statement, bindings) {
      const rows = await sql.rows<never>(statement, bindings);
      const work = /^UPDATE account SET updated_at = updated_at /.test(statement) ? next : undefined;
      if (work !== undefined) next = undefined;
      await work?.(sql);
      return rows;
    },
  });
  return {
    database: { ...database, transaction: (work) => database.transaction((sql) => work(wrap(sql))) },
    happens(work) {
      next = work;
    },
  };
}
