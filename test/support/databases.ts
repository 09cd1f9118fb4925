import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { inject } from "vitest";
import type { SeededPhone } from "../../db/seeds/demo.ts";
import { type Database, type Engine, openDatabase, type Sql } from "../../src/database/database.ts";
import { postgresDatabases } from "./postgres-databases.ts";
import type { Holding } from "./templates.ts";

/** A database that nobody else uses; gone, with all that is in it, when it is disposed of. */
export interface FreshDatabase extends AsyncDisposable {
  database: Database;
  url: string;
  /** Of those who are there from the beginning. */
  phones: readonly SeededPhone[];
}

export interface FreshOptions {
  /** The tables, unless said otherwise; with "people" those of the demo as well, and keys, sealed under the provided master key. */
  holds?: Holding | "nothing";
  poolSize?: number;
}

/** The databases on the shared server that fresh ones are copied from. */
export const TEMPLATES = { nothing: "template0", tables: "template_tables", people: "template_people" } as const;

/** `await using fresh = await freshDatabase(engine)`; PostgreSQL only in the project `postgres`, whose server it shares. */
export function freshDatabase(engine: Engine, options: FreshOptions = {}): Promise<FreshDatabase> {
  return engine === "sqlite" ? freshSqlite(options) : freshPostgres(options);
}

/** The same server, another database. */
export function urlOf(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Notes the text of every statement that passes, also those inside transactions. */
export function recordStatements(database: Database): { database: Database; statements: Set<string> } {
  const statements = new Set<string>();
  const recorded = (sql: Sql): Sql => ({
    engine: sql.engine,
    rows(statement, bindings) {
      statements.add(statement);
      return sql.rows(statement, bindings);
    },
    first(statement, bindings) {
      statements.add(statement);
      return sql.first(statement, bindings);
    },
    run(statement, bindings) {
      statements.add(statement);
      return sql.run(statement, bindings);
    },
    afterwards: sql.afterwards,
  });
  const transaction: Database["transaction"] = (work) => database.transaction((sql) => work(recorded(sql)));
  return { database: { ...database, ...recorded(database), transaction }, statements };
}

function phonesIn(engine: Engine, holds: FreshOptions["holds"]): readonly SeededPhone[] {
  return (holds === "people" ? inject("seededPhones")[engine] : undefined) ?? [];
}

async function freshSqlite({ holds = "tables" }: FreshOptions): Promise<FreshDatabase> {
  // Beside the templates, which go with the run, however it ends.
  const folder = mkdtempSync(join(dirname(inject("sqliteTemplates").tables), "sqlite-"));
  const file = join(folder, "test.sqlite");
  if (holds !== "nothing") copyFileSync(inject("sqliteTemplates")[holds], file);
  const url = `sqlite:${file}`;
  // OFF: no test cuts the power, and a process that is killed loses nothing by it.
  const database = openDatabase({ url, synchronous: "OFF" });
  return {
    database,
    url,
    phones: phonesIn("sqlite", holds),
    async [Symbol.asyncDispose]() {
      await database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freshPostgres({ holds = "tables", poolSize }: FreshOptions): Promise<FreshDatabase> {
  const { copyOf, drop } = postgresDatabases();
  const name = await copyOf(TEMPLATES[holds]);
  const url = urlOf(inject("postgresUrl"), name);
  const database = openDatabase({ url, ...(poolSize !== undefined && { poolSize }) });
  return {
    database,
    url,
    phones: phonesIn("postgres", holds),
    async [Symbol.asyncDispose]() {
      await database.close();
      await drop(name);
    },
  };
}
