import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { ConfirmedOperation } from "../../src/account/own-operation.ts";
import { createSettings, type Settings } from "../../src/account/settings.ts";
import { createOwnDemands } from "../../src/policy/person.ts";
import { type FreshDatabase, freshDatabase } from "../support/databases.ts";

const kernel = { clock: Date.now, random: { bytes: (length: number) => randomBytes(length) } };
const own = createOwnDemands(kernel);
const SCANNING = { demands: "operation", clientId: undefined } as const;
let fresh: FreshDatabase;

beforeAll(async () => {
  fresh = await freshDatabase(inject("engine"));
  for (const id of ["alice", "bob"]) {
    await fresh.database.rows(
      "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES (?, ?, ?, 'en', 0, 0)",
      [id, `${id}@example.com`, `+1${id}`],
    );
  }
});

afterAll(() => fresh[Symbol.asyncDispose]());

/** What alice has switched on, and what she would confirm to switch it off. */
async function switchedOn() {
  const events: string[] = [];
  const confirmed = new Map<string, ConfirmedOperation>();
  const settings: Settings = createSettings({
    ...kernel,
    database: fresh.database,
    standing: own,
    audit: { append: async (_sql, { type }) => void events.push(type) },
    tell: async () => undefined,
    siteName: (clientId) => clientId,
    async confirmed(_sql, operationId) {
      // So that as many as there are connections for are past this before the first of them goes on.
      await delay(25);
      return confirmed.get(operationId);
    },
    type: "security_settings",
  });
  await settings.switchOn("alice", SCANNING);
  const [standing] = await own.of(fresh.database, "alice");
  if (standing === undefined) throw new Error("it is not on");
  const operation = settings.operationFor(standing, "en");
  const { operation_id: id } = operation;
  const confirm = (accountId: string, members: object = {}) =>
    confirmed.set(id, { id: "c", accountId, at: Date.now(), operation: JSON.stringify({ ...operation, ...members }) });
  const isOn = async () => (await own.of(fresh.database, "alice")).length === 1;
  return { settings, events, confirm, isOn, id };
}

describe("what is on", () => {
  it("is switched off by one of sixteen who come with the confirmation at once, and all are told that it is off", async () => {
    const { settings, events, confirm, isOn, id } = await switchedOn();
    confirm("alice");
    const told = await Promise.all(Array.from({ length: 16 }, () => settings.switchOff("alice", id)));
    expect(new Set(told)).toEqual(new Set(["off"]));
    expect(events).toEqual(["account.setting-on", "account.setting-off"]);
    expect(await isOn()).toBe(false);
  });

  it.each<[string, (on: Awaited<ReturnType<typeof switchedOn>>) => Promise<string>]>([
    ["without a confirmation", ({ settings, id }) => settings.switchOff("alice", id)],
    [
      "by a confirmation of another account",
      ({ settings, confirm, id }) => {
        confirm("bob");
        return settings.switchOff("alice", id);
      },
    ],
    [
      "for whoever has confirmed what is alice's",
      ({ settings, confirm, id }) => {
        confirm("alice");
        return settings.switchOff("bob", id);
      },
    ],
    [
      "by a confirmation of other words",
      ({ settings, confirm, id }) => {
        confirm("alice", { to: "On" });
        return settings.switchOff("alice", id);
      },
    ],
  ])("stays on %s", async (_title, attempt) => {
    const on = await switchedOn();
    expect(await attempt(on)).toBe("unchanged");
    expect(await on.isOn()).toBe(true);
    expect(on.events).not.toContain("account.setting-off");
  });
});
