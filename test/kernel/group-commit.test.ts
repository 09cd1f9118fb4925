import { expect, test } from "vitest";
import { createGroups, type Job } from "../../src/group-commit.ts";
import { freshDatabase } from "../support/databases.ts";

/** A connection that notes what is sent to it; a statement `broken` fails. */
function listening() {
  const sent: string[] = [];
  const send = async (_connection: object, statement: string) => {
    sent.push(statement);
    if (statement === "broken") throw new Error("the disk is full");
  };
  const control = (connection: object, statements: readonly string[]) => send(connection, statements.join("; "));
  const enqueue = createGroups<object>({ withConnection: (work) => work({}), control, begin: "BEGIN" });
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
  return { sent, ask };
}

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
  await Promise.all([ask("first"), ask("a", { several: true }), ask("b", { several: true }), ask("c")]);
  expect(sent.slice(2)).toEqual([
    "BEGIN; SAVEPOINT one",
    "a",
    "RELEASE one; SAVEPOINT one",
    "b",
    "RELEASE one",
    "c",
    "COMMIT",
    "answered a",
    "answered b",
    "answered c",
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
