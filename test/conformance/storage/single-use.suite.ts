import { errors } from "oidc-provider";
import { describe, expect, test } from "vitest";
import { SECOND } from "../../../src/clock.ts";
import type { Engine } from "../../../src/database/database.ts";
import { GRANTABLE, openWorld, saveGrant } from "./adapter-world.ts";

/** What may be used once is used once, however many try at once, on however many nodes. */
export function describeSingleUse(engine: Engine): void {
  describe(`single use on ${engine}`, () => describeRaces(engine));
}

function describeRaces(engine: Engine): void {
  const consumable = [...GRANTABLE.filter((model) => model !== "AccessToken"), "PushedAuthorizationRequest"];

  test.each(consumable)("%s: what was consumed says when", async (model) => {
    await using world = await openWorld(engine);
    const adapter = world.adapter(model);
    await adapter.upsert("id", { scope: "openid", userCode: "CODE", uid: "u" }, 60);
    await adapter.consume("id");
    const consumed = Math.floor(world.now / SECOND);
    expect(await adapter.find("id")).toMatchObject({ scope: "openid", consumed });
    expect(await adapter.findByUserCode("CODE")).toMatchObject({ consumed });
    expect(await adapter.findByUid("u")).toMatchObject({ consumed });
  });

  test.each(GRANTABLE.filter((model) => model !== "AccessToken"))(
    "%s: of 16 who consume one at once one wins, and its grant with all that was given is dead",
    async (model) => {
      await using world = await openWorld(engine);
      await using node = world.secondNode();
      await saveGrant(world, "g");
      await saveGrant(world, "other");
      const attempts = Array.from({ length: 16 }, (_, turn) =>
        (turn % 2 === 0 ? world : node).adapter(model).consume(`${model} of g`),
      );
      const outcomes = await Promise.allSettled(attempts);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(errors.InvalidGrant);
      }
      expect(await world.adapter("Grant").find("g")).toBeUndefined();
      for (const token of GRANTABLE) expect(await world.adapter(token).find(`${token} of g`)).toBeUndefined();
      expect(await world.adapter("Grant").find("other")).toBeDefined();
      for (const token of GRANTABLE) expect(await world.adapter(token).find(`${token} of other`)).toBeDefined();
    },
  );

  test("of 16 who consume one pushed request at once one wins, and the others are told invalid_request_uri", async () => {
    await using world = await openWorld(engine);
    await using node = world.secondNode();
    await world.adapter("PushedAuthorizationRequest").upsert("id", { request: "jwt" }, 60);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_, turn) =>
        (turn % 2 === 0 ? world : node).adapter("PushedAuthorizationRequest").consume("id"),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(errors.InvalidRequestUri);
    }
  });

  test("what is no longer there, or never was, cannot be consumed", async () => {
    await using world = await openWorld(engine);
    await saveGrant(world, "g");
    await world.adapter("AuthorizationCode").revokeByGrantId("g");
    const consumed = world.adapter("AuthorizationCode").consume("AuthorizationCode of g");
    await expect(consumed).rejects.toBeInstanceOf(errors.InvalidGrant);
    await expect(world.adapter("RefreshToken").consume("nobody")).rejects.toBeInstanceOf(errors.InvalidGrant);
    await expect(world.adapter("PushedAuthorizationRequest").consume("nobody")).rejects.toBeInstanceOf(
      errors.InvalidRequestUri,
    );
  });

  test("what was consumed stays so when a request that read it before saves it again", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("DeviceCode");
    await adapter.upsert("id", { scope: "openid" }, 60);
    await adapter.consume("id");
    await adapter.upsert("id", { scope: "openid", accountId: "alice" }, 60);
    expect(await adapter.find("id")).toMatchObject({ accountId: "alice", consumed: expect.any(Number) });
    await expect(adapter.consume("id")).rejects.toBeInstanceOf(errors.InvalidGrant);
  });

  test("a JWT's id is accepted from one of 16 at once, and the others are answered with 400", async () => {
    await using world = await openWorld(engine);
    await using node = world.secondNode();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_, turn) =>
        (turn % 2 === 0 ? world : node).adapter("ReplayDetection").upsert("jti", { iss: "shop" }, 60),
      ),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === "rejected")
        expect(outcome.reason).toMatchObject({ statusCode: 400, error: "invalid_request" });
    }
  });

  test("a JWT's id is refused until it has surely expired on every node, and only then accepted again", async () => {
    await using world = await openWorld(engine);
    const adapter = world.adapter("ReplayDetection");
    await adapter.upsert("jti", { iss: "shop" }, 60);
    world.now += 75 * SECOND;
    await expect(adapter.upsert("jti", { iss: "shop" }, 60)).rejects.toBeInstanceOf(errors.InvalidRequest);
    world.now += 1;
    await adapter.upsert("jti", { iss: "shop again" }, 60);
    expect(await adapter.find("jti")).toEqual({ iss: "shop again" });
  });
}
