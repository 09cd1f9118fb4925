import { describe, expect, test } from "vitest";
import { createSubscriptions } from "../../src/push/store.ts";
import { asked } from "../request/asked.ts";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { startPushService } from "../support/push-service.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";
import { PATH, stage } from "./support.ts";

describe("GET /device/v1", () => {
  test("has the key that a subscription is bound to, the same after every start", async () => {
    await using on = await stage();
    const key = async () => String((await on.phone.call("GET", "/device/v1")).body["push_key"]);
    const first = await key();
    expect(Buffer.from(first, "base64url")).toHaveLength(65);
    await on.world.restart();
    expect(await key()).toBe(first);
    await asked(on.world, createVisitor(on.world.issuer));
    expect(await on.came()).toBe(1);
    expect(on.service.received[0]?.vapid.key).toBe(first);
  });

  test("has none where the provider wakes no phone", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    expect((await phone.call("GET", "/device/v1")).body).not.toHaveProperty("push_key");
  });
});

describe("PUT /device/v1/push-subscription", () => {
  test("takes the place of the one before, and is sealed at rest", async () => {
    await using on = await stage();
    const first = on.service.subscribe();
    const second = on.service.subscribe();
    for (const subscription of [first, second])
      expect((await on.phone.call("PUT", PATH, subscription)).status).toBe(204);
    await asked(on.world, createVisitor(on.world.issuer));
    await on.came();
    expect(on.service.received.map(({ path }) => path)).toEqual([new URL(second.endpoint).pathname]);
    const rows = JSON.stringify(await on.world.database.rows("SELECT * FROM device"));
    expect(rows).toContain("push_sealed");
    for (const secret of [second.endpoint, second.keys.auth, second.keys.p256dh, "push.example"])
      expect(rows).not.toContain(secret);
  });

  test.each([
    ["a host that is not on the list", { endpoint: "https://push.example.net/1" }, /no push service/],
    ["http", { endpoint: "http://push.example.test/1" }, /no https/],
    ["no keys", { keys: undefined }, /toJSON/],
  ])("with %s is refused, and what was there stays", async (_name, change, why) => {
    await using on = await stage();
    const reply = await on.phone.call("PUT", PATH, { ...on.service.subscribe(), ...change });
    expect(problemOf(reply)).toEqual([400, "invalid-request"]);
    expect(reply.body["detail"]).toMatch(why);
    await asked(on.world, createVisitor(on.world.issuer));
    expect(await on.came()).toBe(1);
  });

  test("of a host that leads to no public address is refused, and nobody is called", async () => {
    await using service = await startPushService();
    const network = { ...service.network, addressOf: () => Promise.reject(new Error("no address")) };
    await using world = await createWorld({ push: { hosts: service.hosts, network } });
    const phone = await onlinePhone(world);
    const reply = await phone.call("PUT", PATH, service.subscribe());
    expect(problemOf(reply)).toEqual([400, "invalid-request"]);
    expect(service.calls()).toBe(0);
  });

  test("is not for a phone that waits for its first response", async () => {
    await using on = await stage();
    await on.world.database.rows("UPDATE device SET status = 'pending' WHERE id = ?", [on.phone.deviceId]);
    const reply = await on.phone.call("PUT", PATH, on.service.subscribe());
    expect(problemOf(reply)).toEqual([403, "device-pending"]);
  });

  test("where no phone is woken is not there", async () => {
    await using service = await startPushService();
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const reply = await phone.call("PUT", PATH, service.subscribe());
    expect(problemOf(reply)).toEqual([404, "not-found"]);
    expect((await phone.call("DELETE", PATH)).status).toBe(204);
  });
});

test.each([1, 7, 8, 9, 64, 65, 200])("is found among %i accounts that are looked up together", async (count) => {
  await using on = await stage();
  const account = await on.world.database.first<{ account_id: string }>("SELECT account_id FROM device WHERE id = ?", [
    on.phone.deviceId,
  ]);
  const others = Array.from({ length: count - 1 }, (_, at) => `nobody-${at}`);
  const { of } = createSubscriptions(on.world);
  const found = await of(on.world.database, [...others, account?.account_id ?? ""]);
  expect(found.map(({ deviceId }) => deviceId)).toEqual([on.phone.deviceId]);
});

describe("a phone is woken no more", () => {
  test("after DELETE /device/v1/push-subscription, which may come twice", async () => {
    await using on = await stage();
    for (const _ of [1, 2]) expect((await on.phone.call("DELETE", PATH)).status).toBe(204);
    await asked(on.world, createVisitor(on.world.issuer));
    expect(await on.came()).toBe(0);
    await on.subscribe();
    await asked(on.world, createVisitor(on.world.issuer));
    expect(await on.came()).toBe(1);
  });

  test("after its end, whoever ended it: nothing of the subscription stays", async () => {
    await using on = await stage();
    expect((await on.phone.call("DELETE", "/device/v1")).status).toBe(204);
    expect(await on.world.database.rows("SELECT id FROM device WHERE push_sealed IS NOT NULL")).toEqual([]);
    await asked(on.world, createVisitor(on.world.issuer));
    expect(await on.came()).toBe(0);
    const reply = await on.phone.call("PUT", PATH, on.service.subscribe());
    expect(problemOf(reply)).toEqual([401, "device-revoked"]);
  });
});
