import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { asset } from "../../src/http/assets.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const OWN = { phoneOrigin: true } as const;
const originOf = (world: World) => `http://127.0.0.1:${world.port}`;

/** A request as a browser sends it that stands on the client's page. */
function call(world: World, method: string, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(world.issuer + path, { method, headers: { origin: originOf(world), ...headers } });
}

/** The status under a name that is asked for; fetch sets no Host. */
function statusUnder(world: World, host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: world.port, path, headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on("error", reject).end();
  });
}

describe("a web client on an origin of its own", () => {
  test("is served there, and the issuer's address leads to it", async () => {
    await using world = await createWorld(OWN);
    const led = await fetch(`${world.issuer}/phone`, { redirect: "manual" });
    expect([led.status, led.headers.get("location")]).toEqual([303, `${originOf(world)}/phone`]);
    const page = await fetch(`${originOf(world)}/phone`);
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain(`<meta name="enum-issuer" content="${world.issuer}">`);
    const script = /<script type="module" src="([^"]+)">/.exec(text)?.[1] ?? "";
    for (const path of [script, "/phone/worker.js"]) {
      expect((await fetch(originOf(world) + path)).status).toBe(200);
      expect((await fetch(world.issuer + path)).status).toBe(404);
    }
  });

  test.each(["/", "/device/v1", "/phone/clients", "/phones", "/account", "/.well-known/openid-configuration"])(
    "has nothing else beside it: %s is refused there",
    async (path) => {
      await using world = await createWorld(OWN);
      expect(await statusUnder(world, `127.0.0.1:${world.port}`, path)).toBe(421);
    },
  );

  test("may call the device API, without cookies", async () => {
    await using world = await createWorld(OWN);
    const asked = await call(world, "OPTIONS", "/device/v1/pad", {
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    });
    expect(asked.status).toBe(204);
    expect(Object.fromEntries(asked.headers)).toMatchObject({
      "access-control-allow-origin": originOf(world),
      "access-control-allow-methods": "GET, POST, PUT, DELETE",
      "access-control-allow-headers": "Authorization, Content-Type",
    });
    expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
    expect(asked.headers.get("vary")).toContain("Origin");
    // What is refused can be read as well.
    const refused = await call(world, "GET", "/device/v1");
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, originOf(world)]);
  });

  test("may wait there for news, and reads the answer that comes late", async () => {
    await using world = await createWorld(OWN);
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const waited = await phone.call("GET", `/device/v1/requests?after=${cursor}&wait=1`, undefined, {
      origin: originOf(world),
    });
    expect([waited.status, waited.headers.get("access-control-allow-origin")]).toEqual([200, originOf(world)]);
  });

  test.each(["https://evil.example", "null", "http://127.0.0.1"])("no other may, such as %s", async (origin) => {
    await using world = await createWorld(OWN);
    for (const method of ["OPTIONS", "GET"]) {
      const answer = await call(world, method, "/device/v1", { origin, "access-control-request-method": "GET" });
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.headers.get("vary")).toContain("Origin");
    }
  });

  test("may show sites' logos, and read no other file", async () => {
    const logo = asset("logo", "svg", "image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"></svg>');
    await using world = await createWorld({ ...OWN, clients: [{ ...SHOP, logo }] });
    const shown = await call(world, "GET", logo.path);
    expect(Object.fromEntries(shown.headers)).toMatchObject({
      "content-type": "image/svg+xml",
      "access-control-allow-origin": originOf(world),
      vary: expect.stringContaining("Origin"),
    });
    expect(
      (await call(world, "GET", logo.path, { origin: "https://evil.example" })).headers.get(
        "access-control-allow-origin",
      ),
    ).toBeNull();
    const icon = /href="(\/assets\/[^"]+)"/.exec(await (await fetch(`${world.issuer}/register`)).text())?.[1] ?? "none";
    const other = await call(world, "GET", icon);
    expect([other.status, other.headers.get("access-control-allow-origin")]).toEqual([200, null]);
  });

  test.each(["/account", "/phone", "/confirmations/jwks", "/policy/v1/bot"])("nor may it call %s", async (path) => {
    await using world = await createWorld(OWN);
    const answer = await call(world, "GET", path);
    expect(answer.headers.get("access-control-allow-origin")).not.toBe(originOf(world));
  });

  test("without one nobody may call the device API from elsewhere", async () => {
    await using world = await createWorld();
    const answer = await call(world, "OPTIONS", "/device/v1", { "access-control-request-method": "GET" });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});
