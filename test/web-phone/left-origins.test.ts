import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { createWorld, type World, type WorldOptions } from "../support/world.ts";

const APP = "https://app.example.com";
/** Asked for by its name alone, as a proxy would. */
const NOW = "https://phone.example.com";

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  text: string;
}

/** Under a name that is asked for; fetch sets no Host. */
function ask(world: World, host: string, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: world.port, path, headers: { host } }, async (answer) => {
      const text = (await answer.toArray()).join("");
      resolve({ status: answer.statusCode, headers: answer.headers, text });
    });
    sent.on("error", reject).end();
  });
}

const hostOf = (origin: string) => new URL(origin).host;

/** The client was at the issuer's, then at one of its own, and is at another now. */
async function moved(options: WorldOptions = {}): Promise<World> {
  const world = await createWorld({ ...options, phoneOrigin: NOW });
  await world.restart({ formerPhoneOrigins: [world.issuer, APP] });
  return world;
}

const MOVED = `<meta name="enum-moved" content="${NOW}/phone">`;
const SCRIPT = /<script type="module" src="([^"]+)">/;

describe("an origin that the web client has left", () => {
  test("goes on serving it whole, with the address of now in its page", async () => {
    await using world = await moved();
    for (const host of [hostOf(world.issuer), hostOf(APP)]) {
      const page = await ask(world, host, "/phone");
      expect([page.status, page.text.includes(MOVED)]).toEqual([200, true]);
      expect(page.headers["content-security-policy"]).toBe(
        (await ask(world, hostOf(NOW), "/phone")).headers["content-security-policy"],
      );
      const script = SCRIPT.exec(page.text)?.[1] ?? "";
      expect((await ask(world, host, script)).status).toBe(200);
    }
  });

  test("has a service worker of its own, which is not that of now: who has it takes the page that knows", async () => {
    await using world = await moved();
    const [issuers, apps, now] = await Promise.all(
      [hostOf(world.issuer), hostOf(APP), hostOf(NOW)].map((host) => ask(world, host, "/phone/worker.js")),
    );
    expect([issuers?.status, apps?.status, now?.status]).toEqual([200, 200, 200]);
    expect(issuers?.text).toBe(apps?.text);
    expect(issuers?.text).not.toBe(now?.text);
  });

  test("is not led to by the one of now", async () => {
    await using world = await moved();
    expect((await ask(world, hostOf(NOW), "/phone")).text).not.toContain("enum-moved");
  });

  test("has nothing else beside the client", async () => {
    await using world = await moved();
    for (const path of ["/", "/device/v1", "/account", "/phones", "/.well-known/openid-configuration"])
      expect((await ask(world, hostOf(APP), path)).status, path).toBe(421);
  });

  test("may call the device API from the client that is there, without cookies, and nothing else", async () => {
    await using world = await moved();
    const allowed = async (origin: string, path: string) => {
      const { headers } = await fetch(world.issuer + path, { headers: { origin } });
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      return headers.get("access-control-allow-origin");
    };
    expect(await allowed(APP, "/device/v1")).toBe(APP);
    expect(await allowed(NOW, "/device/v1")).toBe(NOW);
    expect(await allowed(APP, "/account")).toBeNull();
    expect(await allowed("https://evil.example", "/device/v1")).toBeNull();
  });

  test("can be one of its own that was left for the issuer's", async () => {
    await using world = await createWorld();
    await world.restart({ formerPhoneOrigins: [APP] });
    expect((await ask(world, hostOf(APP), "/phone")).text).toContain(
      `<meta name="enum-moved" content="${world.issuer}/phone">`,
    );
    const here = await ask(world, hostOf(world.issuer), "/phone");
    expect([here.status, here.text.includes("enum-moved")]).toEqual([200, false]);
  });
});
