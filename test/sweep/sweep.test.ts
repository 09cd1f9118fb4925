import { expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/clock.ts";
import { prove } from "../support/newcomer.ts";
import { signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const SWEPT = [
  "oidc",
  "challenge",
  "device_proof",
  "throttle",
  "registration",
  "enrolment",
  "message",
  "counter",
] as const;

async function counts(world: World): Promise<Record<string, number>> {
  const pairs = await Promise.all(
    SWEPT.map(async (table) => [table, (await world.database.rows(`SELECT * FROM ${table}`)).length]),
  );
  return Object.fromEntries(pairs);
}

test("what has expired goes by itself, and what is kept for good stays", async () => {
  await using world = await createWorld();
  await signIn(world, { parameters: { scope: "openid offline_access", prompt: "consent" } });
  await prove(world, createVisitor(world.issuer), { email: "dora@example.com", phone: "+15555550199" });
  const before = await counts(world);
  for (const table of ["oidc", "challenge", "throttle", "registration", "enrolment", "message", "counter"])
    expect(before[table]).toBeGreaterThan(0);
  await world.sweep();
  expect(await counts(world)).toEqual({ ...before, oidc: expect.any(Number) });
  world.pass(400 * DAY);
  await world.sweep();
  expect(await counts(world)).toEqual(Object.fromEntries(SWEPT.map((table) => [table, 0])));
  for (const table of ["account", "device", "event", "issued_number", "known_browser"]) {
    expect((await world.database.rows(`SELECT * FROM ${table}`)).length).toBeGreaterThan(0);
  }
});

test("a sign-in that is going on is not swept away", async () => {
  await using world = await createWorld();
  const first = await signIn(world);
  world.pass(HOUR);
  await world.sweep();
  world.pass(4 * MINUTE);
  await world.sweep();
  expect((await signIn(world, { visitor: first.visitor, parameters: { prompt: "none" } })).back.url).toContain("code=");
});

test("more rows than one batch holds are all deleted", async () => {
  await using world = await createWorld();
  for (let batch = 0; batch < 6; batch += 1) {
    const rows = Array.from({ length: 200 }, (_, index) => `('${batch}-${index}', 1, 0)`).join(", ");
    await world.database.rows(`INSERT INTO throttle (id, count, expires_at) VALUES ${rows}`);
  }
  await world.sweep();
  expect(await world.database.rows("SELECT id FROM throttle")).toEqual([]);
});
