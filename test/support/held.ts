import { expect } from "vitest";
import type { Database, Sql } from "../../src/database/database.ts";

/** A database in which something is done between two statements of one transaction. `happens` is of the next such moment alone. */
export interface Held {
  database: Database;
  happens(work: (sql: Sql) => Promise<unknown>): void;
}

/** What was faster is done at the moment in which a transaction gets hold of an account's row: what a request finds that has waited for it. */
export function afterHold(database: Database): Held {
  return after(database, /^UPDATE account SET updated_at = updated_at /);
}

/** Likewise, when a try at a check number was counted, and the pads that it is judged by were read. */
export function afterTry(database: Database): Held {
  return after(database, /^\s*UPDATE challenge SET tries = tries \+ 1/);
}

/** Likewise, when a right response was kept, and what follows from it was not. */
export function afterAnswer(database: Database): Held {
  return after(database, /^\s*UPDATE challenge SET status = 'answered'/);
}

/** When somebody on this database waits for somebody else; SQLite has one connection, before which all wait anyway. */
export async function untilBlocked(database: Database): Promise<void> {
  if (database.engine === "sqlite") return;
  const blocked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  // On a connection of its own: the one that waits may be waited behind.
  const waiting = () => database.transaction((sql) => sql.rows(blocked));
  await expect.poll(async () => (await waiting()).length, { interval: 5, timeout: 10_000 }).toBeGreaterThan(0);
}

function after(database: Database, statements: RegExp): Held {
  let next: ((sql: Sql) => Promise<unknown>) | undefined;
  const done = async (sql: Sql, statement: string) => {
    const work = statements.test(statement) ? next : undefined;
    if (work !== undefined) next = undefined;
    await work?.(sql);
  };
  const wrap = (sql: Sql): Sql => ({
    ...sql,
    async rows(statement, bindings) {
      const rows = await sql.rows<never>(statement, bindings);
      await done(sql, statement);
      return rows;
    },
    async first(statement, bindings) {
      const row = await sql.first<never>(statement, bindings);
      await done(sql, statement);
      return row;
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
 * A database in which something is done, and waited for, between the judgement of a key in a visit and what oidc-provider makes of it: before
 * the visit keeps its result or, where it has kept it with the key, before it is resumed. `happens` is of the next such moment alone.
 */
export function beforeResult(database: Database): { database: Database; happens(work: () => Promise<unknown>): void } {
  let next: (() => Promise<unknown>) | undefined;
  const moment = async (statements: RegExp, statement: string) => {
    const work = statements.test(statement) ? next : undefined;
    if (work !== undefined) next = undefined;
    await work?.();
  };
  return {
    database: {
      ...database,
      async first(statement, bindings) {
        await moment(/^\s*UPDATE oidc SET payload_sealed = /, statement);
        return database.first(statement, bindings);
      },
      async rows(statement, bindings) {
        await moment(/FROM oidc LEFT JOIN account .* WHERE oidc\.model = \? AND oidc\.id = \?$/s, statement);
        return database.rows(statement, bindings);
      },
    },
    happens(work) {
      next = work;
    },
  };
}
