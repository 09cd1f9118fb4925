import { describe, expect, test } from "vitest";
import { order, STORE } from "../support/payment.ts";
import { errorOf, signIn } from "../support/sign-in.ts";
import { createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";
import { eventsOf, press, scan } from "./support.ts";

/** How often somebody was asked for a response by this site. */
async function asked(world: World, clientId: string): Promise<number> {
  return (await eventsOf(world, "login.accepted")).filter((event) => event.clientId === clientId).length;
}

const NONE = { prompt: "none" };

describe("a response at every sign-in to one site", () => {
  test("is asked for each time, once, and its tokens tell the time of it", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await press(visitor, "on login shop");
    for (const time of [2, 3]) {
      world.pass(60_000);
      const { back, tokens } = await signIn(world, { visitor });
      expect(back.url).toContain("code=");
      expect(await asked(world, "shop")).toBe(time);
      const { auth_time: at } = (await tokens()).claims() ?? {};
      expect(Math.abs(world.now() / 1000 - Number(at))).toBeLessThan(10);
    }
  });

  test("prompt=none gives login_required, as does a page that another tab has passed", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    expect((await signIn(world, { visitor, parameters: NONE })).back.url).toContain("code=");
    await press(visitor, "on login shop");
    expect(errorOf((await signIn(world, { visitor, parameters: NONE })).back)).toBe("login_required");
    await signIn(world, { visitor });
    expect(errorOf((await signIn(world, { visitor, parameters: NONE })).back)).toBe("login_required");
  });

  test("is not asked for twice where the site's consent comes after it", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await signIn(world, { visitor, client: LIBRARY });
    expect(await asked(world, "library")).toBe(0);
    await press(visitor, "on login library");
    const parameters = { prompt: "consent", scope: "openid email" };
    const { back } = await signIn(world, { visitor, client: LIBRARY, parameters });
    expect(back.url).toContain("code=");
    expect(await asked(world, "library")).toBe(1);
  });

  test("is asked for once by whoever signs in anew", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await press(visitor, "on login shop");
    const { back } = await signIn(world);
    expect(back.url).toContain("code=");
    expect(await asked(world, "shop")).toBe(2);
  });

  test("touches no other site, and no step-up that a site asks for by itself", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await signIn(world, { visitor, client: LIBRARY });
    await press(visitor, "on login shop");
    expect((await signIn(world, { visitor, client: LIBRARY, parameters: NONE })).back.url).toContain("code=");
    await signIn(world, { visitor });
    expect((await signIn(world, { visitor, client: LIBRARY, parameters: NONE })).back.url).toContain("code=");
    const stronger = { parameters: { prompt: "login", acr_values: "urn:e-num:acr:login" } };
    expect((await signIn(world, { visitor, ...stronger })).back.url).toContain("code=");
    expect(await asked(world, "shop")).toBe(3);
    expect((await visitor.open("/account")).status).toBe(200);
  });

  test("is answered by the operation's own response, with one number and not two", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    await press(visitor, "on login shop");
    const { page, finish } = await order(world, visitor, undefined, { scope: "openid" });
    expect(page.text).toContain("Pay 10.50");
    expect((await finish(await scan(world, visitor, page))).authorization_details).toHaveLength(1);
    expect(await asked(world, "shop")).toBe(1);
  });

  test("ends with the switch", async () => {
    await using world = await createWorld({ clients: [SHOP] });
    const { visitor } = await signIn(world);
    await press(visitor, "on login shop");
    await scan(world, visitor, await press(visitor, "off login shop"));
    expect((await signIn(world, { visitor, parameters: NONE })).back.url).toContain("code=");
  });
});
