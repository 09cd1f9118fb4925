import { once } from "node:events";
import Koa from "koa";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { SECOND } from "../../src/clock.ts";
import { catalogue } from "../../src/errors.ts";
import { errorBoundary } from "../../src/http/errors.ts";
import type { Pages } from "../../src/http/page.ts";
import { type Answer, exchange } from "../fuzz/wire.ts";
import { createWorld, type World } from "../support/world.ts";

const heading = ({ body }: Answer) => /<h1[^>]*>([^<]+)/.exec(body)?.[1]?.trim() ?? "";
const header = (answer: Answer, name: string) => answer.headers.get(name)?.join() ?? "";

/** These lines and nothing else: what no client library would send. */
async function send(world: World, ...lines: string[]): Promise<Answer> {
  const bytes = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  const reply = await exchange({ port: world.port, bytes, end: false, bodiless: false, patience: 5 * SECOND });
  if (reply.kind !== "answer") throw new Error(reply.kind);
  return reply;
}

describe("a target", () => {
  test.each(["//evil.example/?lang=ru", "/\\evil.example/?lang=ru", "http://evil.example/?lang=ru", "*", "http://["])(
    "%s that is no path of ours leads nowhere",
    async (target) => {
      await using world = await createWorld();
      const answer = await send(world, `GET ${target} HTTP/1.1`, `Host: localhost:${world.port}`, "Accept: text/html");
      expect(answer.status).toBe(404);
      expect(heading(answer)).not.toBe("");
      expect(answer.headers.has("location")).toBe(false);
      expect(answer.body).not.toContain("evil.example");
    },
  );

  test("with our own name before the path is the path, and discovery keeps its addresses", async () => {
    await using world = await createWorld();
    const path = "/.well-known/openid-configuration";
    const answer = await send(world, `GET ${world.issuer}${path} HTTP/1.1`, `Host: localhost:${world.port}`);
    expect(JSON.parse(answer.body)).toMatchObject({ issuer: world.issuer, token_endpoint: `${world.issuer}/token` });
  });
});

test("an address that has no page leads to the front page", async () => {
  await using world = await createWorld();
  const { body } = await send(world, "GET /nothing HTTP/1.1", `Host: localhost:${world.port}`, "Accept: text/html");
  expect(body).toContain(`href="${world.issuer}/">Go to the start page</a>`);
});

describe("a Host header", () => {
  test.each([[[]], [["Host: localhost", "Host: evil.example"]]])(
    "that is not there once is a 400: %j",
    async (hosts) => {
      await using world = await createWorld();
      const answer = await send(world, "GET / HTTP/1.1", ...hosts);
      expect(answer.status).toBe(400);
      expect(heading(answer)).not.toBe("");
    },
  );
});

describe("what is no HTTP", () => {
  test.each([
    [400, ["GET / HTTP/1.1", "Host: x", "X: a\0b"]],
    [400, ["GARBAGE"]],
    [431, ["GET / HTTP/1.1", "Host: x", `Cookie: a=${"x".repeat(20_000)}`]],
  ])("is a %i with a page that says so", async (status, lines) => {
    await using world = await createWorld();
    const answer = await send(world, ...lines);
    expect(answer.status).toBe(status);
    expect(heading(answer)).not.toBe("");
    expect(header(answer, "content-security-policy")).toContain("default-src 'none'");
  });
});

describe("an address of oidc-provider", () => {
  test.each([
    ["GET", "/token", "POST"],
    ["GET", "/bc-authorize", "POST"],
    ["PUT", "/userinfo", "GET, POST"],
    ["POST", "/jwks", "GET"],
  ])("%s %s is a 405 that names %s", async (method, path, allow) => {
    await using world = await createWorld();
    const answer = await send(world, `${method} ${path} HTTP/1.1`, `Host: localhost:${world.port}`);
    expect([answer.status, header(answer, "allow")]).toEqual([405, allow]);
  });
});

const NO_PAGES: Pages = {
  show: () => expect.unreachable("no page is shown"),
  locale: () => "en",
  prefer: () => undefined,
  warn: () => undefined,
};

/** As Chromium and Safari ask for what is typed into them. */
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

describe("who asks for no page", () => {
  const endpoints = ["/token", "/par", "/introspect", "/revoke", "/bc-authorize", "/device-authorization"];
  const read = ["/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];
  test.each([...endpoints.map((path) => ["GET", path]), ["PUT", "/userinfo"], ...read.map((path) => ["POST", path])])(
    "is told by %s %s in JSON, as by all of OAuth's errors, which method it is; a browser in a page",
    async (method, path) => {
      await using world = await createWorld();
      const ask = (...more: string[]) =>
        send(world, `${method} ${path} HTTP/1.1`, `Host: localhost:${world.port}`, ...more);
      for (const accept of [[], ["Accept: */*"], ["Accept: application/json"]]) {
        const answer = await ask(...accept);
        expect([answer.status, header(answer, "content-type")]).toEqual([405, "application/json; charset=utf-8"]);
        expect(JSON.parse(answer.body)).toEqual({
          error: "invalid_request",
          error_description: `This address does not take this method. (use ${header(answer, "allow")})`,
        });
      }
      const shown = await ask(`Accept: ${BROWSER}`);
      expect([shown.status, heading(shown)]).toEqual([405, expect.stringMatching(/./)]);
    },
  );

  test("is told of an address that there is not in a problem document, and a browser in a page", async () => {
    await using world = await createWorld();
    for (const [accept, type] of [
      ["*/*", "application/problem+json"],
      ["application/problem+json", "application/problem+json"],
      ["image/avif,image/webp,*/*;q=0.8", "application/problem+json"],
      [BROWSER, "text/html; charset=utf-8"],
    ] as const) {
      const { status, headers, body } = await fetch(`${world.issuer}/oauth/token`, { headers: { accept } });
      expect([status, headers.get("content-type"), headers.get("vary")]).toEqual([404, type, "Accept"]);
      if (type.includes("problem"))
        expect(await new Response(body).json()).toMatchObject({ type: "urn:e-num:problem:not-found", status: 404 });
    }
  });

  test.each(["/confirmations/jwks", "/readyz", "/livez"])("is told at %s in a problem document", async (path) => {
    await using world = await createWorld();
    const { status, headers } = await fetch(world.issuer + path, { method: "POST" });
    expect([status, headers.get("content-type")]).toEqual([405, "application/problem+json"]);
  });

  test("gets the page of a page's address, unless it takes nothing but JSON", async () => {
    await using world = await createWorld();
    const types = ["*/*", "image/png", "application/json"].map(async (accept) => {
      const answer = await fetch(`${world.issuer}/register`, { method: "POST", headers: { accept }, body: "no form" });
      expect(answer.status).toBe(400);
      return answer.headers.get("content-type")?.split(";")[0];
    });
    expect(await Promise.all(types)).toEqual(["text/html", "text/html", "application/problem+json"]);
  });

  test("is told at the token endpoint that the database is not reached as OAuth tells it", async () => {
    const ports = { pages: NO_PAGES, logger: pino({ level: "silent" }), issuer: "", clock: Date.now };
    const app = new Koa().use(errorBoundary({ ...ports, probes: [], oauth: ["/token"] }));
    const codes = ["ECONNREFUSED", "EODD"];
    app.use(() => {
      throw Object.assign(new Error("secret words"), { code: codes.shift() });
    });
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const told = [];
    for (const _ of [1, 2]) {
      const answer = await fetch(`http://127.0.0.1:${port}/token`, { method: "POST" });
      told.push([answer.status, answer.headers.get("retry-after"), await answer.json()]);
    }
    server.close();
    expect(told).toEqual([
      [503, "2", { error: "temporarily_unavailable", error_description: catalogue.unavailable.message }],
      [500, null, { error: "server_error", error_description: catalogue["server-error"].message }],
    ]);
  });
});

describe("a method that no address takes", () => {
  test.each(["TRACE", "PROPFIND"])(
    "%s is a 405 that names those of the address, and a 404 where there is none",
    async (method) => {
      await using world = await createWorld();
      const host = `Host: localhost:${world.port}`;
      const [front, nowhere, engine] = [
        await send(world, `${method} / HTTP/1.1`, host),
        await send(world, `${method} /nowhere HTTP/1.1`, host),
        await send(world, `${method} /jwks HTTP/1.1`, host),
      ];
      expect([front.status, header(front, "allow")]).toEqual([405, "HEAD, GET"]);
      expect([nowhere.status, nowhere.headers.has("allow")]).toEqual([404, false]);
      expect([engine.status, header(engine, "allow")]).toEqual([405, "GET"]);
    },
  );
});

test("a cookie that was cleared, and is signed as such, is as if it were not there", async () => {
  await using world = await createWorld();
  const begun = await send(
    world,
    "POST /register HTTP/1.1",
    `Host: localhost:${world.port}`,
    ...form("email=a@example.com&phone=%2B15555550199"),
  );
  const emptied = (begun.headers.get("set-cookie") ?? []).find((line) => line.startsWith("enum-return.sig="));
  const signature = /=([^;]+)/.exec(emptied ?? "")?.[1];
  expect(signature).toBeDefined();
  const cookie = `Cookie: enum-return=""; enum-return.sig=${signature}`;
  expect((await send(world, "GET /register HTTP/1.1", `Host: localhost:${world.port}`, cookie)).status).toBe(200);
});

test("the log names a route by its pattern, and shows nothing of a path that is not mounted but plain words", async () => {
  await using world = await createWorld();
  const paths = [
    "/interaction/SomebodysVisitNumber1",
    "/nothing/48219370/alice@example.com/%61lice",
    `/${"x".repeat(300)}`,
    "/wp-login.php",
  ];
  for (const path of paths)
    await send(
      world,
      `GET ${path} HTTP/1.1`,
      `Host: localhost:${world.port}`,
      "Sec-Fetch-Site: 48219370",
      "Connection: close",
    );
  await expect.poll(() => world.log.length).toBe(paths.length);
  const logged = world.log.map((line) => JSON.parse(line).path);
  expect(logged).toEqual(["/interaction/:uid", "/nothing/…/…/…", "/…", "/wp-login.php"]);
});

function form(body: string): string[] {
  return ["Content-Type: application/x-www-form-urlencoded", `Content-Length: ${body.length}`, "", body];
}
