import { expect, test } from "vitest";
import { consentedScopes, keepConsent, narrowConsent, withdrawConsent } from "../../src/consent/store.ts";
import { eventsOf } from "../account/support.ts";
import { signIn } from "../support/sign-in.ts";
import { createWorld, LIBRARY, type World } from "../support/world.ts";

const accountOf = async (world: World) => {
  const [row] = await world.database.rows<{ id: string }>("SELECT id FROM account WHERE email = 'alice@example.com'");
  return row?.id ?? "";
};

test("what is taken back does not come back by what is let at the same moment, and nothing that is let is lost", async () => {
  await using world = await createWorld();
  const id = await accountOf(world);
  const scopes = (kind: string) => Array.from({ length: 8 }, (_, place) => `${kind}-${place}`);
  const { database } = world;
  await database.transaction((sql) => keepConsent(sql, id, "library", ["openid", ...scopes("old")], 1));
  await Promise.all([
    ...scopes("old").map((one) => database.transaction((sql) => narrowConsent(sql, id, "library", one))),
    ...scopes("new").map((one) => database.transaction((sql) => keepConsent(sql, id, "library", ["openid", one], 2))),
  ]);
  const kept = await consentedScopes(database, id, "library");
  expect(kept.scopes.sort()).toEqual([...scopes("new"), "openid"]);
});

test("all that is taken back does not come back by what is let at the same moment", async () => {
  await using world = await createWorld();
  const id = await accountOf(world);
  const { database } = world;
  await keepConsent(database, id, "library", ["openid", "email"], 1);
  await Promise.all(
    Array.from({ length: 16 }, (_, place) =>
      database.transaction<unknown>((sql) =>
        place === 8
          ? withdrawConsent(sql, id, "library")
          : keepConsent(sql, id, "library", ["openid", `new-${place}`], 2),
      ),
    ),
  );
  expect((await consentedScopes(database, id, "library")).scopes).not.toContain("email");
});

test("a button that is pressed sixteen times at once takes back once", async () => {
  await using world = await createWorld();
  const { visitor } = await signIn(world, { client: LIBRARY, parameters: { scope: "openid email" } });
  const path = "/account/sites/library";
  const pages = await Promise.all(Array.from({ length: 16 }, () => visitor.post(path, "action=take-back email")));
  for (const { status } of pages) expect(status).toBe(200);
  expect(await eventsOf(world, "consent.narrowed")).toHaveLength(1);
});
