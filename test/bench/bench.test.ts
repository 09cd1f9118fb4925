import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { areaUnderCurve, quantile } from "../../bench/figures.ts";

const PROGRAM = join(import.meta.dirname, "../../bench/bench.ts");

async function bench(...options: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, "--json", ...options]);
  return JSON.parse(stdout);
}

const figures = {
  logins_per_second: expect.any(Number),
  p50_ms: expect.any(Number),
  p95_ms: expect.any(Number),
  cpu_ms_per_login: expect.any(Number),
  rss_mb: expect.any(Number),
  round_trips_per_login: expect.any(Number),
};

it("the bench signs in at oidc-provider alone and at ours, and prints one JSON object", async () => {
  const sizes = ["--rounds", "1", "--logins", "2", "--concurrency", "2"];
  const printed = await bench("--only", "bare,sqlite", ...sizes);
  expect(printed).toEqual({
    bare: { ...figures, round_trips_per_login: 0 },
    sqlite: figures,
    ratio: { sqlite: expect.any(Number) },
  });
});

it("--timing tries known and unknown identifiers", async () => {
  const told = { area: expect.any(Number), known_p50_ms: expect.any(Number), unknown_p50_ms: expect.any(Number) };
  const printed = await bench("--timing", "--only", "sqlite", "--tries", "2");
  expect(printed).toEqual({ sqlite: { ask: told, answer: told } });
});

it("--phones has phones wait, and ask anew", async () => {
  const printed = await bench("--phones", "2", "--held", "3", "--only", "sqlite");
  expect(printed).toEqual({
    sqlite: {
      phones: 2,
      rss_before_mb: expect.any(Number),
      rss_mb: expect.any(Number),
      kb_per_phone: expect.any(Number),
      // Null where this machine was too busy.
      idle_cpu_percent: expect.toSatisfy(isNumberOrNull),
      idle_round_trips_per_second: expect.toSatisfy(isNumberOrNull),
      asking_cpu_percent: expect.any(Number),
      asks_per_second: expect.any(Number),
    },
  });
});

it("--growth fills a database and signs in beside one with a few accounts", async () => {
  const sizes = ["--accounts", "3", "--expired", "5", "--rounds", "1", "--logins", "2", "--concurrency", "2"];
  const printed = await bench("--growth", "--only", "sqlite", "--sweep", "1", ...sizes);
  expect(printed).toEqual({ sqlite: { few: figures, many: figures, p95_ratio: expect.any(Number) } });
});

const isNumberOrNull = (value: unknown) => value === null || typeof value === "number";

it("the area under the ROC curve is 1 for values that are all larger, and 0.5 for equal ones", () => {
  expect(areaUnderCurve([3, 4, 5], [0, 1, 2])).toBe(1);
  expect(areaUnderCurve([0, 1], [2, 3])).toBe(0);
  expect(areaUnderCurve([1, 1, 2], [1, 1, 2])).toBe(0.5);
  expect(areaUnderCurve([1, 3], [2, 2])).toBe(0.5);
});

it("a quantile is the value below which this part of them lies", () => {
  expect(quantile([5, 1, 3, 2, 4], 0.5)).toBe(3);
  expect(quantile([1, 2], 0.95)).toBe(2);
});
