import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, inject, test } from "vitest";
import type { ConfirmedOperation, OwnOperation } from "../../src/account/own-operation.ts";
import { MINUTE } from "../../src/clock.ts";
import { createNoticeChoices, silencesNotice } from "../../src/notice/choices.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";

const NOW = Date.parse("2026-11-26T12:00:00Z");
const AT_ONCE = 16;
const SPEND = "UPDATE account SET updated_at = 1 WHERE id = 'alice' AND updated_at = 0 RETURNING id";
let fresh: FreshDatabase | undefined;

afterAll(() => fresh?.[Symbol.asyncDispose]());

/** Alice's choices, and what she would confirm to have a notice silenced. */
async function asked(notice: "new-browser" | "kept-keys" = "new-browser") {
  fresh ??= await freshDatabase(inject("engine"));
  const { database } = fresh;
  await database.rows("DELETE FROM account");
  for (const id of ["alice", "bob"])
    await database.rows(
      "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES (?, ?, ?, 'en', 0, 0)",
      [id, `${id}@example.com`, `+1${id}`],
    );
  const events: string[] = [];
  const told: string[] = [];
  const confirmed = new Map<string, ConfirmedOperation>();
  const choices = createNoticeChoices({
    database,
    clock: () => NOW,
    random: { bytes: (length) => randomBytes(length) },
    audit: { append: async (_sql, { type }) => void events.push(type) },
    notices: { tell: async (_sql, _whom, { kind }) => void told.push(kind) },
    confirmed: async (_sql, id) => confirmed.get(id),
    // One guarded statement, as of confirmations: who comes second waits for the first.
    spend: async (sql) => (await sql.rows(SPEND)).length === 1,
    type: "security_settings",
  });
  const operation = await choices.switchOff("alice", notice, "en");
  if (operation === "off") throw new Error("it was switched off without the phone");
  const confirm = (accountId: string, members: Partial<OwnOperation> = {}, at = NOW) =>
    confirmed.set(operation.operation_id, {
      id: "c",
      accountId,
      at,
      operation: JSON.stringify({ ...operation, ...members }),
    });
  const silence = (accountId = "alice") => choices.confirmed(accountId, operation.operation_id);
  const isOn = async () => (await choices.of("alice")).find((one) => one.notice === notice)?.on;
  return { choices, operation, confirm, silence, isOn, events, told };
}

describe("a guarding notice", () => {
  test("is silenced by one of sixteen who come with the confirmation at once, and all are told that it is off", async () => {
    const { confirm, silence, isOn, events, told, operation } = await asked();
    expect(silencesNotice(operation.operation_id)).toBe(true);
    confirm("alice");
    const all = await Promise.all(Array.from({ length: AT_ONCE }, () => silence()));
    expect(new Set(all)).toEqual(new Set(["off"]));
    expect(await isOn()).toBe(false);
    expect([events, told]).toEqual([["account.notice-off"], ["setting"]]);
  });

  test("that was switched on since is not silenced by the same confirmation", async () => {
    const { choices, confirm, silence, isOn } = await asked("kept-keys");
    confirm("alice");
    await silence();
    await choices.switchOn("alice", "kept-keys");
    expect(await silence()).toBe("unchanged");
    expect(await isOn()).toBe(true);
  });

  const WRONG: readonly { title: string; by?: string; as?: string; members?: Partial<OwnOperation>; at?: number }[] = [
    { title: "without a confirmation" },
    { title: "by another account's", by: "bob" },
    { title: "for another account", by: "alice", as: "bob" },
    { title: "by one of other words", by: "alice", members: { setting: "Something else" } },
    { title: "by one of ten minutes ago", by: "alice", at: NOW - 10 * MINUTE },
  ];

  test.each(WRONG)("is not silenced $title", async ({ by, as = "alice", members = {}, at = NOW }) => {
    const { confirm, silence, isOn, events, told } = await asked();
    if (by !== undefined) confirm(by, members, at);
    expect(await silence(as)).toBe("unchanged");
    expect(await isOn()).toBe(true);
    expect([events, told]).toEqual([[], []]);
  });
});

test("a reminder, switched off sixteen times at once, is one event", async () => {
  const { choices, events, told } = await asked();
  await Promise.all(Array.from({ length: AT_ONCE }, () => choices.switchOff("alice", "certificate-expiring", "en")));
  expect([events, told]).toEqual([["account.notice-off"], []]);
  await Promise.all(Array.from({ length: AT_ONCE }, () => choices.switchOn("alice", "certificate-expiring")));
  expect(events).toEqual(["account.notice-off", "account.notice-on"]);
});
