import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Binding, type Database, type Engine, openDatabase, type Sql } from "../../../src/database/database.ts";
import { type FreshDatabase, freshDatabase } from "../../support/databases.ts";
import { signIn } from "../../support/sign-in.ts";
import { createVisitor } from "../../support/visitor.ts";
import { createWorld } from "../../support/world.ts";
import { indexesOf, stepsOf } from "./steps.ts";

/** Changes that nobody waits for, which SQLite is sent together from the second time on (decision 0081), are as they are one by one. */
export function describeTogether(engine: Engine): void {
  describe(`changes that nobody waits for, on ${engine}`, () => describeChanges(engine));
  if (engine === "sqlite") describe("changes that go together", describeCombinations);
}

type Change = readonly [statement: string, ...bindings: Binding[]];
type Changes = readonly Change[];

const INSERT = "INSERT INTO scratch (id, words, number) VALUES (?, ?, ?)";
const WORDS = "UPDATE scratch SET words = ? WHERE id = ?";
const NUMBER = "UPDATE scratch SET number = ? WHERE id = ?";

/** Those that the columns of our tables have, and on SQLite that of migrations as well. */
const TYPES = {
  sqlite: ["varchar(255)", "text", "bigint", "integer", "datetime"],
  postgres: ["text", "bigint"],
} as const;

function describeChanges(engine: Engine): void {
  test("any changes leave the same rows, or the same error, however they are sent", async () => {
    await using fresh = await freshDatabase(engine, { holds: "nothing" });
    const { database } = fresh;
    const columns = TYPES[engine].map((type, index) => ({ name: `c${index}`, type }));
    await database.run(
      `CREATE TABLE scratch (id varchar(40) PRIMARY KEY, ${columns.map(({ name, type }) => `${name} ${type}`).join(", ")})`,
    );
    const seen = columns.map(({ name }) => (engine === "sqlite" ? `${name}, typeof(${name}) AS of_${name}` : name));
    const outcome = async (work: (sql: Sql) => Promise<void>) => {
      await database.transaction(async (sql) => {
        await sql.rows("DELETE FROM scratch");
        for (const { name } of columns) await sql.rows(`INSERT INTO scratch (id, ${name}) VALUES (?, ?)`, [name, 5]);
      });
      const ended = await database.transaction(work).then(
        () => "done",
        (error: Error & { code?: string }) => `${error.code} ${error.message}`,
      );
      return [ended, await database.rows(`SELECT id, ${seen.join(", ")} FROM scratch ORDER BY id`)];
    };
    const reason = new Error("not yet");
    const combinations = new Set<string>();
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(changesOf(engine, columns), { minLength: 2, maxLength: 6 }), async (changes) => {
        const oneByOne = await outcome(async (sql) => {
          for (const change of changes) {
            await send(sql, [change]);
            await sql.first("SELECT 1 AS one");
          }
        });
        // What a transaction that is taken back was the first to send goes together in the next one.
        const takenBack = database.transaction(async (sql) => {
          await send(sql, changes);
          throw reason;
        });
        await takenBack.catch(() => undefined);
        const together = await outcome((sql) => send(sql, changes));
        expect(together).toEqual(oneByOne);
        combinations.add(changes.map(([statement]) => statement).join());
        if (together[0] !== "done") failed += 1;
      }),
      { numRuns: 100 },
    );
    expect(failed).toBeGreaterThan(5);
    expect(combinations.size - failed).toBeGreaterThan(50);
    if (engine === "sqlite") expect(await viewsOf(database)).toHaveLength(combinations.size);
  });

  test("where one of them fails, its transaction fails as ever, and the others and the next ones do not", async () => {
    await using fresh = await scratch(engine);
    const { database } = fresh;
    const changes = (id: string): Changes => [
      [INSERT, `${id} before`, null, null],
      [INSERT, id, null, null],
      [NUMBER, 1, id],
    ];
    for (const id of ["a", "b"]) await database.transaction((sql) => send(sql, changes(id)));
    const seen: unknown[] = [];
    const failing = () =>
      database.transaction(async (sql) => {
        await send(sql, [
          [INSERT, "c", null, null],
          [INSERT, "a", null, null],
          [NUMBER, 1, "c"],
        ]);
        // PostgreSQL answers nothing more in a transaction of which something has failed.
        if (engine === "sqlite") seen.push(await sql.rows("SELECT id, number FROM scratch WHERE id = 'c'"));
      });
    const alone = await failing().catch((error: unknown) => error);
    const beside = (id: string) => database.transaction((sql) => send(sql, changes(id)));
    const ends = await Promise.allSettled([beside("d"), failing(), beside("e"), failing(), beside("f")]);
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
    for (const end of [{ reason: alone }, ends[1], ends[3]])
      expect(end).toMatchObject({
        reason: {
          code: engine === "sqlite" ? "SQLITE_CONSTRAINT" : "23505",
          message: expect.stringMatching(/unique/i),
        },
      });
    // What was sent before and after the one that failed is done, until all is taken back.
    if (engine === "sqlite") expect(seen).toEqual(seen.map(() => [{ id: "c", number: 1 }]));
    if (engine === "sqlite") expect(seen.length).toBeGreaterThan(2);
    expect(await database.rows("SELECT id, number FROM scratch ORDER BY id")).toEqual(
      ["a", "b", "d", "e", "f"].flatMap((id) => [
        { id, number: 1 },
        { id: `${id} before`, number: null },
      ]),
    );
  });

  // The number is of those that SQLite's triggers take.
  test.each<readonly [number, string]>([
    [0, "WITH wanted AS (SELECT 'x' AS id) UPDATE scratch SET words = ? WHERE id IN (SELECT id FROM wanted)"],
    [0, "UPDATE scratch SET words = ? WHERE id = 'x' RETURNING id"],
    [1, `UPDATE ${engine === "sqlite" ? "main" : "public"}.scratch SET words = ? WHERE id = 'x'`],
    [1, "UPDATE scratch SET words = ? WHERE id IN (SELECT id FROM scratch ORDER BY id LIMIT length(?))"],
  ])("go together, or do not (%i), with %s", async (together, statement) => {
    await using fresh = await scratch(engine);
    const { database } = fresh;
    await database.run(INSERT, ["x", "", 0]);
    for (const turn of [1, 2, 3]) {
      const words = Array.from(statement.matchAll(/\?/g), () => `turn ${turn}`);
      const both = (sql: Sql) =>
        send(sql, [
          ["UPDATE scratch SET number = number + ?", 1],
          [statement, ...words],
        ]);
      await Promise.all([database.transaction(both), database.transaction(both)]);
      expect(await database.rows("SELECT * FROM scratch")).toEqual([{ id: "x", words: words[0], number: 2 * turn }]);
    }
    if (engine === "sqlite") expect(await viewsOf(database)).toHaveLength(together);
  });

  test("bindings that are too few in one and too many in another are refused", async () => {
    await using fresh = await scratch(engine);
    const { database } = fresh;
    const right: Changes = [
      [WORDS, "a", "x"],
      [NUMBER, 1, "x"],
    ];
    for (const _ of [1, 2]) await database.transaction((sql) => send(sql, right));
    const wrong = database.transaction((sql) =>
      send(sql, [
        [WORDS, "a", "x", 1],
        [NUMBER, "x"],
      ]),
    );
    await expect(wrong).rejects.toThrow("3 bindings for 2 places");
  });

  test("more than go in one call, and more combinations than are kept, are done in their order", async () => {
    await using fresh = await scratch(engine);
    const { database } = fresh;
    await database.run(INSERT, ["x", "", 0]);
    const letter: Change = ["UPDATE scratch SET words = words || ?", "a"];
    const digit: Change = ["UPDATE scratch SET words = words || cast(? + number AS text)", 1];
    let expected = "";
    for (let turn = 0; turn < 260; turn += 1) {
      const changes = Array.from({ length: 9 }, (_, bit) => ((turn >> bit) & 1 ? letter : digit));
      await database.transaction((sql) => send(sql, [...changes, ...changes]));
      expected += changes
        .map((change) => change[1])
        .join("")
        .repeat(2);
    }
    expect(await database.first("SELECT words FROM scratch")).toEqual({ words: expected });
    if (engine === "sqlite") expect(await viewsOf(database)).toHaveLength(200);
  });
}

function describeCombinations(): void {
  const changes = (id: string): Changes => [
    [WORDS, "a", id],
    [NUMBER, 1, id],
  ];
  const rows = (database: Database) => database.rows("SELECT id, words, number FROM scratch ORDER BY id");

  test("go in one statement from the second time on, whatever became of the first, with all values bound", async () => {
    await using fresh = await scratch("sqlite");
    const { database } = fresh;
    const failing = async (sql: Sql) => {
      await send(sql, changes("x"));
      throw new Error("changed my mind");
    };
    await Promise.allSettled([failing, failing].map((work) => database.transaction(work)));
    const [view = "", ...others] = await viewsOf(database);
    expect(others).toEqual([]);
    // What its trigger is made to do instead shows that it is this that does it.
    await database.rows(`DROP TRIGGER temp.${view}_instead`);
    await database.rows(
      `CREATE TEMP TRIGGER ${view}_instead INSTEAD OF INSERT ON ${view} BEGIN
         INSERT INTO scratch (id, words) VALUES (NEW.p3, NEW.p0 || NEW.p1 || NEW.p2); END`,
    );
    await database.transaction((sql) => send(sql, changes("x")));
    expect(await rows(database)).toEqual([{ id: "x", words: "ax1", number: null }]);
    // One alone is sent as it is.
    await database.transaction((sql) => send(sql, [[NUMBER, 2, "x"]]));
    expect(await rows(database)).toEqual([{ id: "x", words: "ax1", number: 2 }]);
  });

  test("go one by one where their view is gone", async () => {
    await using fresh = await scratch("sqlite");
    const { database } = fresh;
    await database.run(INSERT, ["x", null, 0]);
    await database.transaction((sql) => send(sql, changes("x")));
    for (const view of await viewsOf(database)) await database.rows(`DROP VIEW temp.${view}`);
    for (const words of ["b", "c"]) {
      await database.transaction((sql) =>
        send(sql, [
          [WORDS, words, "x"],
          [NUMBER, 2, "x"],
        ]),
      );
      expect(await rows(database)).toEqual([{ id: "x", words, number: 2 }]);
    }
  });

  test("meet a table that another process has altered as they would one by one", async () => {
    await using fresh = await scratch("sqlite");
    await using other = secondConnection(fresh);
    const { database } = fresh;
    const change = (words: string) =>
      database.transaction((sql) =>
        send(sql, [
          [WORDS, words, "x"],
          ["UPDATE scratch SET number = number + ?", 1],
        ]),
      );
    await database.run(INSERT, ["x", null, 0]);
    await change("first");
    await change("together");
    await other.database.rows("ALTER TABLE scratch ADD COLUMN more text");
    await change("with more");
    await other.database.rows("ALTER TABLE scratch RENAME COLUMN words TO spoken");
    for (const _ of [1, 2])
      await expect(change("nowhere")).rejects.toMatchObject({ code: "SQLITE_ERROR", message: /no such column: words/ });
    expect(await database.rows("SELECT * FROM scratch")).toEqual([
      { id: "x", spoken: "with more", number: 3, more: null },
    ]);
    await other.database.rows("ALTER TABLE scratch RENAME COLUMN spoken TO words");
    await change("back");
    expect(await rows(database)).toEqual([{ id: "x", words: "back", number: 4 }]);
  });

  test("do not stand in the way of a migration on their connection, and come back after it", async () => {
    await using fresh = await freshDatabase("sqlite");
    const { database } = fresh;
    const change = () =>
      database.transaction((sql) =>
        send(sql, [
          ["UPDATE oidc SET account_id = ? WHERE id = ?", "a", "x"],
          ["UPDATE challenge SET client_id = ? WHERE id = ?", "a", "x"],
          ["UPDATE account SET lapses_at = ? WHERE id = ?", 1, "x"],
        ]),
      );
    await change();
    await change();
    expect(await viewsOf(database)).toHaveLength(1);
    while ((await database.migrate("down")).applied.length > 0) expect(await viewsOf(database)).toEqual([]);
    await database.migrate("latest");
    await change();
    await change();
    expect(await viewsOf(database)).toHaveLength(1);
  });

  test("are found by the same indexes as one by one: those of a sign-in", async () => {
    await using world = await createWorld({ engine: "sqlite" });
    const visitor = createVisitor(world.issuer);
    for (const _ of [1, 2, 3]) {
      const { tokens } = await signIn(world, { visitor, parameters: { prompt: "login" } });
      await tokens();
    }
    const { database } = world;
    const indexes = await indexesOf(database);
    const triggers = await database.rows<{ sql: string }>("SELECT sql FROM temp.sqlite_master WHERE type = 'trigger'");
    const together = triggers.map(({ sql }) => sql).find((sql) => sql.includes("known_browser")) ?? "";
    const [, view = "", body = ""] = /INSERT ON (\w+) BEGIN (.*) END$/s.exec(together) ?? [];
    const statements = body.split("\n;").filter((statement) => statement.trim() !== "");
    expect(statements.map((statement) => /UPDATE (\w+)|INSERT INTO (\w+)/.exec(statement)?.[0])).toEqual([
      "UPDATE counter",
      "UPDATE oidc",
      "INSERT INTO event",
      "UPDATE known_browser",
    ]);
    const alone: string[] = [];
    for (const statement of statements) {
      const text = statement.replace(/NEW\.p\d+/g, "?");
      alone.push(...(await stepsOf(database, indexes, text, text.split("?").length - 1)));
    }
    const places = body.match(/NEW\.p\d+/g)?.length ?? 0;
    const insert = `INSERT INTO temp.${view} VALUES (${Array(places).fill("?").join(", ")})`;
    expect(await stepsOf(database, indexes, insert, places)).toEqual(alone);
    const tables = ["counter", "oidc", "known_browser"];
    for (const table of tables) expect(alone).toContain(`SeekGE sqlite_autoindex_${table}_1`);
  });
}

/** Anything that a change may be: with values of every kind on SQLite, which keeps what a column's type does not suit as it is. */
function changesOf(engine: Engine, columns: readonly { name: string; type: string }[]): fc.Arbitrary<Change> {
  const numbers = fc.oneof(fc.integer({ min: -2, max: 9 }), fc.constantFrom(0, 2 ** 40, Number.MAX_SAFE_INTEGER));
  const texts = fc.constantFrom("", "5", "05", "5.0", " 5", "-1", "1e3", "2026-11-26", "a", "A", "Ω", "'; --");
  const any = fc.oneof(numbers, texts, fc.constantFrom(null, 0.5, -0.25, 1e300, 5.0));
  const ids = fc.constantFrom("x", "y", "z", ...columns.map(({ name }) => name));
  const column = fc.constantFrom(...columns);
  const valueFor = (type: string): fc.Arbitrary<Binding> => {
    if (engine === "sqlite") return any;
    return type === "text" ? fc.option(texts) : fc.option(numbers);
  };
  /** A statement about one column, with its value for each further place. */
  const about = (places: number, text: (name: string) => string) =>
    column.chain(({ name, type }) =>
      fc
        .tuple(...Array.from({ length: places }, () => valueFor(type)))
        .map((values): Change => [text(name), ...values]),
    );
  const insert = (more: (name: string) => string, verb = "INSERT") =>
    fc
      .tuple(
        ids,
        about(1, (name) => `${verb} INTO scratch (${name}, id) VALUES (?, ?) ${more(name)}`),
      )
      .map(([id, change]): Change => [...change, id]);
  const both = [
    insert(() => ""),
    insert((name) => `ON CONFLICT (id) DO UPDATE SET ${name} = excluded.${name}`),
    insert(() => "ON CONFLICT DO NOTHING"),
    about(2, (name) => `UPDATE scratch SET ${name} = ? WHERE ${name} = ?`),
    about(2, (name) => `UPDATE scratch SET ${name} = ? WHERE ? <> ${name}`),
    about(2, (name) => `DELETE FROM scratch WHERE ${name} > ? AND ${name} < ?`),
    about(2, (name) => `DELETE FROM scratch WHERE ${name} IN (?, ?)`),
    about(3, (name) => `UPDATE scratch SET ${name} = CASE WHEN ${name} <= ? THEN ? ELSE coalesce(${name}, ?) END`),
  ];
  const sqlite = [
    insert(() => "", "INSERT OR IGNORE"),
    insert(() => "", "INSERT OR REPLACE"),
    about(2, (name) => `UPDATE OR REPLACE scratch SET id = ? WHERE ${name} = ?`),
    about(2, (name) => `UPDATE scratch SET ${name} = ${name} || ? WHERE typeof(?) = typeof(${name})`),
    about(3, (name) => `UPDATE scratch SET ${name} = ${name} + ? WHERE ? = ?`),
    about(2, (name) => `UPDATE scratch SET ${name} = ? WHERE ? BETWEEN '0' AND ${name}`),
  ];
  return fc.oneof(...both, ...(engine === "sqlite" ? sqlite : []));
}

async function send(sql: Sql, changes: Changes): Promise<void> {
  for (const [statement, ...bindings] of changes) await sql.run(statement, bindings);
}

async function viewsOf(database: Database): Promise<string[]> {
  const views = await database.rows<{ name: string }>("SELECT name FROM temp.sqlite_master WHERE type = 'view'");
  return views.map(({ name }) => name);
}

async function scratch(engine: Engine): Promise<FreshDatabase> {
  const fresh = await freshDatabase(engine, { holds: "nothing" });
  await fresh.database.rows("CREATE TABLE scratch (id varchar(40) PRIMARY KEY, words text, number bigint)");
  return fresh;
}

function secondConnection({ url }: FreshDatabase): { database: Database } & AsyncDisposable {
  const database = openDatabase({ url, synchronous: "OFF" });
  return { database, [Symbol.asyncDispose]: () => database.close() };
}
