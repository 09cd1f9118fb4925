import { expect, test } from "vitest";
import { DAY, SECOND } from "../../src/clock.ts";
import { putOffTo } from "../../src/deletion/rules.ts";
import { eventsOf } from "../account/support.ts";
import { stage } from "../device/own-support.ts";
import { ALICE } from "../support/sign-in.ts";
import type { World } from "../support/world.ts";
import { ALICE_PHONE, atWait } from "./support.ts";

const DELETED_AFTER = 14 * DAY;
const OPEN = 9 * DAY;

async function due(world: World) {
  await world.drain();
  return world.database.rows<Record<string, number | null>>(
    `SELECT account.ends_at, account_deletion.due_at, policy_raised.until, recovery_wait.lapses_at FROM account
     JOIN account_deletion ON account_deletion.account_id = account.id
     JOIN policy_raised ON policy_raised.id = account_deletion.id
     JOIN recovery_wait ON recovery_wait.account_id = account.id WHERE account.email = ?`,
    [ALICE],
  );
}

/** A deletion, and a recovery a day before it is due. */
async function both() {
  const on = await stage();
  await on.visitor.submit(await on.visitor.open("/account/deletion/confirm"), "ask");
  on.world.pass(DELETED_AFTER - DAY);
  await atWait(on.world);
  return on;
}

test("a deletion that falls due while a recovery waits is put off to when that is over, and is then made", async () => {
  await using on = await both();
  on.world.pass(DAY);
  const [row] = await due(on.world);
  const until = row?.["lapses_at"];
  expect(row).toEqual({ ends_at: until, due_at: until, until: null, lapses_at: until });
  on.world.pass(OPEN - DAY - 10 * SECOND);
  expect(await due(on.world)).toEqual([row]);
  on.world.pass(10 * SECOND);
  expect(await due(on.world)).toEqual([]);
  expect(await on.world.database.rows("SELECT id FROM account WHERE email = ?", [ALICE])).toEqual([]);
});

test("that it waits is told once, on both channels, with the day until which, and is in the history", async () => {
  await using on = await both();
  const told = async () => (await on.world.messages()).filter(({ text }) => /deletion.*waits/.test(text));
  on.world.pass(DAY);
  const [row] = await due(on.world);
  await on.world.drain();
  expect((await told()).map(({ to }) => to).sort()).toEqual([ALICE_PHONE, ALICE]);
  expect((await on.world.message(ALICE)).subject).toBe("The deletion of your E-num account waits");
  const [deletion] = await on.world.database.rows<{ id: string }>("SELECT id FROM account_deletion");
  expect(await eventsOf(on.world, "account.deletion-put-off")).toEqual([
    { clientId: null, deletion: deletion?.id, due: row?.["due_at"] },
  ]);
  on.world.pass(DAY);
  expect(await told()).toHaveLength(2);
});

test("recoveries that are begun again and again put it off for four weeks, to the second, and no longer", async () => {
  await using on = await both();
  const forEver = on.world.now() + 365 * DAY;
  await on.world.database.rows("UPDATE recovery_wait SET lapses_at = ? RETURNING id", [forEver]);
  on.world.pass(DAY);
  const [first] = await due(on.world);
  const asked = await on.world.database.first<{ asked_at: number }>("SELECT asked_at FROM account_deletion");
  const last = (asked?.asked_at ?? 0) + DELETED_AFTER + 28 * DAY;
  expect(first).toMatchObject({ ends_at: last, due_at: last, lapses_at: forEver });
  on.world.pass(last - on.world.now() - SECOND);
  expect(await due(on.world)).toEqual([first]);
  on.world.pass(SECOND);
  expect(await due(on.world)).toEqual([]);
  expect(await on.world.database.rows("SELECT id FROM account WHERE email = ?", [ALICE])).toEqual([]);
});

test.each([
  ["to when the recovery is over", 20 * DAY, 14 * DAY, 20 * DAY],
  ["to the last day at most", 43 * DAY, 40 * DAY, 42 * DAY],
  ["a second before that", 50 * DAY, 42 * DAY - SECOND, 42 * DAY],
  ["no more then", 50 * DAY, 42 * DAY, undefined],
])("it is put off %s", (_how, recoveringUntil, now, until) => {
  expect(putOffTo(0, recoveringUntil, now)).toBe(until);
});

test("and the recovery, taken up, stops it", async () => {
  await using on = await both();
  on.world.pass(2 * DAY);
  await on.world.drain();
  const { visitor, page } = await atWait(on.world);
  expect((await visitor.submit(page, "finish")).activation).not.toBe("");
  expect(await on.world.database.rows("SELECT status FROM account_deletion")).toEqual([{ status: "stopped" }]);
});

test("what the operator has ordered is made in its time", async () => {
  await using on = await both();
  await on.world.database.rows("UPDATE account_deletion SET asked_by = 'operator'");
  on.world.pass(DAY);
  expect(await due(on.world)).toEqual([]);
  expect(await on.world.database.rows("SELECT id FROM account WHERE email = ?", [ALICE])).toEqual([]);
});
