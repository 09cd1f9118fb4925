import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import Koa, { type Context } from "koa";
import { expect, test } from "vitest";
import { createHolding } from "../../src/http/holding.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

interface Held {
  again(): void;
  context: WeakRef<Context>;
  request: IncomingMessage;
  response: ServerResponse;
}

/** A server that holds the first pass of its one request, and tells in the second what it sees then. */
async function holder() {
  const holding = createHolding();
  const held = Promise.withResolvers<Held>();
  let passes = 0;
  const app = new Koa();
  app.use((context) => {
    passes += 1;
    if (passes > 1) {
      context.body = {
        path: context.path,
        headers: context.headers,
        raw: context.req.rawHeaders,
        held: holding.isHeld(context),
      };
      return;
    }
    context.set("X-First", context.path);
    const { req: request, res: response } = context;
    held.resolve({ again: holding.hold(context), context: new WeakRef(context), request, response });
  });
  const server = createServer(app.callback()).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    held: held.promise,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const SENT = { authorization: "Device secret", "user-agent": "Firefox/140", origin: "https://phone.example.org" };

test("of a request that is held nothing stays but Node's own: no context, no watch for the answer's end, no proof", async () => {
  await using server = await holder();
  const answered = fetch(server.url, { headers: SENT });
  const { again, context, request, response } = await server.held;
  // What called the first pass has ended by then.
  await new Promise((done) => setImmediate(done));
  collect();
  expect(context.deref()).toBeUndefined();
  // Node's own of the server is left.
  expect([response.listenerCount("end"), response.listenerCount("finish")]).toEqual([0, 1]);
  expect(JSON.stringify([request.headers, request.rawHeaders])).not.toMatch(/secret|Firefox/);
  // Koa remembers an address as it has taken it apart.
  expect(Reflect.get(request, "_parsedUrl")).toBeUndefined();
  expect(response.getHeaderNames()).toEqual([]);
  again();
  const answer = await answered;
  expect([answer.status, answer.headers.get("x-first")]).toEqual([200, null]);
  expect((await answer.json()).path).toBe("/");
});

test("the second pass sees whose name was asked for, from which page and in which language, and is watched as any other", async () => {
  await using server = await holder();
  const answered = fetch(server.url, {
    headers: { ...SENT, "accept-language": "ru", "x-forwarded-host": "id.example" },
  });
  const { again, response } = await server.held;
  again();
  expect(response.listenerCount("end")).toBe(1);
  const { headers, raw, held } = await (await answered).json();
  const host = new URL(server.url).host;
  const { origin } = SENT;
  const kept = { host, origin, accept: "*/*", "accept-language": "ru", "x-forwarded-host": "id.example" };
  expect([headers, held]).toEqual([kept, false]);
  expect(raw).toEqual(Object.entries(kept).flat());
});
