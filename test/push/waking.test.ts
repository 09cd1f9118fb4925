import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/clock.ts";
import { asked, knownAsked, requestIn } from "../request/asked.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { order, STORE } from "../support/payment.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { askOnPhone, TILL } from "../support/till.ts";
import { createVisitor } from "../support/visitor.ts";
import { SHOP, type World } from "../support/world.ts";
import { outcomes, stage } from "./support.ts";

const stranger = (world: World, email = ALICE) => asked(world, createVisitor(world.issuer), email);

describe("a request wakes the phone", () => {
  test("once, with nothing but that something waits, and for no longer than it lives", async () => {
    await using on = await stage();
    const page = await stranger(on.world);
    expect(await on.came()).toBe(1);
    expect(await on.came()).toBe(0);
    const [push] = on.service.received;
    expect(push?.content).toBe("requests");
    const ttl = Number(push?.headers["ttl"]);
    expect([ttl > 0, ttl <= (5 * MINUTE) / 1000]).toEqual([true, true]);
    for (const secret of [page.challenge, requestIn(page), "shop", ALICE])
      expect(JSON.stringify(on.service.received)).not.toContain(secret);
    expect(await outcomes(on.world)).toEqual({ sent: 1 });
  });

  test("for an operation, a new number, and a browser that is known, however often it asks", async () => {
    await using on = await stage({ clients: [STORE] });
    const { visitor } = await signIn(on.world, { client: STORE });
    // It was answered before the phone could have been woken.
    expect(await on.came()).toBe(0);
    const { page } = await order(on.world, visitor);
    expect(await on.came()).toBe(1);
    for (let time = 0; time < 7; time += 1) {
      await visitor.submit(await visitor.open(page.url), "new-challenge");
      expect(await on.came()).toBe(1);
    }
  });

  test("that a site without a browser has made, as often as it may ask (PROTOCOL 12)", async () => {
    await using on = await stage({ clients: [TILL, SHOP] });
    for (let time = 0; time < 7; time += 1) {
      expect((await askOnPhone(on.world)).status).toBe(200);
      expect(await on.came()).toBe(1);
      const [request] = (await on.phone.requests()).requests;
      await on.phone.decline(request?.id ?? "", "changed_mind");
    }
    await stranger(on.world);
    expect(await on.came()).toBe(1);
  });

  test("and another account's sleeps on, as does a phone for which nobody asked", async () => {
    await using on = await stage();
    await stranger(on.world, "bob@example.com");
    await stranger(on.world, "nobody@example.com");
    expect(await on.came()).toBe(0);
  });

  test("after the page: one that is never answered delays nobody", async () => {
    await using on = await stage();
    on.service.says.status = undefined;
    const page = await stranger(on.world);
    expect(page.challenge).toMatch(/^\d{8}$/);
    // The push had not even begun.
    expect(on.service.calls()).toBe(0);
  });

  test("not when it has ended meanwhile", async () => {
    await using on = await stage();
    await stranger(on.world);
    const [request] = (await on.phone.requests()).requests;
    await on.phone.decline(request?.id ?? "", "changed_mind");
    expect(await on.came()).toBe(0);
  });

  test("each phone of the account, and one that was connected twice once", async () => {
    await using on = await stage();
    await on.world.database.rows(
      `INSERT INTO device (id, account_id, name, platform, status, public_jwk, pad_sealed, pad_version, created_at, push_sealed)
       SELECT 'copy', account_id, name, platform, status, public_jwk, pad_sealed, 1, created_at, NULL FROM device WHERE id = ?`,
      [on.phone.deviceId],
    );
    const copy = await onlinePhone(on.world, ALICE, { ...on.world.phone(ALICE), deviceId: "copy" });
    await on.subscribe(copy);
    await stranger(on.world);
    expect(await on.came()).toBe(2);
    expect(new Set(on.service.received.map((push) => push.path)).size).toBe(2);
    await on.subscribe(copy, await on.subscribe());
    await stranger(on.world);
    expect(await on.came()).toBe(1);
  });
});

describe("browsers that never signed in wake it (PROTOCOL 11)", () => {
  test("five times an hour and twenty a day; the others are listed all the same", async () => {
    await using on = await stage();
    const tries = async (count: number) => {
      let came = 0;
      for (let time = 0; time < count; time += 1) {
        await stranger(on.world);
        came += await on.came();
      }
      return came;
    };
    expect(await tries(6)).toBe(5);
    expect((await on.phone.requests()).requests).toHaveLength(3);
    // A browser that is known is not counted, nor stopped.
    const { page } = await knownAsked(on.world);
    expect(page.challenge).toMatch(/^\d{8}$/);
    expect(await on.came()).toBe(1);
    for (let hour = 0; hour < 3; hour += 1) {
      on.world.pass(HOUR + MINUTE);
      expect(await tries(5)).toBe(5);
    }
    on.world.pass(HOUR + MINUTE);
    expect(await tries(2)).toBe(0);
    on.world.pass(DAY);
    expect(await tries(1)).toBe(1);
    expect((await outcomes(on.world))["limited"]).toBe(3);
  });

  test("never, for a day after it was not its owner; known ones do", async () => {
    await using on = await stage();
    const { visitor } = await signIn(on.world);
    await stranger(on.world);
    const [request] = (await on.phone.requests()).requests;
    expect((await on.phone.decline(request?.id ?? "", "not_me")).status).toBe(204);
    await on.came();
    await stranger(on.world);
    expect(await on.came()).toBe(0);
    await asked(on.world, visitor);
    expect(await on.came()).toBe(1);
    on.world.pass(DAY + MINUTE);
    await stranger(on.world);
    expect(await on.came()).toBe(1);
  });
});

describe("what a push service says", () => {
  test.each([404, 410])("%i: the subscription goes, and nothing is sent there any more", async (status) => {
    await using on = await stage();
    on.service.says.status = status;
    await stranger(on.world);
    expect(await on.came()).toBe(1);
    await stranger(on.world);
    expect(await on.came()).toBe(0);
    expect(await outcomes(on.world)).toEqual({ gone: 1 });
    expect(await on.world.database.rows("SELECT id FROM device WHERE push_sealed IS NOT NULL")).toEqual([]);
  });

  test("410 to one whose place another has taken meanwhile: the other stays", async () => {
    await using on = await stage();
    on.service.says.status = 410;
    // While the push is under way the phone subscribes anew.
    on.service.says.before = () => on.subscribe();
    await stranger(on.world);
    expect(await on.came()).toBe(1);
    on.service.says.before = async () => undefined;
    on.service.says.status = 201;
    await stranger(on.world);
    expect(await on.came()).toBe(1);
  });

  test("503, or nothing that can be reached: it is logged and counted, and not tried again", async () => {
    await using on = await stage();
    const { endpoint } = await on.subscribe();
    on.service.says.status = 503;
    await stranger(on.world);
    expect([await on.came(), await on.came()]).toEqual([1, 0]);
    expect(await outcomes(on.world)).toEqual({ refused: 1 });
    const line = on.world.log.find((each) => each.includes("a push was not taken")) ?? "";
    expect(JSON.parse(line)).toMatchObject({ reason: "HTTP 503", device: on.phone.deviceId, host: /push/ });
    // Whoever has the address could wake the phone.
    expect(on.world.log.join("\n")).not.toContain(new URL(endpoint).pathname);
    on.service.says.status = 201;
    await stranger(on.world);
    expect(await on.came()).toBe(1);
  });
});
