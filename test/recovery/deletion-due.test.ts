import { expect, test } from "vitest";
import { DAY, SECOND } from "../../src/clock.ts";
import { stage } from "../device/own-support.ts";
import { ALICE } from "../support/sign-in.ts";
import type { World } from "../support/world.ts";
import { atWait } from "./support.ts";

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
