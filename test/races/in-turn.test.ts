import { expect, inject, test } from "vitest";
import { asked, knownAsked, requestIn } from "../request/asked.ts";
import { connectedDevice } from "../support/connected-device.ts";
import { freshDatabase } from "../support/databases.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { countRedone } from "../support/redone.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

/** Of what is done at once, nothing waits for something that waits for it. */
async function stage() {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database, redone } = countRedone(fresh.database);
  const world = await createWorld({ database: { ...fresh, database } });
  const phone = await onlinePhone(world);
  return { world, phone, redone, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

const events = async (world: World, type: string) =>
  (await world.database.rows("SELECT id FROM event WHERE type = ?", [type])).length;

test("“It was not me”, said of several requests by several phones, ends all of them", async () => {
  await using on = await stage();
  const other = await onlinePhone(on.world, ALICE, await connectedDevice(on.world, ALICE, { name: "another" }));
  const ids: string[] = [];
  for (let count = 0; count < 4; count += 1) ids.push(requestIn((await knownAsked(on.world)).page));
  const replies = await Promise.all(ids.flatMap((id) => [on.phone, other].map((phone) => phone.decline(id, "not_me"))));
  for (const { status } of replies) expect([204, 409, 410]).toContain(status);
  const left = await on.world.database.rows(
    "SELECT id FROM challenge WHERE status = 'open' AND account_id IS NOT NULL",
  );
  expect(left).toEqual([]);
  expect(on.redone()).toBe(0);
});

test("a right response and the wish for another number: signed in, or another number, and no error", async () => {
  await using on = await stage();
  for (let round = 0; round < 3; round += 1) {
    const visitor = createVisitor(on.world.issuer);
    const page = await asked(on.world, visitor);
    const path = new URL(page.url).pathname;
    const response = on.phone.respond(page.challenge);
    const bodies = [`action=next&response=${response}`, "action=new-challenge"];
    const replies = await Promise.all([...bodies, ...bodies, ...bodies].map((body) => visitor.post(path, body)));
    for (const { status } of replies) expect(status).toBeLessThan(500);
  }
  expect(await events(on.world, "login.accepted")).toBeLessThanOrEqual(3);
  expect(on.redone()).toBe(0);
});
