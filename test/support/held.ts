import type { Database, Sql } from "../../src/database/database.ts";

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

/**
 * A database in which something is done, and waited for, between the judgement of a key in a visit and the result that the visit is to keep.
 * `happens` is of the next such moment alone.
 */
export function beforeResult(database: Database): { database: Database; happens(work: () => Promise<unknown>): void } {
  let next: (() => Promise<unknown>) | undefined;
  return {
    database: {
      ...database,
      async first(statement, bindings) {
        const work = /^\s*UPDATE oidc SET payload_sealed = /.test(statement) ? next : undefined;
        if (work !== undefined) next = undefined;
        await work?.();
        return database.first(statement, bindings);
      },
    },
    happens(work) {
      next = work;
    },
  };
}
