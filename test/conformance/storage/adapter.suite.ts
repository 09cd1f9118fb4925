import { randomBytes } from "node:crypto";
import type { AdapterPayload } from "oidc-provider";
import { describe, expect, test } from "vitest";
import { MINUTE, SECOND } from "../../../src/clock.ts";
import type { Engine } from "../../../src/database/database.ts";
import { sweep } from "../../../src/provider/adapter.ts";
import { GRANTABLE, OTHERS, openWorld, saveGrant } from "./adapter-world.ts";

/** The adapter contract of oidc-provider 9 (its example/my_adapter.js and test/adapters/memory_adapter.test.js), and what we promise beyond it. */
export function describeAdapter(engine: Engine): void {
  describe(`records on ${engine}`, () => describeRecords(engine));
  describe(`lookups on ${engine}`, () => describeLookups(engine));
  describe(`grants on ${engine}`, () => describeGrants(engine));
  describe(`secrets at rest on ${engine}`, () => describeSecrets(engine));
  describe(`sweeping on ${engine}`, () => describeSweep(engine));
}

function describeRecords(engine: Engine): void {
  test.each([...GRANTABLE, ...OTHERS])(
    "%s: a record comes back as it was saved, with members that nobody foresaw",
    async (model) => {
      await using world = await openWorld(engine);
      const adapter = world.adapter(model);
      const payload = { jti: "id", kind: model, extra: { "naïve \u{1F511}": [1, null, true, { deep: "\0" }] } };
      await adapter.upsert("id", payload, 60);
      expect(await adapter.find("id")).toEqual(payload);
    },
  );

  test("what was never saved is not found", async () => {
    await using world = await openWorld(engine);
    const session = world.adapter("Session");
    expect(await session.find("nobody")).toBeUndefined();
    expect(await session.findByUid("nobody")).toBeUndefined();
    expect(await world.adapter("DeviceCode").findByUserCode("nobody")).toBeUndefined();
  });

  test("records of two models with the same id are two records", async () => {
    await using world = await openWorld(engine);
    await world.adapter("AccessToken").upsert("same", { scope: "a" }, 60);
    await world.adapter("RefreshToken").upsert("same", { scope: "b" }, 60);
    await world.adapter("AccessToken").destroy("same");
    expect(await world.adapter("AccessToken").find("same")).toBeUndefined();
    expect(await world.adapter("RefreshToken").find("same")).toEqual({ scope: "b" });
  });

  test("saving again replaces the whole record, and there is still one", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("Session");
    await adapter.upsert("id", { accountId: "alice", acr: "strong" }, 60);
    await adapter.upsert("id", { accountId: "alice" }, 60);
    expect(await adapter.find("id")).toEqual({ accountId: "alice" });
    expect(await world.rows()).toHaveLength(1);
  });

  test("destroying what is not there is no error", async () => {
    await using world = await openWorld(engine);
    await world.adapter("Session").destroy("nobody");
  });

  test("a record expires when it was told to, and one without a lifetime never does", async () => {
    await using world = await openWorld(engine);
    await world.adapter("Session").upsert("id", {}, 60);
    await world.adapter("Client").upsert("shop", { client_id: "shop" });
    const rows = await world.rows();
    expect(rows.find(({ model }) => model === "Session")).toMatchObject({ expires_at: world.now + 60 * SECOND });
    expect(rows.find(({ model }) => model === "Client")).toMatchObject({ expires_at: null });
  });

  test("saving again moves the expiry, and may take it away", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("Session");
    await adapter.upsert("id", {}, 60);
    world.now += 30 * SECOND;
    await adapter.upsert("id", {}, 60);
    expect(await world.rows()).toMatchObject([{ saved_at: world.now, expires_at: world.now + MINUTE }]);
    await adapter.upsert("id", {});
    expect(await world.rows()).toMatchObject([{ expires_at: null }]);
  });

  test("an expired record is still found until it is swept, so that oidc-provider can say why it refuses", async () => {
    await using world = await openWorld(engine);
    await world.adapter("AuthorizationCode").upsert("id", { exp: 1 }, 60);
    world.now += 61 * SECOND;
    expect(await world.adapter("AuthorizationCode").find("id")).toEqual({ exp: 1 });
  });

  test("whose record it is, and for which client, is in clear for the operator", async () => {
    await using world = await openWorld(engine);
    await world.adapter("RefreshToken").upsert("id", { accountId: "alice", clientId: "shop", grantId: "g" }, 60);
    expect(await world.rows()).toMatchObject([{ account_id: "alice", client_id: "shop", saved_at: world.now }]);
  });
}

function describeLookups(engine: Engine): void {
  test("a session is found by its uid", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("Session");
    await adapter.upsert("id", { uid: "u", jti: "id" }, 60);
    expect(await adapter.findByUid("u")).toEqual({ uid: "u", jti: "id" });
  });

  test("of two sessions with one uid, the one saved last is found", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("Session");
    for (const jti of ["first", "second", "third"]) {
      await adapter.upsert(jti, { uid: "u", jti }, 60);
      world.now += 1;
    }
    expect(await adapter.findByUid("u")).toMatchObject({ jti: "third" });
    await adapter.upsert("first", { uid: "u", jti: "first" }, 60);
    expect(await adapter.findByUid("u")).toMatchObject({ jti: "first" });
    await adapter.destroy("first");
    expect(await adapter.findByUid("u")).toMatchObject({ jti: "third" });
  });

  test("of two sessions saved in one millisecond, it is always the same that is found", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("Session");
    for (const jti of ["first", "second"]) await adapter.upsert(jti, { uid: "u", jti }, 60);
    const found = await adapter.findByUid("u");
    for (let turn = 0; turn < 5; turn += 1) expect(await adapter.findByUid("u")).toEqual(found);
  });

  test("a session that moved to another uid is no longer found by the old one", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("Session");
    await adapter.upsert("id", { uid: "old" }, 60);
    await adapter.upsert("id", { uid: "new" }, 60);
    expect(await adapter.findByUid("old")).toBeUndefined();
    expect(await adapter.findByUid("new")).toEqual({ uid: "new" });
  });

  test("a device code that moved to another user code is no longer found by the old one", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("DeviceCode");
    await adapter.upsert("id", { userCode: "OLD" }, 60);
    await adapter.upsert("id", { userCode: "NEW" }, 60);
    expect(await adapter.findByUserCode("OLD")).toBeUndefined();
    expect(await adapter.findByUserCode("NEW")).toEqual({ userCode: "NEW" });
  });

  test("a user code that was given to another device stays with it when the first is destroyed", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("DeviceCode");
    await adapter.upsert("first", { userCode: "CODE", jti: "first" }, 60);
    world.now += 1;
    await adapter.upsert("second", { userCode: "CODE", jti: "second" }, 60);
    await adapter.destroy("first");
    expect(await adapter.findByUserCode("CODE")).toMatchObject({ jti: "second" });
  });

  test("destroying a record takes its uid and user code with it", async () => {
    await using world = await openWorld(engine);
    await world.adapter("Session").upsert("id", { uid: "u" }, 60);
    await world.adapter("Session").destroy("id");
    await world.adapter("DeviceCode").upsert("id", { userCode: "CODE" }, 60);
    await world.adapter("DeviceCode").destroy("id");
    expect(await world.adapter("Session").findByUid("u")).toBeUndefined();
    expect(await world.adapter("DeviceCode").findByUserCode("CODE")).toBeUndefined();
  });

  test("a record of another model is not found by a uid or user code that it bears", async () => {
    await using world = await openWorld(engine);
    await world.adapter("Client").upsert("shop", { client_id: "shop", uid: "u", userCode: "CODE" });
    expect(await world.adapter("Session").findByUid("u")).toBeUndefined();
    expect(await world.adapter("DeviceCode").findByUserCode("CODE")).toBeUndefined();
  });
}

function describeGrants(engine: Engine): void {
  test("revoking a grant removes its codes and tokens of every kind, through whichever model it is asked", async () => {
    await using world = await openWorld(engine);
    await saveGrant(world, "g");
    await saveGrant(world, "other");
    await world.adapter("RefreshToken").revokeByGrantId("g");
    for (const model of GRANTABLE) {
      expect(await world.adapter(model).find(`${model} of g`)).toBeUndefined();
      expect(await world.adapter(model).find(`${model} of other`)).toBeDefined();
    }
  });

  test("revoking a grant leaves the grant itself and visits in progress to oidc-provider", async () => {
    await using world = await openWorld(engine);
    await saveGrant(world, "g");
    await world.adapter("Interaction").upsert("visit", { grantId: "g" }, 60);
    await world.adapter("AccessToken").revokeByGrantId("g");
    expect(await world.adapter("Grant").find("g")).toBeDefined();
    expect(await world.adapter("Interaction").find("visit")).toBeDefined();
  });

  test("revoking twice, at once or a grant that is not there, is no error", async () => {
    await using world = await openWorld(engine);
    await saveGrant(world, "g");
    await Promise.all([...GRANTABLE, ...GRANTABLE].map((model) => world.adapter(model).revokeByGrantId("g")));
    await world.adapter("AccessToken").revokeByGrantId("g");
    expect(await world.rows()).toMatchObject([{ model: "Grant" }]);
  });

  test("a token that moved to another grant dies with the new one only", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("AccessToken");
    await adapter.upsert("id", { grantId: "old" }, 60);
    await adapter.upsert("id", { grantId: "new" }, 60);
    await adapter.revokeByGrantId("old");
    expect(await adapter.find("id")).toEqual({ grantId: "new" });
    await adapter.revokeByGrantId("new");
    expect(await adapter.find("id")).toBeUndefined();
  });

  test("a device code that was revoked is no longer found by its user code", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("DeviceCode");
    await adapter.upsert("id", { grantId: "g", userCode: "CODE" }, 60);
    await adapter.revokeByGrantId("g");
    expect(await adapter.findByUserCode("CODE")).toBeUndefined();
  });
}

function describeSecrets(engine: Engine): void {
  test("no id, uid, user code, cookie, grant or content of any record is in the table in clear", async () => {
    await using world = await openWorld(engine);
    const secrets: string[] = [];
    const secret = () => {
      const text = randomBytes(24).toString("base64url");
      secrets.push(text);
      return text;
    };
    for (const model of [...GRANTABLE, ...OTHERS]) {
      const id = secret();
      const payload: AdapterPayload = {
        jti: id,
        uid: secret(),
        userCode: secret(),
        grantId: secret(),
        parJti: secret(),
        deviceCode: secret(),
        nonce: secret(),
        session: { cookie: secret(), uid: secret() },
        params: { login_hint: secret() },
      };
      await world.adapter(model).upsert(id, payload, 60);
      expect(await world.adapter(model).find(id)).toEqual(payload);
    }
    const stored = JSON.stringify(await world.rows());
    for (const text of secrets) expect(stored).not.toContain(text);
  });

  test("with another installation's key nothing is found", async () => {
    await using world = await openWorld(engine);
    await world.adapter("AccessToken").upsert("id", {}, 60);
    const stranger = world.adapterWith({ digestKey: randomBytes(32) })("AccessToken");
    expect(await stranger.find("id")).toBeUndefined();
  });

  test("a sealed record that was moved to another row does not open", async () => {
    await using world = await openWorld(engine);
    await world.adapter("Session").upsert("mallory", { accountId: "mallory", uid: "m" }, 60);
    await world.adapter("Session").upsert("alice", { accountId: "alice", uid: "a" }, 60);
    await world.database.rows(
      `UPDATE oidc SET payload_sealed = (SELECT payload_sealed FROM oidc WHERE account_id = 'alice') WHERE account_id = 'mallory'`,
    );
    await expect(world.adapter("Session").find("mallory")).rejects.toThrow();
    await expect(world.adapter("Session").findByUid("m")).rejects.toThrow();
    expect(await world.adapter("Session").find("alice")).toMatchObject({ accountId: "alice" });
  });

  test("a row that was renamed to another model does not open", async () => {
    await using world = await openWorld(engine);
    await world.adapter("Session").upsert("id", { uid: "u" }, 60);
    await world.database.rows("UPDATE oidc SET model = 'DeviceCode', user_code = uid");
    await expect(world.adapter("DeviceCode").findByUserCode("u")).resolves.toBeUndefined();
    await world.database.rows("UPDATE oidc SET model = 'Interaction'");
    await expect(world.adapter("Interaction").findByUid("u")).rejects.toThrow();
  });
}

function describeSweep(engine: Engine): void {
  test("what expired longer ago than clocks may differ goes, and the rest stays", async () => {
    await using world = await openWorld(engine);
    await world.adapter("AccessToken").upsert("short", {}, 60);
    await world.adapter("AccessToken").upsert("long", {}, 61);
    await world.adapter("Client").upsert("shop", { client_id: "shop" });
    expect(await sweep(world.database, world.now + 75 * SECOND, 100)).toBe(0);
    expect(await sweep(world.database, world.now + 75 * SECOND + 1, 100)).toBe(1);
    expect(await world.adapter("AccessToken").find("short")).toBeUndefined();
    expect(await world.adapter("AccessToken").find("long")).toBeDefined();
    expect(await world.adapter("Client").find("shop")).toBeDefined();
  });

  test("a consumed code stays until it has expired, so that its second use is noticed", async () => {
    await using world = await openWorld(engine);
    await world.adapter("AuthorizationCode").upsert("id", {}, 60);
    await world.adapter("AuthorizationCode").consume("id");
    expect(await sweep(world.database, world.now + 59 * SECOND, 100)).toBe(0);
    expect(await world.adapter("AuthorizationCode").find("id")).toHaveProperty("consumed");
  });

  test("a batch is no larger than asked, and the longest expired go first", async () => {
    await using world = await openWorld(engine);
    for (const ttl of [3, 1, 2]) await world.adapter("Session").upsert(`after ${ttl}`, {}, ttl);
    expect(await sweep(world.database, world.now + MINUTE, 2)).toBe(2);
    expect(await world.adapter("Session").find("after 3")).toBeDefined();
    expect(await sweep(world.database, world.now + MINUTE, 2)).toBe(1);
    expect(await sweep(world.database, world.now + MINUTE, 2)).toBe(0);
  });

  test("two nodes that sweep at once delete everything once", async () => {
    await using world = await openWorld(engine);
    await using node = world.secondNode();
    for (let turn = 0; turn < 40; turn += 1) await world.adapter("Session").upsert(`${turn}`, {}, 1 + (turn % 7));
    const later = world.now + MINUTE;
    let deleted = 0;
    for (let round = 0; round < 10 && deleted < 40; round += 1) {
      const counts = await Promise.all([world, node].map(({ database }) => sweep(database, later, 10)));
      deleted += counts.reduce((sum, count) => sum + count, 0);
    }
    expect(deleted).toBe(40);
  });
}
