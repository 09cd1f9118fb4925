import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createHealth } from "../../src/health/health.ts";

const reached = { database: "reached", migrations: "in-place", keys: "loaded" };

interface Fake {
  first?: () => Promise<unknown>;
  pending?: () => Promise<string[]>;
  keysFollow?: () => boolean;
}

function health({ first = async () => ({}), pending = async () => [], keysFollow = () => true }: Fake) {
  const log: string[] = [];
  const note = (_about: object, words: string) => void log.push(words);
  const asked = { count: 0 };
  const database = {
    async first<Row>(): Promise<Row | undefined> {
      asked.count += 1;
      await first();
      return undefined;
    },
    pending,
  };
  return { ...createHealth({ database, keysFollow, clock: Date.now, logger: { warn: note, info: note } }), asked, log };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("readiness", () => {
  test("needs the database, its migrations and the keys", async () => {
    const wrong = async () => Promise.reject(new Error("ECONNREFUSED"));
    expect(await health({}).check()).toEqual({ status: "ready", checks: reached });
    const cases: [Fake, object][] = [
      [{ first: wrong }, { database: "failed", migrations: "unknown" }],
      [{ pending: async () => ["0002_logout.ts"] }, { migrations: "missing" }],
      [{ pending: wrong }, { migrations: "unknown" }],
      [{ keysFollow: () => false }, { keys: "behind" }],
    ];
    for (const [fake, checks] of cases) {
      expect(await health(fake).check()).toEqual({ status: "not-ready", checks: { ...reached, ...checks } });
    }
  });

  test("is known within two seconds, also when the database hangs", async () => {
    const { check } = health({ first: () => new Promise(() => undefined) });
    const answer = check();
    await vi.advanceTimersByTimeAsync(1999);
    expect(await Promise.race([answer, Promise.resolve("not yet")])).toMatchObject({
      status: "not-ready",
      checks: { database: "no-answer" },
    });
  });

  test("asks the database once a second at most, and begins no second look while one hangs, for ten seconds", async () => {
    const quick = health({});
    await Promise.all([quick.check(), quick.check(), quick.check()]);
    await quick.check();
    expect(quick.asked.count).toBe(1);
    await vi.advanceTimersByTimeAsync(1001);
    await quick.check();
    expect(quick.asked.count).toBe(2);

    const hanging = health({ first: () => new Promise(() => undefined) });
    for (let seconds = 0; seconds < 14; seconds += 2) {
      const answer = hanging.check();
      await vi.advanceTimersByTimeAsync(2000);
      await answer;
    }
    expect(hanging.asked.count).toBe(2);
  });

  test("comes back when the database does, and the log says both once", async () => {
    let away = true;
    const { check, log } = health({ first: () => (away ? Promise.reject(new Error("away")) : Promise.resolve()) });
    for (let count = 0; count < 3; count += 1) {
      expect((await check()).status).toBe("not-ready");
      await vi.advanceTimersByTimeAsync(1001);
    }
    away = false;
    expect((await check()).status).toBe("ready");
    expect(log).toEqual(["not ready", "ready again"]);
  });

  test("is over when the process closes, with all else in place", async () => {
    const { check, closing } = health({});
    closing();
    expect(await check()).toEqual({ status: "closing", checks: reached });
  });
});
