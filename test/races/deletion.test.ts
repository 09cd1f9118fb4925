import { expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { deletionById, putOff } from "../../src/deletion/store.ts";
import { linkTo } from "../contact/support.ts";
import { confirmedUntilCallback, count, stage } from "../device/own-support.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";

const DELETION = "/account/deletion";
const AT_ONCE = 16;
const atOnce = <T>(work: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: AT_ONCE }, work));

test("sixteen ways back with one confirmation are one deletion, told once", async () => {
  await using on = await stage();
  const operation = await on.visitor.submit(await on.visitor.open(`${DELETION}/confirm`), "confirm");
  const callback = await confirmedUntilCallback(on.world, on.visitor, operation, on.phone);
  await on.world.messages();
  for (const { status } of await atOnce(() => on.visitor.open(callback))) expect(status).toBe(200);
  expect(await count(on.world, "account.deletion-asked")).toBe(1);
  expect(await on.world.database.rows("SELECT id FROM account_deletion")).toHaveLength(1);
  const told = (await on.world.messages()).filter(({ text }) => /is to be deleted|asked to delete/.test(text));
  expect(told).toHaveLength(2);
});

test("sixteen links followed while its time comes keep the account or are late, and it is told as what it was", async () => {
  await using on = await stage();
  await on.visitor.submit(await on.visitor.open(`${DELETION}/confirm`), "ask");
  const stranger = createVisitor(on.world.issuer);
  const page = await stranger.open(await linkTo(on.world, ALICE));
  on.world.pass(14 * DAY);
  const [, ...pages] = await Promise.all([
    on.world.drain(),
    ...Array.from({ length: AT_ONCE }, () => stranger.submit(page, "stop")),
  ]);
  for (const { status } of pages) expect([200, 410]).toContain(status);
  const [made, stopped] = [await count(on.world, "account.deleted"), await count(on.world, "account.deletion-stopped")];
  // Events of an account that is gone say no more what they were about, but are still of their types.
  expect(made + stopped).toBe(1);
  const there = await on.world.database.rows<{ ends_at: number | null }>(
    "SELECT ends_at FROM account WHERE email = ?",
    [ALICE],
  );
  expect(there).toEqual(made === 1 ? [] : [{ ends_at: null }]);
});

test("sixteen nodes that find it due while a recovery goes on put it off once, so that one tells of it", async () => {
  await using on = await stage();
  const { database, now } = on.world;
  await on.visitor.submit(await on.visitor.open(`${DELETION}/confirm`), "ask");
  const { id } = (await database.first<{ id: string }>("SELECT id FROM account_deletion")) ?? { id: "" };
  const row = await deletionById(database, id);
  if (row === undefined) throw new Error("no deletion waits");
  const until = now() + 20 * DAY;
  const put = await atOnce(() => database.transaction((sql) => putOff(sql, row, until, row.due_at)));
  expect(put.filter((one) => one)).toHaveLength(1);
  expect(await database.rows("SELECT ends_at FROM account WHERE email = ?", [ALICE])).toEqual([{ ends_at: until }]);
});
