import { expect, inject, test } from "vitest";
import type { Sql } from "../../src/database/database.ts";
import { eventsOf } from "../account/support.ts";
import { proven, stage } from "../contact/support.ts";
import { confirmedUntilCallback } from "../device/own-support.ts";
import { freshDatabase } from "../support/databases.ts";
import { afterHold } from "../support/held.ts";
import { confirmed, set, PAGE as TILL_CODE } from "../till-code/support.ts";

/** Alice, in whose place a recovery may be a moment faster than what her browser asks for. */
async function raced() {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database, happens } = afterHold(fresh.database);
  return { ...(await stage({ database: { ...fresh, database } })), happens };
}

const sessionsEnd = (sql: Sql) => sql.rows("DELETE FROM oidc WHERE model = 'Session' RETURNING id");
const devicesEnd = (sql: Sql) => sql.rows("UPDATE device SET status = 'revoked' RETURNING id");

test("a change of contact that is asked for in a session that a recovery has just ended does not wait", async () => {
  await using on = await raced();
  const page = await proven(on.world, on.visitor, "email");
  on.happens(sessionsEnd);
  expect((await on.visitor.submit(page, "wait")).title).toContain("Sign in");
  expect(await on.world.database.rows("SELECT id FROM contact_change")).toEqual([]);
  expect(await eventsOf(on.world, "contact.change-asked")).toEqual([]);
});

test("a deletion that is asked for in a session that a recovery has just ended does not wait", async () => {
  await using on = await raced();
  const page = await on.visitor.open("/account/deletion/confirm");
  on.happens(sessionsEnd);
  expect((await on.visitor.submit(page, "ask")).title).toContain("Sign in");
  expect(await on.world.database.rows("SELECT id FROM account_deletion")).toEqual([]);
  expect(await on.world.database.rows("SELECT id FROM account WHERE ends_at IS NOT NULL")).toEqual([]);
  expect(await eventsOf(on.world, "account.deletion-asked")).toEqual([]);
});

test("a code for tills is not set by the word of a phone that a recovery has just removed", async () => {
  await using on = await raced();
  const page = await confirmed(on.world, on);
  on.happens(devicesEnd);
  await on.visitor.submit(page, "save", { till_code: "blue 42" });
  expect(await on.world.database.rows("SELECT account_id FROM till_code")).toEqual([]);
  expect(await eventsOf(on.world, "till-code.set")).toEqual([]);
});

test("nor is it removed by that", async () => {
  await using on = await raced();
  await set(on.world, on);
  const asking = await on.visitor.submit(await on.visitor.open(TILL_CODE), "remove");
  const callback = await confirmedUntilCallback(on.world, on.visitor, asking, on.phone);
  on.happens(devicesEnd);
  await on.visitor.open(callback);
  expect(await on.world.database.rows("SELECT account_id FROM till_code")).toHaveLength(1);
  expect(await eventsOf(on.world, "till-code.removed")).toEqual([]);
});
