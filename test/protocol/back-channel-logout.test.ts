import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { tokenIntrospection } from "openid-client";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import { logoutListener } from "../support/logout-listener.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { client, createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";

const noticesOf = (world: World) =>
  world.database.rows("SELECT client_id, status, attempts FROM logout_notice ORDER BY client_id");
const linesOf = (world: World, words: string) => world.log.filter((line) => line.includes(words));

describe("OpenID Connect Back-Channel Logout 1.0", () => {
  test("every site of the session gets a logout token that names it (section 2.4)", async () => {
    await using site = await logoutListener();
    await using other = await logoutListener();
    const required = { backchannel_logout_session_required: true };
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri, ...required });
    const library = client({ ...LIBRARY, backchannel_logout_uri: other.uri });
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor, tokens } = await signIn(world, { client: shop });
    const claims = (await tokens()).claims();
    const second = await signIn(world, { client: library, visitor });
    const pairwise = (await second.tokens()).claims()?.sub;
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    await world.drain();

    const keys = createRemoteJWKSet(new URL(`${world.issuer}/jwks`));
    const checks = { issuer: world.issuer, typ: "logout+jwt", requiredClaims: ["iat", "exp", "jti"] };
    expect(site.tokens).toHaveLength(1);
    const { payload } = await jwtVerify(site.tokens[0] ?? "", keys, { ...checks, audience: "shop" });
    const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
    expect(payload).toMatchObject({ sub: claims?.sub, sid: claims?.["sid"], events });
    expect(payload).not.toHaveProperty("nonce");
    expect(claims?.["sid"]).toBeTruthy();

    expect(other.tokens).toHaveLength(1);
    const told = await jwtVerify(other.tokens[0] ?? "", keys, { ...checks, audience: "library" });
    expect(told.payload.sub).toBe(pairwise);
    expect(told.payload.sub).not.toBe(claims?.sub);
    expect(told.payload).not.toHaveProperty("sid");
  });

  test("who stays signed in leaves the asking site, and no other is told", async () => {
    await using site = await logoutListener();
    await using other = await logoutListener();
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    const library = client({ ...LIBRARY, backchannel_logout_uri: other.uri });
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor } = await signIn(world, { client: shop });
    await signIn(world, { client: library, visitor });
    const asked = await visitor.open("/sign-out?client_id=shop");
    const xsrf = asked.html.querySelector("input[name=xsrf]")?.getAttribute("value") ?? "";
    await visitor.post("/sign-out/confirm", new URLSearchParams({ xsrf }).toString());
    await world.drain();
    expect([site.tokens.length, other.tokens.length]).toEqual([1, 0]);
  });

  test("a site that does not listen at first is told again, each time by a new token", async () => {
    await using site = await logoutListener(500, 503, 200);
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    await using world = await createWorld({ clients: [shop] });
    const { visitor } = await signIn(world, { client: shop });
    const done = await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect(done.status).toBe(200);
    expect(errorOf((await signIn(world, { client: shop, visitor, parameters: { prompt: "none" } })).back)).toBe(
      "login_required",
    );
    await world.drain();
    expect(site.tokens).toHaveLength(1);
    await world.drain();
    expect(site.tokens).toHaveLength(1);
    world.pass(5 * SECOND);
    await world.drain();
    world.pass(MINUTE);
    await world.drain();
    world.pass(2 * HOUR);
    await world.drain();
    expect(site.tokens).toHaveLength(3);
    expect(new Set(site.tokens.map((token) => decodeJwt(token).jti)).size).toBe(3);
    const times = site.tokens.map((token) => decodeJwt(token).iat ?? 0);
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(65);
    expect(await noticesOf(world)).toEqual([{ client_id: "shop", status: "told", attempts: 3 }]);
    expect(linesOf(world, "is told again").map((line) => JSON.parse(line).reason)).toEqual(["HTTP 500", "HTTP 503"]);
  });

  test("a site that never listens is given up after five attempts, in the log and without its address", async () => {
    await using site = await logoutListener(400);
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    await using world = await createWorld({ clients: [shop] });
    const { visitor } = await signIn(world, { client: shop });
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    for (const pause of [0, 5 * SECOND, MINUTE, 10 * MINUTE, HOUR, HOUR]) {
      world.pass(pause);
      await world.drain();
    }
    expect(site.tokens).toHaveLength(5);
    expect(await noticesOf(world)).toEqual([{ client_id: "shop", status: "given-up", attempts: 5 }]);
    const [line = "{}"] = linesOf(world, "given up");
    expect(JSON.parse(line)).toMatchObject({ level: 50, client: "shop", attempt: 5, reason: "HTTP 400" });
    expect(line).not.toContain("tenant=1");
    world.pass(8 * 24 * HOUR);
    await world.sweep();
    expect(await noticesOf(world)).toEqual([]);
  });

  test("a site that hangs holds up neither the person nor the other sites", async () => {
    await using slow = await logoutListener();
    slow.hang();
    await using quick = await logoutListener();
    const shop = client({ ...SHOP, backchannel_logout_uri: slow.uri });
    const library = client({ ...LIBRARY, backchannel_logout_uri: quick.uri });
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor } = await signIn(world, { client: shop });
    await signIn(world, { client: library, visitor });
    const started = performance.now();
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect(performance.now() - started).toBeLessThan(1500);
    await world.drain();
    expect(quick.tokens).toHaveLength(1);
    expect(JSON.parse(linesOf(world, "is told again")[0] ?? "{}")).toMatchObject({
      client: "shop",
      reason: "no answer",
    });
  });

  test("what waits when the server ends is sent by the next", async () => {
    await using site = await logoutListener();
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    await using world = await createWorld({ clients: [shop] });
    const { visitor } = await signIn(world, { client: shop });
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect(site.tokens).toHaveLength(0);
    await world.restart();
    await world.drain();
    expect(site.tokens).toHaveLength(1);
  });

  test("whom it cannot keep whom to tell for, it does not sign out: nothing is half done", async () => {
    await using site = await logoutListener();
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    await using world = await createWorld({ clients: [shop] });
    const { visitor, party, tokens } = await signIn(world, { client: shop });
    const { access_token: token } = await tokens();
    const asked = await visitor.open("/sign-out");
    await world.database.rows("ALTER TABLE logout_notice RENAME TO logout_notice_away");
    expect((await visitor.submit(asked, "yes")).status).toBe(500);
    await world.database.rows("ALTER TABLE logout_notice_away RENAME TO logout_notice");
    expect(await tokenIntrospection(party.config, token)).toMatchObject({ active: true });
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    await world.drain();
    expect(site.tokens).toHaveLength(1);
  });

  test("in production no address of this machine or its network is called", async () => {
    await using site = await logoutListener();
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    await using world = await createWorld({ clients: [shop], production: true });
    const { visitor } = await signIn(world, { client: shop });
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    await world.drain();
    expect(site.tokens).toEqual([]);
    expect(linesOf(world, "is told again")[0]).toContain("special-use IP address");
  });

  test("discovery says that it is there, with sid (section 2.1)", async () => {
    await using world = await createWorld();
    const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({ backchannel_logout_supported: true, backchannel_logout_session_supported: true });
  });

  test("a person whose session has ended at the provider is asked for the phone by every site", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    const { back } = await signIn(world, { client: LIBRARY, visitor, parameters: { prompt: "none" }, email: ALICE });
    expect(errorOf(back)).toBe("login_required");
  });
});
