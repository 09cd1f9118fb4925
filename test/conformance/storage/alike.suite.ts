import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compoundOf } from "../../../src/database/alike.ts";
import { type Binding, type Database, type Engine, openDatabase } from "../../../src/database/database.ts";
import { type FreshDatabase, freshDatabase, recordStatements } from "../../support/databases.ts";
import { signIn } from "../../support/sign-in.ts";
import { createVisitor } from "../../support/visitor.ts";
import { createWorld } from "../../support/world.ts";
import { indexesOf, stepsOf } from "./steps.ts";

/** What many ask in the same words, which SQLite is asked in one call (decision 0083), is answered as to each alone. */
export function describeAlike(engine: Engine): void {
  describe(`what many ask at once, on ${engine}`, () => describeReads(engine));
  if (engine === "sqlite") describe("what many ask in the same words", describeCompounds);
}

/** Each has a place or more, and all are found by whatever is bound: numbers on PostgreSQL are numbers, and texts texts. */
const READS = [
  "SELECT * FROM scratch WHERE id = ?",
  "SELECT id, number FROM scratch WHERE id >= ? ORDER BY number DESC, id",
  "SELECT id FROM scratch WHERE id >= ? ORDER BY id LIMIT 2",
  "SELECT count(*) AS many, max(number) AS most FROM scratch WHERE id < ?",
  "SELECT id, words FROM scratch WHERE id = ? UNION ALL SELECT id, upper(words) FROM scratch WHERE number > 2",
  "SELECT one.*, two.id AS other FROM scratch AS one LEFT JOIN scratch AS two ON two.id = (SELECT id FROM scratch WHERE number > one.number ORDER BY number, id LIMIT 1) WHERE one.id = ?",
  "SELECT one.*, two.* FROM scratch AS one JOIN scratch AS two ON two.number = one.number AND two.id <> one.id WHERE one.id = ?",
  "SELECT DISTINCT number FROM scratch WHERE words <> ?",
  "SELECT number, count(*) AS many FROM scratch WHERE id <> ? GROUP BY number HAVING count(*) > 1",
  "SELECT id FROM scratch WHERE words = '(ORDER BY' AND id <> ?",
  "WITH few AS (SELECT id FROM scratch WHERE id < ?) SELECT count(*) AS many FROM few",
  "SELECT 1 AS one, ' -- ' || id AS asked FROM scratch WHERE id = ? -- of whatever comes",
] as const;

const IDS = ["", "a", "b", "c", "x", "Ω", "'; --"];

function describeReads(engine: Engine): void {
  test("any of it is what it is one by one", async () => {
    await using fresh = await scratch(engine);
    const { database } = fresh;
    const row = fc.tuple(
      fc.option(fc.constantFrom("", "5", "words", "(ORDER BY", "Ω")),
      fc.option(fc.constantFrom(0, 1, 2, 3, 2 ** 40)),
    );
    const rows = fc.dictionary(fc.constantFrom(...IDS), row);
    const asked = fc.array(fc.tuple(fc.constantFrom(...READS), fc.constantFrom(...IDS)), {
      minLength: 2,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(rows, asked, async (kept, questions) => {
        await database.run("DELETE FROM scratch");
        for (const [id, [words, number]] of Object.entries(kept))
          await database.run("INSERT INTO scratch (id, words, number) VALUES (?, ?, ?)", [id, words, number]);
        const alone: unknown[] = [];
        for (const [statement, id] of questions) alone.push(await database.rows(statement, [id]));
        expect(await Promise.all(questions.map(([statement, id]) => database.rows(statement, [id])))).toEqual(alone);
      }),
      { numRuns: 60 },
    );
  });

  test("one that fails says so to whoever asked, and to nobody else", async () => {
    await using fresh = await scratch(engine);
    const { database } = fresh;
    for (const [id, number] of [
      ["a", 1],
      ["b", -(2 ** 53)],
      ["c", 3],
    ] as const)
      await database.run("INSERT INTO scratch (id, number) VALUES (?, ?)", [id, number]);
    // Too large in one row alone: 2^53 times 2^10 is more than either database has whole numbers for.
    const ask = (id: string) => database.rows("SELECT abs(number * 1024) AS larger FROM scratch WHERE id = ?", [id]);
    for (const _ of [1, 2, 3]) {
      const ends = await Promise.allSettled(["a", "b", "c"].map(ask));
      expect(ends.map((end) => (end.status === "fulfilled" ? end.value : "failed"))).toEqual([
        [{ larger: 1024 }],
        "failed",
        [{ larger: 3072 }],
      ]);
    }
  });

  test("one with a binding too few, and one of a table that is not there, are refused alone", async () => {
    await using fresh = await scratch(engine);
    const { database } = fresh;
    await database.run("INSERT INTO scratch (id, number) VALUES ('a', 1)");
    const ask = (...bindings: Binding[]) => database.rows("SELECT number FROM scratch WHERE id = ?", bindings);
    const nowhere = () => database.rows("SELECT number FROM nowhere WHERE id = ?", ["a"]);
    for (const _ of [1, 2]) {
      const ends = await Promise.allSettled([ask("a"), ask(), nowhere(), ask("a"), nowhere()]);
      expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled", "rejected"]);
      expect(ends[0]).toMatchObject({ value: [{ number: 1 }] });
    }
  });
}

function describeCompounds(): void {
  const ask = (database: Database, ...ids: string[]) =>
    Promise.all(ids.map((id) => database.rows("SELECT * FROM scratch WHERE id = ?", [id])));

  test("follows a table that another process has altered, and one that has migrated", async () => {
    await using fresh = await scratch("sqlite");
    const { database } = fresh;
    const other = openDatabase({ url: fresh.url, synchronous: "OFF" });
    await using _closing = { [Symbol.asyncDispose]: () => other.close() };
    await database.run("INSERT INTO scratch (id, words, number) VALUES ('a', 'b', 1)");
    const alone = () => database.rows("SELECT * FROM scratch WHERE id = ?", ["a"]);
    expect(await ask(database, "a", "b")).toEqual([[{ id: "a", words: "b", number: 1 }], []]);
    for (const change of [
      "ALTER TABLE scratch ADD COLUMN more text DEFAULT 'more'",
      "ALTER TABLE scratch RENAME COLUMN words TO spoken",
      "ALTER TABLE scratch DROP COLUMN more",
    ]) {
      await other.rows(change);
      const [first, second, third] = await ask(database, "a", "b", "a");
      expect([first, second, third]).toEqual([await alone(), [], await alone()]);
      expect(await ask(database, "b", "a")).toEqual([[], await alone()]);
    }
    await other.rows("DROP TABLE scratch");
    await expect(ask(database, "a", "b")).rejects.toMatchObject({ code: "SQLITE_ERROR", message: /no such table/ });
  });

  test("does not stand in the way of a migration on its connection", async () => {
    await using fresh = await freshDatabase("sqlite");
    const { database } = fresh;
    const both = () => Promise.all(["a", "b"].map((id) => database.rows("SELECT * FROM account WHERE id = ?", [id])));
    expect(await both()).toEqual([[], []]);
    while ((await database.migrate("down")).applied.length > 0);
    await expect(both()).rejects.toMatchObject({ message: /no such table: account/ });
    await database.migrate("latest");
    expect(await both()).toEqual([[], []]);
  });

  test("is asked in more words than compounds are kept", async () => {
    await using fresh = await scratch("sqlite");
    const { database } = fresh;
    await database.run("INSERT INTO scratch (id, number) VALUES ('a', 1)");
    for (let number = 0; number < 250; number += 1) {
      const words = `SELECT number + ${number} AS more FROM scratch WHERE id = ?`;
      const rows = await Promise.all([database.rows(words, ["a"]), database.rows(words, ["b"])]);
      expect(rows).toEqual([[{ more: 1 + number }], []]);
    }
  });

  test("is found by the same indexes as alone: what a sign-in reads", async () => {
    const fresh = await freshDatabase("sqlite", { holds: "people" });
    const { database, statements } = recordStatements(fresh.database);
    await using world = await createWorld({ database: { ...fresh, database } });
    const { tokens } = await signIn(world, { visitor: createVisitor(world.issuer) });
    await tokens();
    const indexes = await indexesOf(database);
    const reads = [...statements].filter((statement) => /^\s*SELECT\b.*\?/s.test(statement));
    expect(reads.length).toBeGreaterThan(3);
    for (const statement of reads) {
      const places = statement.split("?").length - 1;
      const alone = await stepsOf(database, indexes, statement, places);
      const steps = await stepsOf(database, indexes, compoundOf(statement, 3), 3 * places);
      expect(steps).toEqual([...alone, ...alone, ...alone]);
    }
  });
}

async function scratch(engine: Engine): Promise<FreshDatabase> {
  const fresh = await freshDatabase(engine, { holds: "nothing" });
  await fresh.database.rows("CREATE TABLE scratch (id varchar(40) PRIMARY KEY, words text, number bigint)");
  return fresh;
}
