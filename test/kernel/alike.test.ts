import { expect, test } from "vitest";
import { createAlike } from "../../src/database/alike.ts";

/** Of three that ask, each has a row with a number of its own; `refused` is said in place of the next answer. */
function asking() {
  const prepared: string[] = [];
  let asked = 0;
  let refused: Error | undefined;
  const alike = createAlike<object, string>({
    async prepare(_, text) {
      prepared.push(text);
      return text;
    },
    async all<Row>() {
      asked += 1;
      const error = refused;
      refused = undefined;
      if (error !== undefined) throw error;
      return [2, 0, 1].map((turn) => ({ turn, asked_in_turn: turn })) as Row[];
    },
    finalize: async () => undefined,
  });
  const connection = {};
  return {
    prepared,
    asked: () => asked,
    refuse: (code: string) => {
      refused = Object.assign(new Error(code), { code });
    },
    send: (sql: string, name: string | undefined = sql) =>
      alike.send(connection, { name, sql, places: 1 }, [["a"], ["b"], ["c"]]),
    forget: () => alike.forget(connection),
  };
}

const EACH = [[{ turn: 0 }], [{ turn: 1 }], [{ turn: 2 }]];
const READ = "SELECT id FROM a WHERE id = ?";

test.each([
  [true, READ],
  [true, "\n  select id FROM a WHERE id = (SELECT id FROM b WHERE c = ? ORDER BY (d), (e + (f)) LIMIT 1)"],
  [true, "SELECT 'ORDER BY (' FROM a WHERE id = ?"],
  // Whose order would be nobody's promise.
  [false, "SELECT id FROM a WHERE id > ? ORDER BY id"],
  [false, "SELECT ')' FROM a WHERE id > ? order  by '('"],
  [false, "SELECT id FROM a WHERE id > ? UNION ALL SELECT id FROM b ORDER\nBY id LIMIT 1"],
  [false, "WITH b AS (SELECT 1) SELECT id FROM a WHERE id = ?"],
  [false, "PRAGMA table_info(?)"],
])("is one question, or is not (%s): %s", async (isOne, sql) => {
  const { send, asked } = asking();
  expect(await send(sql)).toEqual(isOne ? EACH : undefined);
  expect(asked()).toBe(isOne ? 1 : 0);
});

test("what is not kept, since it is not repeated, is asked one by one", async () => {
  const alike = createAlike<object, string>({
    prepare: () => Promise.reject(new Error("it is prepared")),
    all: async () => [],
    finalize: async () => undefined,
  });
  expect(await alike.send({}, { name: undefined, sql: READ, places: 1 }, [["a"], ["b"]])).toBeUndefined();
});

test("no more are kept than two hundred, and those are still asked at once", async () => {
  const { send, prepared, forget } = asking();
  for (let number = 0; number < 210; number += 1)
    expect(await send(`${READ} AND b = ${number}`)).toEqual(number < 200 ? EACH : undefined);
  expect(await send(`${READ} AND b = 7`)).toEqual(EACH);
  expect(prepared).toHaveLength(200);
  await forget();
  expect(await send(`${READ} AND b = 205`)).toEqual(EACH);
});

test("where SQLite refuses it, whatever for, all are asked one by one, and at once the next time", async () => {
  const { send, asked, refuse } = asking();
  for (const code of ["SQLITE_BUSY", "SQLITE_ERROR"]) {
    refuse(code);
    expect(await send(READ)).toBeUndefined();
    expect(await send(READ)).toEqual(EACH);
  }
  expect(asked()).toBe(4);
});
