import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import Koa, { type Context } from "koa";
import { describe, expect, test } from "vitest";
import { createHolding } from "../../src/http/holding.ts";
import { createHttpServer } from "../../src/listen.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** A busy machine takes its time. */
const SOON = { interval: 5, timeout: 10_000 };
/** More than the system takes of an answer that nobody reads. */
const LARGE = Buffer.alloc(16 * 2 ** 20);
const HELD = "/device/v1/requests?after=x&wait=25";

interface Held {
  again(): void;
  context: WeakRef<Context>;
  request: WeakRef<IncomingMessage>;
  response: WeakRef<ServerResponse>;
  connection: Socket;
}

/** A server that holds the first pass of each request with a wait, and tells in the second what it sees then. */
async function holder() {
  const holding = createHolding();
  const held: Held[] = [];
  const passed = new WeakSet<IncomingMessage>();
  let begun = 0;
  const ended: { path: string; destroyed: boolean }[] = [];
  const app = new Koa();
  const slow = Promise.withResolvers<void>();
  app.use(async (context) => {
    const { req, res, socket, path } = context;
    const { destroyed } = res;
    res.once("close", () => void ended.push({ path, destroyed }));
    begun += 1;
    if (context.url.includes("slow")) await slow.promise;
    if (context.url.includes("large")) {
      context.body = LARGE;
      return;
    }
    if (!context.url.includes("wait=") || passed.delete(req)) {
      const { url, headers } = context;
      context.body = { url, headers, raw: req.rawHeaders, held: holding.isHeld(context) };
      return;
    }
    context.set("X-First", path);
    const again = holding.hold(context, (next) => void passed.add(next));
    const [request, response] = [new WeakRef(req), new WeakRef(res)];
    held.push({ again, context: new WeakRef(context), request, response, connection: socket });
  });
  const { server, cut } = createHttpServer(app.callback());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    server,
    cut,
    slow,
    begun: () => begun,
    /** Answers that have left, or whose clients have: whether they had gone when the pass began. */
    ended,
    /** The latest that is held, once so many have been. */
    async held(count = 1): Promise<Held> {
      await expect.poll(() => held.length, SOON).toBe(count);
      return held.at(-1) ?? expect.fail();
    },
    /** A connection, and all that came by it. */
    async client() {
      const socket = connect(port, "127.0.0.1");
      let received = "";
      socket.on("error", () => undefined);
      socket.setEncoding("latin1").on("data", (chunk: string) => {
        received += chunk;
      });
      await once(socket, "connect");
      return {
        socket,
        send: (text: string) => void socket.write(text),
        /** The addresses that were answered, in their order. */
        async answers(count: number): Promise<string[]> {
          const told = () => [...received.matchAll(/"url":"([^"]+)"/g)].map(([, url = ""]) => url);
          await expect.poll(() => told().length, SOON).toBe(count);
          return told();
        },
        received: () => received,
      };
    },
    async [Symbol.asyncDispose]() {
      const closed = server.listening ? once(server.close(), "close") : undefined;
      cut();
      await closed;
    },
  };
}

const get = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
const SENT = { authorization: "Device secret", "user-agent": "Firefox/140", origin: "https://phone.example.org" };

describe("of a request that is held", () => {
  test("nothing stays but its connection: no context, neither request nor answer, nothing of Node's HTTP", async () => {
    await using server = await holder();
    const answered = fetch(`${server.url}${HELD}`, { headers: SENT });
    const { again, context, request, response, connection } = await server.held();
    // What called the first pass has ended by then.
    await new Promise((done) => setImmediate(done));
    collect();
    expect([context.deref(), request.deref(), response.deref()]).toEqual([undefined, undefined, undefined]);
    // Node's parser, which is larger than all that is ours.
    expect(Reflect.get(connection, "parser")).toBeNull();
    again();
    const answer = await answered;
    expect([answer.status, answer.headers.get("x-first")]).toEqual([200, null]);
    expect((await answer.json()).url).toBe(HELD);
  });

  test("the second pass sees whose name was asked for, from which page and in which language, and no proof", async () => {
    await using server = await holder();
    const language = { "accept-language": "ru", "x-forwarded-host": "id.example" };
    const answered = fetch(`${server.url}${HELD}`, { headers: { ...SENT, ...language } });
    (await server.held()).again();
    const { headers, raw, held } = await (await answered).json();
    const host = new URL(server.url).host;
    const kept = { host, origin: SENT.origin, accept: "*/*", ...language };
    expect([headers, held]).toEqual([kept, false]);
    expect(raw).toEqual(Object.entries(kept).flat());
  });

  test("the second pass begins once, whoever calls", async () => {
    await using server = await holder();
    const client = await server.client();
    client.send(get(HELD));
    const { again } = await server.held();
    again();
    again();
    client.send(get("/next"));
    expect(await client.answers(2)).toEqual([HELD, "/next"]);
    client.socket.destroy();
    await expect.poll(() => server.ended.length, SOON).toBe(2);
  });

  test("the second pass begins where the client goes, whose answer ends at once", async () => {
    await using server = await holder();
    const client = await server.client();
    client.send(get(HELD));
    await server.held();
    client.socket.end();
    await once(client.socket, "close");
    await expect.poll(() => server.ended, SOON).toEqual([{ path: "/device/v1/requests", destroyed: true }]);
    expect(client.received()).toBe("");
  });
});

describe("a connection whose request was held", () => {
  test("goes on as any other, with what came meanwhile, also where half of it came with the held one", async () => {
    await using server = await holder();
    const client = await server.client();
    const next = get("/next");
    client.send(get(HELD) + next.slice(0, 9));
    const { again } = await server.held();
    client.send(next.slice(9));
    again();
    expect(await client.answers(2)).toEqual([HELD, "/next"]);
    client.send(get(`${HELD}&second`));
    (await server.held(2)).again();
    client.send(get("/last"));
    expect(await client.answers(4)).toEqual([HELD, "/next", `${HELD}&second`, "/last"]);
    expect(client.received().match(/^Keep-Alive: timeout=5$/gm)).toHaveLength(4);
  });

  test("is held in the old way behind one that is not answered yet, and keeps their order", async () => {
    await using server = await holder();
    const client = await server.client();
    client.send(get("/slow") + get(HELD));
    const { again, connection } = await server.held();
    expect(Reflect.get(connection, "parser")).not.toBeNull();
    again();
    server.slow.resolve();
    expect(await client.answers(2)).toEqual(["/slow", HELD]);
  });

  test.each([
    ["that is to close", get(HELD, "Connection: close")],
    ["of HTTP/1.0", `GET ${HELD} HTTP/1.0\r\nHost: localhost\r\n\r\n`],
  ])("%s closes with the answer", async (_which, text) => {
    await using server = await holder();
    const client = await server.client();
    client.send(text);
    (await server.held()).again();
    await once(client.socket, "close");
    expect(await client.answers(1)).toEqual([HELD]);
    expect(client.received()).toMatch(/^Connection: close$/m);
    expect(client.received()).not.toContain("Keep-Alive");
  });

  test("closes with the answer where the server has ended meanwhile, and before it where it is cut", async () => {
    await using server = await holder();
    const [answered, cut] = [await server.client(), await server.client()];
    answered.send(get(HELD));
    const { again } = await server.held();
    cut.send(get(HELD));
    await server.held(2);
    server.server.close();
    again();
    await once(answered.socket, "close");
    expect(await answered.answers(1)).toEqual([HELD]);
    expect(answered.received()).toMatch(/^Connection: close$/m);
    server.cut();
    await once(cut.socket, "close");
    expect(cut.received()).toBe("");
  });
});

test("no more than fifty long polls are in the stack at once, and nobody else waits for them", async () => {
  await using server = await holder();
  const clients = await Promise.all(Array.from({ length: 60 }, () => server.client()));
  for (const client of clients) client.send(get(`${HELD}&slow`));
  await expect.poll(server.begun, SOON).toBe(50);
  const other = await server.client();
  other.send(get("/page"));
  await other.answers(1);
  expect(server.begun()).toBe(51);
  server.slow.resolve();
  await server.held(60);
  expect(server.begun()).toBe(61);
});

test("those who do not read what they are told keep nobody waiting", async () => {
  await using server = await holder();
  const deaf = await Promise.all(Array.from({ length: 50 }, () => server.client()));
  for (const client of deaf) {
    client.socket.pause();
    client.send(get(`${HELD}&large`));
  }
  await expect.poll(server.begun, SOON).toBe(50);
  const client = await server.client();
  client.send(get(HELD));
  await server.held();
  for (const { socket } of deaf) socket.destroy();
});

test("a request with a body is none that may stand aside: its body is not taken for the next", async () => {
  await using server = await holder();
  const client = await server.client();
  const smuggled = get("/smuggled");
  client.send(get(HELD, `Content-Length: ${smuggled.length}`) + smuggled);
  (await server.held()).again();
  client.send(get("/next"));
  expect(await client.answers(2)).toEqual([HELD, "/next"]);
});

test("what asks to go on by another protocol is answered as what it is", async () => {
  await using server = await holder();
  const client = await server.client();
  client.send(get("/page", "Connection: Upgrade", "Upgrade: h2c"));
  expect(await client.answers(1)).toEqual(["/page"]);
});
