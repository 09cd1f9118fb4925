import { setTimeout as delay } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import type { Database } from "../../src/database/database.ts";
import { createSweep, type SweepPorts } from "../../src/sweep/sweep.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A sweep of one kind of rows; of all others there are none. */
function sweepOf(batch: SweepPorts["others"][number], warn = (_about: unknown): unknown => undefined) {
  const nothing: Pick<Database, "rows"> = { rows: async () => [] };
  return createSweep({
    database: nothing as Database,
    clock: () => 0,
    logger: { error: () => expect.unreachable("the sweep has failed"), warn },
    others: [batch],
    lapse: async () => 0,
  });
}

test("between two batches the database is left to others for as long as the first took, or a moment", async () => {
  const took: { begun: number; ended: number }[] = [];
  let left = 2;
  const sweep = sweepOf(async (_database, _now, limit) => {
    const begun = performance.now();
    await delay(left === 2 ? 12 : 40);
    took.push({ begun, ended: performance.now() });
    left -= 1;
    return left >= 0 ? limit : 0;
  });
  expect(await sweep.run()).toBe(100);
  const [first, second, third] = took;
  if (first === undefined || second === undefined || third === undefined) throw new Error("too few batches");
  expect(second.begun - first.ended).toBeGreaterThan(8);
  expect(third.begun - second.ended).toBeGreaterThan(16);
});

test("a sweep that has gone on for a minute takes larger batches, and says that it takes long", async () => {
  const begun = performance.now();
  vi.spyOn(performance, "now").mockReturnValueOnce(begun - 2 * MINUTE);
  const limits: number[] = [];
  const warned: unknown[] = [];
  const sweep = sweepOf(
    async (_database, _now, limit) => {
      limits.push(limit);
      return limits.length === 1 ? limit : 7;
    },
    (about) => warned.push(about),
  );
  expect(await sweep.run()).toBe(507);
  expect(limits).toEqual([500, 500]);
  expect(warned).toEqual([{ rows: 507, milliseconds: expect.any(Number) }]);
});

test("a process that ends does not wait for all that has expired", async () => {
  let batches = 0;
  const sweep = sweepOf(async (_database, _now, limit) => {
    batches += 1;
    await delay(1);
    return batches < 1_000 ? limit : 0;
  });
  const running = sweep.run();
  await expect.poll(() => batches).toBeGreaterThan(1);
  await sweep.stop();
  expect(await running).toBe(batches * 50);
  expect(batches).toBeLessThan(1_000);
});

test("a sweep that takes longer than a minute is the only one", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const held = Promise.withResolvers<number>();
  let begun = 0;
  const sweep = sweepOf(() => {
    begun += 1;
    return begun === 1 ? held.promise : Promise.resolve(0);
  });
  sweep.start();
  vi.advanceTimersByTime(3 * MINUTE);
  expect(begun).toBe(1);
  held.resolve(0);
  await delay(10);
  vi.advanceTimersByTime(MINUTE);
  expect(begun).toBe(2);
  await sweep.stop();
});
