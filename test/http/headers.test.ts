import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { asset } from "../../src/http/assets.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

describe("every answer", () => {
  const addresses = [
    "/",
    "/register",
    "/nothing",
    "/device/v1",
    "/.well-known/openid-configuration",
    "/jwks",
    "/authorize",
    "/sign-out",
  ];

  test.each(addresses)("%s forbids framing, sniffing, referrers, caching and what is not ours", async (path) => {
    await using world = await createWorld();
    const { headers } = await fetch(`${world.issuer}${path}`, { headers: { accept: "text/html" } });
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).not.toContain("unsafe");
    expect(policy).not.toContain("form-action");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toContain("no-store");
    expect(headers.get("server")).toBeNull();
    expect(headers.get("x-powered-by")).toBeNull();
  });

  test("of an https issuer asks for https from then on", async () => {
    await using world = await createWorld({ config: { issuer: "https://id.example.com", trustProxy: true } });
    const answer = await raw(world, { host: "id.example.com", "x-forwarded-proto": "https" });
    expect(answer.status).toBe(200);
    expect(answer.headers["strict-transport-security"]).toMatch(/^max-age=63072000/);
  });

  test("of an https issuer to what came by plain http is a 400 whose line in the log says why; probes are answered", async () => {
    await using world = await createWorld({ config: { issuer: "https://id.example.com", trustProxy: true } });
    for (const path of ["/?lang=ru", "/account", "/authorize?client_id=shop", "/jwks"])
      expect((await raw(world, { host: "id.example.com" }, path)).status).toBe(400);
    expect((await raw(world, { host: "id.example.com", "x-forwarded-proto": "http" }, "/")).status).toBe(400);
    expect((await raw(world, { host: "10.0.0.1" }, "/livez")).status).toBe(200);
    expect(world.log.filter((line) => line.includes("X-Forwarded-Proto"))).toHaveLength(5);
    expect(world.log.filter((line) => line.includes('"level":50'))).toEqual([]);
  });

  test("no page runs a script of its own, where oidc-provider's would either", async () => {
    await using world = await createWorld();
    const { headers } = await fetch(`${world.issuer}/sign-out`, { redirect: "manual" });
    expect(headers.get("content-security-policy")).toMatch(/; ?script-src 'self';/);
  });
});

describe("cookies", () => {
  test("are HttpOnly and SameSite; of an https issuer also Secure, and bound to the host where they are for all of it", async () => {
    await using world = await createWorld({ config: { issuer: "https://id.example.com", trustProxy: true } });
    const answer = await raw(world, { host: "id.example.com", "x-forwarded-proto": "https" }, "/?lang=ru");
    const cookies = answer.headers["set-cookie"] ?? [];
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Host-.*; path=\/;.*secure; httponly/i);
    for (const cookie of cookies) expect(cookie).toMatch(/samesite=lax/i);
  });

  test("that were changed by hand are as if they were not there", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    expect((await visitor.open("/")).status).toBe(200);
    const forged = createVisitor(world.issuer, {
      cookie: "enum-session=AAAA; enum-session.sig=BBBB; enum-language=ru; enum-language.sig=x",
    });
    const page = await forged.open("/");
    expect(page.html.querySelector("html")?.getAttribute("lang")).toBe("en");
  });
});

describe("assets", () => {
  test("may be kept for ever, since their names change with their content", async () => {
    await using world = await createWorld();
    const page = await createVisitor(world.issuer).open("/");
    const script = page.html.querySelector("script")?.getAttribute("src") ?? "";
    const answer = await fetch(`${world.issuer}${script}`);
    expect(answer.headers.get("content-type")).toContain("text/javascript");
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect((await fetch(`${world.issuer}/assets/page.000000000000.js`)).status).toBe(404);
  });
});

describe("a site's logo", () => {
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const logo = asset("logo", "svg", "image/svg+xml", Buffer.from(svg));

  test("is on every page of a visit, from our own address, and runs nothing where it is opened by itself", async () => {
    const shop = { ...SHOP, logo };
    await using world = await createWorld({ clients: [shop] });
    const visitor = createVisitor(world.issuer);
    const { address } = await (await createRelyingParty(world.issuer, shop)).begin();
    const identifier = await visitor.open(address);
    const challenge = await visitor.submit(identifier, "next", { identifier: ALICE });
    const noPhone = await visitor.open(challenge.url.replace(/challenge$/, "no-phone"));
    const registration = await visitor.submit(identifier, "register");
    for (const page of [identifier, challenge, noPhone, registration]) {
      expect(page.html.querySelector(".site img")?.getAttribute("src"), page.url).toBe(logo.path);
    }
    const answer = await fetch(`${world.issuer}${logo.path}`);
    expect(await answer.text()).toBe(svg);
    expect(answer.headers.get("content-type")).toBe("image/svg+xml");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("cache-control")).toContain("immutable");
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
    expect((await fetch(`${world.issuer}${logo.path.replace("svg", "png")}`)).status).toBe(404);
  });
});

/** A request whose Host differs from where it is sent, as a proxy sends it. */
function raw(
  world: World,
  headers: Record<string, string>,
  path = "/",
): Promise<{ status: number | undefined; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((done, fail) => {
    const sent = request({ host: "127.0.0.1", port: world.port, path, headers }, (answer) => {
      answer.resume();
      done({ status: answer.statusCode, headers: answer.headers });
    });
    sent.on("error", fail).end();
  });
}
