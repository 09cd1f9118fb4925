/** What is erased of an account is erased once more, for what a request in flight has saved since, whatever becomes of the process. */
import { expect, inject, test } from "vitest";
import { DAY, SECOND } from "../../src/clock.ts";
import type { Sql } from "../../src/database/database.ts";
import { createErasingAgain } from "../../src/deletion/erasing-again.ts";
import { idOf } from "../account/full.ts";
import { stage } from "../device/own-support.ts";
import { freshDatabase } from "../support/databases.ts";
import { prove } from "../support/newcomer.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const AGAIN_AFTER = 10 * SECOND;
const DORA = { email: "dora@example.com", phone: "+15555550199" };

/** What a request leaves that has read the account before. */
const savedLate = ({ database, now }: World, id: string) =>
  database.rows(
    `INSERT INTO event (id, type, account_id, detail, at) VALUES ('late', 'login.refused', ?, '{"reason":"exhausted"}', ?) RETURNING id`,
    [id, now()],
  );

const late = ({ database }: World) => database.rows("SELECT account_id, detail FROM event WHERE id = 'late'");
const waiting = ({ database }: World) => database.rows("SELECT account_id FROM erased_account");

async function expectErasedAgain(world: World, id: string) {
  await savedLate(world, id);
  // Another process: what the first one had in hand is lost.
  await world.restart();
  world.pass(AGAIN_AFTER - 2 * SECOND);
  await world.drain();
  expect(await late(world)).toMatchObject([{ account_id: id }]);
  expect(await waiting(world)).toEqual([{ account_id: id }]);
  world.pass(2 * SECOND);
  await world.drain();
  const [{ account_id: name } = { account_id: "" }] = await world.database.rows<{ account_id: string }>(
    "SELECT account_id FROM event WHERE type IN ('account.deleted', 'account.lapsed')",
  );
  expect(name).toMatch(/^gone\./);
  expect(await late(world)).toEqual([{ account_id: name, detail: "{}" }]);
  expect(await waiting(world)).toEqual([]);
}

test("a deleted account's, under the name that its other events have, also where the process has ended between", async () => {
  await using on = await stage();
  const { id } = await idOf(on.world);
  await on.visitor.submit(await on.visitor.open("/account/deletion/confirm"), "ask");
  on.world.pass(14 * DAY);
  await on.world.drain();
  await expectErasedAgain(on.world, id);
});

test("a lapsed account's as well", async () => {
  await using world = await createWorld();
  await prove(world, createVisitor(world.issuer), DORA);
  const { id } = await idOf(world, DORA.email);
  world.pass(7 * DAY);
  await world.sweep();
  await expectErasedAgain(world, id);
});

test("sixteen nodes that look at one moment erase it once, and one that fails leaves it to the next", async () => {
  await using fresh = await freshDatabase(inject("engine"));
  const { database } = fresh;
  await database.rows("INSERT INTO erased_account VALUES ('id', 'gone.name', 1000) RETURNING account_id");
  const left = () => database.rows("SELECT account_id FROM erased_account");
  const nodeWith = (eraseAgain: (sql: Sql, id: string, name: string) => Promise<void>) =>
    createErasingAgain({ database, clock: () => 1000, erasure: { eraseAgain }, onAway: () => undefined });
  const dying = nodeWith(() => Promise.reject(new Error("the disk is full")));
  await expect(dying.drain()).rejects.toThrow("the disk is full");
  expect(await left()).toHaveLength(1);
  const erased: string[] = [];
  const nodes = Array.from({ length: 16 }, () =>
    nodeWith(async (_sql, id, name) => {
      erased.push(`${id} ${name}`);
    }),
  );
  await Promise.all(nodes.map((node) => node.drain()));
  expect(erased).toEqual(["id gone.name"]);
  expect(await left()).toEqual([]);
});
