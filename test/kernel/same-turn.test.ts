import { expect, test } from "vitest";
import { createSameTurn } from "../../src/database/same-turn.ts";

/** Connections that are counted while they are taken. */
function connections() {
  let taken = 0;
  const free = () => taken === 0;
  const counts = { acquired: 0 };
  const sameTurn = createSameTurn<string[]>(async (work) => {
    counts.acquired += 1;
    taken += 1;
    await work([]);
    taken -= 1;
  });
  return { counts, free, sameTurn };
}

test("what is asked in one turn goes over one connection, in order; what comes later takes another", async () => {
  const { counts, sameTurn } = connections();
  const ask = (what: string) =>
    sameTurn(async (connection) => {
      connection.push(what);
      await Promise.resolve();
      return connection.join(" ");
    });
  expect(await Promise.all([ask("a"), ask("b"), ask("c")])).toEqual(Array(3).fill("a b c"));
  expect(await ask("d")).toBe("d");
  expect(counts.acquired).toBe(2);
});

test("of more than sixteen the rest need not wait for the first", async () => {
  const { counts, sameTurn } = connections();
  await Promise.all(Array.from({ length: 17 }, () => sameTurn(async () => undefined)));
  expect(counts.acquired).toBe(2);
});

test("one that fails says so to whoever asked, and to nobody else", async () => {
  const { sameTurn } = connections();
  const reason = new Error("no");
  const ends = [sameTurn(async () => "yes"), sameTurn(() => Promise.reject(reason)), sameTurn(async () => "too")];
  expect(await Promise.allSettled(ends)).toEqual([
    { status: "fulfilled", value: "yes" },
    { status: "rejected", reason },
    { status: "fulfilled", value: "too" },
  ]);
});

test("whoever is told last finds the connection free", async () => {
  const { free, sameTurn } = connections();
  const slow = sameTurn(() => new Promise<void>((resolve) => setImmediate(resolve)));
  await sameTurn(async () => undefined);
  expect(free()).toBe(false);
  await slow;
  expect(free()).toBe(true);
});

test("where no connection is to be had, all who asked are told why", async () => {
  const reason = new Error("the pool is empty");
  const sameTurn = createSameTurn<object>(() => Promise.reject(reason));
  const ends = await Promise.allSettled([sameTurn(async () => 1), sameTurn(async () => 2)]);
  expect(ends).toEqual(Array(2).fill({ status: "rejected", reason }));
});
