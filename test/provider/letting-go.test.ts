import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { exportJWK, generateKeyPair } from "jose";
import Koa, { type Context, type Middleware } from "koa";
import Provider from "oidc-provider";
import { expect, test } from "vitest";
import { isEngineContext } from "../../src/provider/engine-context.ts";
import { lettingGo } from "../../src/provider/letting-go.ts";
import { grownOld } from "../support/old-objects.ts";

const nothing: Middleware = (_context, next) => next();
const ignore = async () => undefined;
const { privateKey } = await generateKeyPair("ES256", { extractable: true });
const jwks = { keys: [{ ...(await exportJWK(privateKey)), alg: "ES256", use: "sig" }] };

/** oidc-provider within an app of ours; `around` goes before all others. */
async function engine(around: Middleware, seen: Middleware = nothing) {
  const app = new Koa();
  app.silent = true;
  app.use(around).use(seen);
  const provider = new Provider("http://localhost:3000", {
    adapter: () => ({
      upsert: ignore,
      find: ignore,
      findByUid: ignore,
      findByUserCode: ignore,
      consume: ignore,
      destroy: ignore,
      revokeByGrantId: ignore,
    }),
    features: { devInteractions: { enabled: false } },
    jwks,
  });
  for (const middleware of provider.middleware) app.use(middleware);
  const server = createServer(app.callback()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async get(path: string) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text() };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The names of what it holds, itself and oidc-provider's part of it. */
function held(context: Context): PropertyKey[] {
  const parts: object[] = isEngineContext(context) ? [context, context.oidc] : [context];
  return parts.flatMap((part) =>
    Reflect.ownKeys(part).filter((key) => key !== "oidc" && Reflect.get(part, key) !== undefined),
  );
}

test("a context of oidc-provider's holds nothing when its answer has left, which it held until then", async () => {
  const contexts: Context[] = [];
  const before: PropertyKey[][] = [];
  await using site = await engine(lettingGo, async (context, next) => {
    contexts.push(context);
    await next();
    before.push(held(context));
  });
  expect(JSON.parse((await site.get("/jwks")).text)).toHaveProperty("keys");
  expect(before[0]).toEqual(expect.arrayContaining(["req", "res", "request", "state", "entities", "ctx"]));
  await expect.poll(() => contexts.map(held)).toEqual([[]]);
});

test("whoever still works for a client that has gone has all of it, until it is done", async () => {
  const contexts: Context[] = [];
  const working = Promise.withResolvers<void>();
  await using site = await engine(lettingGo, async (context, next) => {
    contexts.push(context);
    await next();
    await working.promise;
  });
  const socket = connect(site.port, "127.0.0.1");
  socket.write("GET /jwks HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await expect.poll(() => contexts.length).toBe(1);
  socket.destroy();
  const [context] = contexts;
  if (context === undefined) throw new Error("nothing has come");
  await expect.poll(() => context.res.closed).toBe(true);
  await setImmediate();
  expect(held(context)).toEqual(expect.arrayContaining(["req", "res", "entities"]));
  working.resolve();
  await expect.poll(() => held(context)).toEqual([]);
});

test("a context of ours stays as it is", async () => {
  const contexts: Context[] = [];
  await using site = await engine(lettingGo, async (context, next) => {
    contexts.push(context);
    if (context.path !== "/ours") await next();
    else context.body = "ours";
  });
  expect(await site.get("/ours")).toEqual({ status: 200, text: "ours" });
  await setImmediate();
  expect(contexts.map(held)).toEqual([expect.arrayContaining(["req", "res", "state"])]);
});

test("what a request made does not grow old with it", async () => {
  const numbers = 5_000;
  const making: Middleware = async (context, next) => {
    context.state["made"] = Array.from({ length: numbers }, (_, index) => index + 0.5);
    await next();
  };
  const grown = async (around: Middleware) => {
    await using site = await engine(around, making);
    return await grownOld(100, async () => void (await site.get("/jwks")));
  };
  const made = 100 * numbers * 8;
  expect(await grown(nothing)).toBeGreaterThan(made);
  // What two empty objects and the functions around them take: 14 kB of each request, and 20 in a worker that has run other files.
  expect(await grown(lettingGo)).toBeLessThan((made * 3) / 4);
});
