import { expect, inject, test } from "vitest";
import { createLimits, knownBrowserCounter, knownBrowserCounterOf } from "../../src/limits/limits.ts";
import { freshDatabase } from "../support/databases.ts";

test("a statement that finds an account itself names its counter as we do, and reads its gate", async () => {
  await using fresh = await freshDatabase(inject("engine"));
  const { database } = fresh;
  const limits = createLimits({ clock: () => 1_000 });
  const counter = knownBrowserCounter("digest", "account");
  for (let nth = 0; nth < 5; nth += 1) await limits.count(database, counter);
  const locked = await limits.gate(database, counter);
  expect(locked.kind).toBe("locked");

  const gateOf = async (account: { scalar: string; bindings: string[] }) => {
    const { columns, bindings } = limits.gateAlong(knownBrowserCounterOf("digest", account));
    const row = await database.first<Parameters<typeof limits.gateIn>[0]>(`SELECT ${columns}`, bindings);
    return row && limits.gateIn(row);
  };
  expect(await gateOf({ scalar: "(SELECT CAST(? AS TEXT))", bindings: ["account"] })).toEqual(locked);
  expect(await gateOf({ scalar: "(SELECT CAST(? AS TEXT))", bindings: ["another"] })).toEqual({ kind: "open" });
  expect(await gateOf({ scalar: "(SELECT id FROM account WHERE id = ?)", bindings: ["nobody"] })).toEqual({
    kind: "open",
  });
});
