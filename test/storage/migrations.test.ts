import { fileURLToPath } from "node:url";
import knexFactory, { type Knex } from "knex";
import { expect, inject, test } from "vitest";
import type { Binding, Database, Engine, Sql } from "../../src/database/database.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";

/** Milliseconds: fifty migrations, and all rows read after each. */
const PATIENCE = 60_000;

/** What a step down takes away: the row with a value in each column is a key whose end has come, which an older program would sign with. */
const ENDED: Readonly<Record<string, readonly string[]>> = { "0029_key_rotation.ts": ["key: 1 rows"] };

/** What other tables refer to comes first. */
const PARENTS = ["account", "kept_keys"];

type Row = Record<string, Binding>;
type Content = Map<string, Row[]>;

interface Column {
  table: string;
  name: string;
  type: string;
  nullable: number;
}

test("each step up and each step down keeps what is in all tables that stay", { timeout: PATIENCE }, async () => {
  const engine = inject("engine");
  await using fresh = await freshDatabase(engine, { holds: "nothing" });
  const { database } = fresh;
  const steps = await stepping(engine, fresh);
  expect(steps).toBeGreaterThan(20);

  for (let left = steps; left > 1; left--) {
    const before = await content(database);
    const { applied } = await database.migrate("down");
    expect(lost(before, await content(database)), `down: ${applied}`).toEqual(ENDED[applied[0] ?? ""] ?? []);
    await fill(database, `down ${applied}`);
  }
  const before = await content(database);
  expect(before.get("device")?.length).toBeGreaterThan(steps);
  expect((await database.migrate("latest")).applied).toHaveLength(steps - 1);
  expect(lost(before, await content(database))).toEqual([]);
});

/** Migrates by one step up at a time, as versions follow one another at an operator; gives the number of steps. */
async function stepping(engine: Engine, { url, database }: FreshDatabase): Promise<number> {
  const knex = knexFactory(engine === "sqlite" ? sqlite(url) : { client: "pg", connection: url });
  const directory = fileURLToPath(new URL("../../db/migrations", import.meta.url));
  const migrations: Knex.MigratorConfig = { directory, loadExtensions: [".ts"], tableName: "migration" };
  try {
    for (let steps = 0; ; steps++) {
      const before = await content(database);
      const [, applied]: [number, string[]] = await knex.migrate.up(migrations);
      if (applied.length === 0) return steps;
      expect(lost(before, await content(database)), `up: ${applied}`).toEqual([]);
      await fill(database, `up ${applied}`);
    }
  } finally {
    await knex.destroy();
  }
}

/** Foreign keys are enforced, as in `openDatabase`: else nothing is lost that would be lost there. */
function sqlite(url: string): Knex.Config {
  return {
    client: "sqlite3",
    connection: { filename: url.slice("sqlite:".length) },
    useNullAsDefault: true,
    pool: {
      min: 1,
      max: 1,
      afterCreate: (connection: { exec(text: string, done: () => void): void }, done: () => void) =>
        connection.exec("PRAGMA foreign_keys = ON", done),
    },
  };
}

/**
 * Two rows more in each table: one with a value in each column, and one with as few as may be. All texts of a row are the same, and so
 * whatever refers to another table finds its row there.
 */
async function fill(database: Database, step: string): Promise<void> {
  const all = await tables(database);
  await database.transaction(async (sql) => {
    for (const [table, columns] of all) {
      await insert(sql, table, columns, `${step} full`);
      const needed = columns.filter((column) => !column.nullable);
      await insert(sql, table, needed, `${step} least`);
    }
  });
}

async function insert(sql: Sql, table: string, columns: Column[], text: string): Promise<void> {
  const names = columns.map((column) => column.name).join(", ");
  const marks = columns.map(() => "?").join(", ");
  const values = columns.map((column) => (/int/i.test(column.type) ? 1 : text));
  await sql.run(`INSERT INTO "${table}" (${names}) VALUES (${marks})`, values);
}

/** The rows of all tables, in the order of their first column, which is a text in each. */
async function content(database: Database): Promise<Content> {
  const found: Content = new Map();
  for (const table of (await tables(database)).keys())
    found.set(table, await database.rows<Row>(`SELECT * FROM "${table}" ORDER BY 1`));
  return found;
}

/** Rows that are gone, and values that are others, in tables and columns that are still there; what was null may be a value now. */
function lost(before: Content, after: Content): string[] {
  return [...before].flatMap(([table, rows]) => {
    const now = after.get(table);
    if (now === undefined) return [];
    if (now.length !== rows.length) return [`${table}: ${rows.length - now.length} rows`];
    return rows.flatMap((row, index) =>
      Object.entries(now[index] ?? {})
        .filter(([name, value]) => (row[name] ?? value) !== value)
        .map(([name]) => `${table}.${name}`),
    );
  });
}

async function tables(database: Database): Promise<Map<string, Column[]>> {
  const columns = await database.rows<Column>(database.engine === "sqlite" ? ON_SQLITE : ON_POSTGRES);
  const found = new Map<string, Column[]>(PARENTS.map((table) => [table, []]));
  for (const column of columns) found.set(column.table, [...(found.get(column.table) ?? []), column]);
  return new Map([...found].filter(([, ofTable]) => ofTable.length > 0));
}

const ON_SQLITE = `
  SELECT m.name AS "table", c.name, c.type, c."notnull" = 0 AND c.pk = 0 AS nullable
    FROM sqlite_master m JOIN pragma_table_info(m.name) c
   WHERE m.type = 'table' AND m.name NOT LIKE 'migration%' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid`;
const ON_POSTGRES = `
  SELECT table_name AS "table", column_name AS name, data_type AS type, (is_nullable = 'YES')::int AS nullable
    FROM information_schema.columns
   WHERE table_schema = current_schema() AND table_name NOT LIKE 'migration%' ORDER BY table_name, ordinal_position`;
