import { once } from "node:events";
import { createServer } from "node:http";
import Router from "@koa/router";
import request from "supertest";
import { expect, test } from "vitest";
import { createCookieSigner } from "../../src/http/cookies.ts";
import { createListener } from "../../src/http/listener.ts";

function routerOf(method: "get" | "post", ...paths: string[]): Router {
  const router = new Router();
  for (const path of paths)
    router[method](path, (context) => {
      context.body = `${path} ${JSON.stringify(context["params"])}`;
    });
  return router;
}

function listening(...routes: Router[]) {
  const mounted = createListener({
    trustProxy: false,
    cookieSigner: createCookieSigner(["a key"]),
    before: [],
    routes,
    behind: [
      (context) => {
        if (context.method !== "PROPFIND") context.body ??= "behind";
      },
    ],
  });
  return { mounted, ask: request(createServer(mounted.listener)) };
}

test("routes of several rooms that begin alike are all tried, in the order in which they are mounted", async () => {
  const { ask } = listening(
    routerOf("get", "/shop/:id", "/"),
    routerOf("get", "/shop/new", "/shop/:id/pay"),
    routerOf("get", "/shopping"),
  );
  expect((await ask.get("/shop/7")).text).toBe('/shop/:id {"id":"7"}');
  expect((await ask.get("/shop/new")).text).toBe('/shop/:id {"id":"new"}');
  expect((await ask.get("/shop/7/pay")).text).toBe('/shop/:id/pay {"id":"7"}');
  expect((await ask.get("/shopping")).text).toBe("/shopping {}");
  expect((await ask.get("/")).text).toBe("/ {}");
  expect((await ask.get("/shops")).text).toBe("behind");
});

test("neither case nor a slash at the end counts in a path", async () => {
  const { ask } = listening(routerOf("get", "/Shop/:id", "/about"));
  expect((await ask.get("/sHOP/Seven")).text).toBe('/Shop/:id {"id":"Seven"}');
  expect((await ask.get("/ABOUT/")).text).toBe("/about {}");
});

test("another method of a path that is mounted is behind, and all that is mounted is listed", async () => {
  const { ask, mounted } = listening(routerOf("get", "/shop/:id"), routerOf("post", "/shop"));
  expect((await ask.post("/shop/7")).text).toBe("behind");
  expect(mounted.routes).toEqual([
    { method: "GET", path: "/shop/:id" },
    { method: "POST", path: "/shop" },
  ]);
});

test("a route whose first part is a parameter would be missed, and is refused at the start", () => {
  expect(() => listening(routerOf("get", "/:shop/about"))).toThrow("/:shop/about does not begin with a text");
});

test("a method that no server knows is told so, wherever it is asked for", async () => {
  const { mounted } = listening(routerOf("get", "/shop"));
  const server = createServer(mounted.listener).listen(0, "127.0.0.1");
  try {
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const statusOf = async (path: string) =>
      (await fetch(`http://127.0.0.1:${address.port}${path}`, { method: "PROPFIND" })).status;
    expect(await statusOf("/none")).toBe(await statusOf("/shop/none"));
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
