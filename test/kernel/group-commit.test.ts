import { expect, test } from "vitest";
import { createGroups, type Job } from "../../src/database/group-commit.ts";
import { freshDatabase } from "../support/databases.ts";

/** A connection that notes what is sent to it; a statement `broken` fails. */
function listening(wanted: () => boolean = () => false) {
  const sent: string[] = [];
  let given = 0;
  const send = async (_connection: object, statement: string) => {
    sent.push(statement);
    if (statement === "broken") throw new Error("the disk is full");
  };
  const control = (connection: object, statements: readonly string[]) => send(connection, statements.join("; "));
  const enqueue = createGroups<object>({
    withConnection(work) {
      given += 1;
      return work({});
    },
    ready: async () => undefined,
    control,
    begin: "BEGIN",
    wanted,
  });
  const ask = (statement: string, { single = false, several = false } = {}) =>
    new Promise<string>((resolve, reject) => {
      const done = async (connection: object) => {
        await send(connection, statement);
        return () => {
          sent.push(`answered ${statement}`);
          resolve(statement);
        };
      };
      const job: Job<object> = { single, several, alone: done, within: done, fail: reject };
      enqueue(job);
    });
  return { sent, ask, given: () => given };
}

test("a connection is kept while there is work, for sixteen rounds, or one where somebody else waits for it", async () => {
  /** How often one is asked for, where the next statement is there before each is answered. */
  const givenFor = async (statements: number, wanted?: () => boolean) => {
    const { ask, given } = listening(wanted);
    let last = ask("0");
    for (let number = 1; number < statements; number += 1) {
      const next = ask(`${number}`);
      await last;
      last = next;
    }
    await last;
    return given();
  };
  expect(await givenFor(16)).toBe(1);
  expect(await givenFor(100)).toBeGreaterThan(1);
  expect(await givenFor(16, () => true)).toBeGreaterThan(4);
});

test("on SQLite others than requests have the connection between two rounds, however much is written", async () => {
  await using fresh = await freshDatabase("sqlite");
  const { database } = fresh;
  await database.run("CREATE TABLE noted (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER)");
  let [rounds, looked] = [0, false];
  const write = async () => {
    while (!looked) {
      await database.transaction((sql) => sql.run("INSERT INTO noted (at) VALUES (?)", [1]));
      rounds += 1;
    }
  };
  const writing = Array.from({ length: 8 }, write);
  await expect.poll(() => rounds).toBeGreaterThan(20);
  const before = rounds;
  await database.pending();
  const meanwhile = rounds - before;
  looked = true;
  await Promise.all(writing);
  // It asks for the connection a few times, and waits for one round of eight each time.
  expect(meanwhile).toBeLessThan(16 * 8);
});

test.each([
  ["one by one", []],
  ["together", ["before"]],
])(
  "where SQLite has rolled a transaction back by itself, nothing that was to follow is done outside of it, %s",
  async (_, before) => {
    await using fresh = await freshDatabase("sqlite");
    const { database } = fresh;
    await database.run("CREATE TABLE kept (id TEXT PRIMARY KEY, filling TEXT)");
    for (const id of ["1", "2"]) await database.run("INSERT INTO kept (id, filling) VALUES (?, ?)", [id, "small"]);
    const work = (about: string, filling: string) =>
      database.transaction(async (sql) => {
        await sql.run("DELETE FROM kept WHERE id = ?", [`${about}1`]);
        await sql.run("INSERT INTO kept (id, filling) VALUES (?, ?)", [`${about}3`, filling]);
        await sql.run("DELETE FROM kept WHERE id = ?", [`${about}2`]);
      });
    for (const about of before) await work(about, "small");
    const [size] = await database.rows<{ page_count: number }>("PRAGMA page_count");
    await database.rows(`PRAGMA max_page_count = ${(size?.page_count ?? 0) + 1}`);
    await expect(work("", "x".repeat(100_000))).rejects.toMatchObject({ code: "SQLITE_FULL" });
    const kept = await database.rows("SELECT id FROM kept WHERE id < ? ORDER BY id", ["a"]);
    expect(kept).toEqual([{ id: "1" }, { id: "2" }]);
  },
);

test("what waits is committed once, and answered after the commit; a read waits for none", async () => {
  const { sent, ask } = listening();
  await Promise.all([ask("first"), ask("a"), ask("read", { single: true }), ask("b")]);
  // Whoever finds the connection free does not wait for others.
  expect(sent).toEqual([
    "first",
    "answered first",
    "read",
    "answered read",
    "BEGIN",
    "a",
    "b",
    "COMMIT",
    "answered a",
    "answered b",
  ]);
});

test("each of several statements has a savepoint, and ends and beginnings go together", async () => {
  const { sent, ask } = listening();
  await Promise.all([ask("first"), ask("a", { several: true }), ask("c"), ask("b", { several: true })]);
  expect(sent.slice(2)).toEqual([
    "BEGIN; SAVEPOINT one",
    "a",
    "c",
    "RELEASE one; SAVEPOINT one",
    "b",
    "COMMIT",
    "answered a",
    "answered c",
    "answered b",
  ]);
});

test("where the transaction is lost, all of its group fail and nobody is answered", async () => {
  const { sent, ask } = listening();
  const ends = await Promise.allSettled([ask("first"), ask("a"), ask("broken"), ask("b")]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "rejected"]);
  expect(sent.slice(2)).toEqual(["BEGIN", "a", "broken", "ROLLBACK"]);
  expect(await ask("later")).toBe("later");
});

test("in a group, one that fails takes back its own changes and no other's", async () => {
  await using fresh = await freshDatabase("sqlite");
  const { database } = fresh;
  await database.rows("CREATE TABLE note (id TEXT PRIMARY KEY, text TEXT NOT NULL)");
  const put = (id: string) => database.rows("INSERT INTO note (id, text) VALUES (?, ?)", [id, "x"]);
  const both = (id: string, fails: boolean) =>
    database.transaction(async (sql) => {
      await sql.rows("INSERT INTO note (id, text) VALUES (?, ?)", [`${id}1`, "x"]);
      if (fails) throw new Error("no");
      await sql.rows("INSERT INTO note (id, text) VALUES (?, ?)", [`${id}2`, "x"]);
      return id;
    });
  const twice = database.transaction(async (sql) => {
    await sql.rows("INSERT INTO note (id, text) VALUES (?, ?)", ["t1", "x"]);
    await sql.rows("INSERT INTO note (id, text) VALUES (?, ?)", ["t1", "x"]);
  });
  const ends = await Promise.allSettled([
    put("a"),
    put("b"),
    twice,
    put("a"),
    both("c", false),
    both("d", true),
    put("e"),
  ]);
  expect(ends.map(({ status }) => status === "fulfilled")).toEqual([true, true, false, false, true, false, true]);
  const rows = await database.rows<{ id: string }>("SELECT id FROM note ORDER BY id");
  expect(rows.map(({ id }) => id)).toEqual(["a", "b", "c1", "c2", "e"]);
});
