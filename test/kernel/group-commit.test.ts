import { expect, test } from "vitest";
import { createGroups, type Single } from "../../src/database/group-commit.ts";
import { freshDatabase } from "../support/databases.ts";

interface Listening {
  wanted?(): boolean;
  /** Whether what gives no rows goes in one call, and what is asked in the same words. */
  inOneCall?: boolean;
  /** What is said of a statement, where it is not that all is well: each time, or of each time one, the first of them first. */
  refused?: Map<string, Error | (Error | undefined)[]>;
}

/** A connection that notes what is sent to it. */
function listening({ wanted = () => false, inOneCall = false, refused = new Map() }: Listening = {}) {
  const sent: string[] = [];
  let given = 0;
  const send = async (statement: string) => {
    sent.push(statement);
    const said = refused.get(statement);
    const error = Array.isArray(said) ? said.shift() : said;
    if (error !== undefined) throw error;
  };
  const groups = createGroups<object>({
    withConnection(work) {
      given += 1;
      return work({});
    },
    driver: {
      begin: "BEGIN",
      control: (_, statements) => send(statements.join("; ")),
      async send(_, statement, bindings) {
        await send([statement, ...bindings].join(" "));
        return [];
      },
      async alike(_, statement, asked) {
        if (!inOneCall) return undefined;
        await send(`${statement} ${asked.join(" and ")}`);
        return asked.map(() => []);
      },
      async together(_, changes) {
        if (inOneCall) await send(changes.map(({ text }) => text).join(" with "));
        return inOneCall;
      },
      ready: async () => undefined,
    },
    wanted,
  });
  const settling = (name: string, resolve: (name: string) => void) => () => {
    sent.push(`answered ${name}`);
    resolve(name);
  };
  const single = (text: string, send: (single: Single) => void, binding?: string) =>
    new Promise<string>((resolve, fail) => {
      send({ text, bindings: binding === undefined ? [] : [binding], give: settling(binding ?? text, resolve), fail });
    });
  return {
    sent,
    given: () => given,
    read: (text: string, binding?: string) => single(text, groups.read, binding),
    write: (text: string) => single(text, groups.write),
    /** `meanwhile` is called when its statement is sent. */
    several: (text: string, meanwhile: () => void = () => undefined) =>
      new Promise<string>((resolve, fail) => {
        const within = async () => {
          await send(text);
          meanwhile();
          return settling(text, resolve);
        };
        groups.write({ within, fail });
      }),
  };
}

const full = Object.assign(new Error("the disk is full"), { code: "SQLITE_FULL" });
const constraint = Object.assign(new Error("it is there already"), { code: "SQLITE_CONSTRAINT" });
const RETURNING = "INSERT INTO a (b) VALUES (1) RETURNING b";

test("a connection is kept while there is work, for sixteen rounds, or one where somebody else waits for it", async () => {
  /** How often one is asked for, where the next statement is there before each is answered. */
  const givenFor = async (statements: number, wanted?: () => boolean) => {
    const { read, given } = listening(wanted === undefined ? {} : { wanted });
    let last = read("0");
    for (let number = 1; number < statements; number += 1) {
      const next = read(`${number}`);
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

test("what waits is committed once, and answered after the commit; a read need not wait for its own", async () => {
  const { sent, read, write, several } = listening();
  await Promise.all([write("a"), several("b"), read("read"), write("c")]);
  expect(sent).toEqual([
    "BEGIN",
    "a",
    "b",
    "c",
    "COMMIT",
    "answered a",
    "answered b",
    "answered c",
    "read",
    "answered read",
  ]);
});

test("one statement that nobody waits with needs no transaction of ours", async () => {
  const { sent, write } = listening();
  await write("a");
  await write("b");
  expect(sent).toEqual(["a", "answered a", "b", "answered b"]);
});

test("what comes in while others are written is written with them, thirty-two in all", async () => {
  const { sent, write, several } = listening();
  const all: Promise<string>[] = [];
  const coming = (number: number) => {
    all.push(several(`${number}`, () => number < 40 && coming(number + 1)));
  };
  coming(1);
  await expect.poll(() => all.length).toBe(40);
  await Promise.all([...all, write("last")]);
  const statements = sent.filter((one) => !one.startsWith("answered"));
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);
  expect(statements.slice(0, 34)).toEqual(["BEGIN", ...numbers(1, 32), "COMMIT"]);
  expect(statements.slice(34, 43)).toEqual(["BEGIN", ...numbers(33, 40)]);
});

test("what gives no rows, and comes in the same words, goes in one call; or one by one, where it does not", async () => {
  for (const inOneCall of [true, false]) {
    const { sent, write, several } = listening({ inOneCall });
    const all = [write("a"), write("a"), several("c"), write("a"), write("b"), write("b"), write("b")];
    await Promise.all([...all, write(RETURNING), write(RETURNING), several("a"), several("a")]);
    expect(sent.slice(0, sent.indexOf("COMMIT"))).toEqual([
      "BEGIN",
      ...(inOneCall ? ["a with a"] : ["a", "a"]),
      "c",
      "a",
      ...(inOneCall ? ["b with b with b"] : ["b", "b", "b"]),
      RETURNING,
      RETURNING,
      "a",
      "a",
    ]);
    expect(sent.filter((one) => one.startsWith("answered"))).toHaveLength(11);
  }
});

test("what is asked in the same words is asked at once, eight at most; or one by one, where it is not", async () => {
  for (const inOneCall of [true, false]) {
    const { sent, read } = listening({ inOneCall });
    const first = read("first");
    const all = Array.from({ length: 10 }, (_, number) => read("same", `${number}`));
    await Promise.all([first, ...all, read("other", "x")]);
    const asked = sent.filter((one) => !one.startsWith("answered"));
    const numbers = Array.from({ length: 10 }, (_, number) => `${number}`);
    expect(asked).toEqual([
      "first",
      ...(inOneCall
        ? [`same ${numbers.slice(0, 8).join(" and ")}`, "same 8 and 9"]
        : numbers.map((number) => `same ${number}`)),
      "other x",
    ]);
  }
});

test("where one of several statements fails in company, all is done again, each with a savepoint of its own", async () => {
  const { sent, write, several } = listening({ refused: new Map([["b", new Error("changed my mind")]]) });
  const ends = await Promise.allSettled([several("a"), write("c"), several("b"), several("d")]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  expect(sent).toEqual([
    "BEGIN",
    "a",
    "c",
    "b",
    "ROLLBACK",
    "BEGIN; SAVEPOINT one",
    "a",
    "c",
    "RELEASE one; SAVEPOINT one",
    "b",
    "ROLLBACK TO one",
    "COMMIT",
    "answered a",
    "answered c",
    // Who was not done yet has the next one.
    "BEGIN; SAVEPOINT one",
    "d",
    "COMMIT",
    "answered d",
  ]);
  // The next ones have them from the beginning, for a while: they need not be done again.
  let careful = 0;
  for (let group = 0; group < 40; group += 1) {
    sent.length = 0;
    await Promise.all([several("a"), several("d")]);
    if (sent[0] === "BEGIN; SAVEPOINT one") careful += 1;
    else expect(sent.slice(0, 4)).toEqual(["BEGIN", "a", "d", "COMMIT"]);
  }
  expect(careful).toBe(31);
});

test("one that fails alone is not done again", async () => {
  const { sent, several } = listening({ refused: new Map([["a", constraint]]) });
  await expect(several("a")).rejects.toBe(constraint);
  expect(sent).toEqual(["BEGIN", "a", "ROLLBACK"]);
});

test("a statement that fails by itself has done nothing, and the others go on", async () => {
  const { sent, write, several } = listening({ refused: new Map([["b", constraint]]) });
  const ends = await Promise.allSettled([write("a"), write("b"), several("c")]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(sent).toEqual(["BEGIN", "a", "b", "c", "COMMIT", "answered a", "answered c"]);
});

test.each([
  ["a statement", "broken", ["BEGIN", "a", "broken", "ROLLBACK"]],
  ["the beginning", "BEGIN", ["BEGIN", "ROLLBACK"]],
  // Whether a commit that fails is kept is not known, so that nothing may be done again.
  ["the commit", "COMMIT", ["BEGIN", "a", "broken", "b", "COMMIT", "ROLLBACK"]],
])("where the transaction is lost by %s, all of its group fail and nobody is answered", async (_, lost, expected) => {
  const { sent, write, several } = listening({ refused: new Map([[lost, full]]) });
  const group = [several("a"), write("broken"), ...(lost === "broken" ? [] : [several("b")])];
  const ends = await Promise.allSettled(group);
  expect(ends.map((end) => end.status === "rejected" && end.reason)).toEqual(group.map(() => full));
  expect(sent).toEqual(expected);
});

test.each([
  ["a", [full, "b", constraint, "d"]],
  ["b", [full, full, constraint, "d"]],
  ["c", [full, full, full, "d"]],
])(
  "where it is lost by %s while all is done again, whoever was not part of it is not lost with it",
  async (lost, expected) => {
    const refused = new Map<string, (Error | undefined)[]>([
      ["c", [constraint, constraint]],
      ["ROLLBACK TO one", [new Error("no such savepoint")]],
    ]);
    refused.set(lost, [refused.get(lost)?.[0], full]);
    const { sent, several } = listening({ refused });
    const ends = await Promise.allSettled(["a", "b", "c", "d"].map((text) => several(text)));
    expect(ends.map((end) => (end.status === "rejected" ? end.reason : end.value))).toEqual(expected);
    expect(sent.at(-1)).toBe("answered d");
  },
);

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
