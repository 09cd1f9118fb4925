import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { AsideResponse } from "../../src/aside.ts";
import { createHttpServer, type Listener } from "../../src/listen.ts";

/** A busy machine takes its time. */
const SOON = { interval: 5, timeout: 10_000 };
const POLL = "/device/v1/requests?after=x&wait=25";
const get = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, "Host: x", ...headers, "", ""].join("\r\n");

async function serving(answer: Listener) {
  const seen: { request: IncomingMessage; response: ServerResponse }[] = [];
  const made = createHttpServer((request, response) => {
    seen.push({ request, response });
    answer(request, response);
  });
  const { server, cut } = made;
  await once(server.listen(0, "127.0.0.1"), "listening");
  // Nothing ends by its own time here.
  server.keepAliveTimeout = 600_000;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    ...made,
    seen,
    async client() {
      const socket = connect(address.port, "127.0.0.1");
      let received = "";
      socket.on("error", () => undefined);
      socket.setEncoding("latin1").on("data", (chunk: string) => {
        received += chunk;
      });
      await once(socket, "connect");
      return { socket, send: (text: string) => void socket.write(text), received: () => received };
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), "close");
      cut();
      await closed;
    },
  };
}

test("a long poll behind a request with an expectation that nobody knows waits for its answer, and both are answered", async () => {
  const first = Promise.withResolvers<ServerResponse>();
  await using server = await serving((request, response) => {
    if (request.url === "/a") first.resolve(response);
    else response.end("poll");
  });
  const client = await server.client();
  client.send(get("/a", "Expect: y") + get(POLL));
  (await first.promise).end("first");
  await expect.poll(() => client.received().endsWith("poll"), SOON).toBe(true);
  expect(client.received().indexOf("first")).toBeLessThan(client.received().indexOf("poll"));
});

test("a connection that was handed back and asks for nothing is ended with the idle ones, one that asks is not", async () => {
  const slow = Promise.withResolvers<ServerResponse>();
  await using server = await serving((request, response) => {
    if (request.url === "/slow") slow.resolve(response);
    else response.end("poll");
  });
  const [idle, busy] = [await server.client(), await server.client()];
  for (const client of [idle, busy]) {
    client.send(get(POLL));
    await expect.poll(() => client.received().endsWith("poll"), SOON).toBe(true);
  }
  expect(server.seen.every(({ response }) => response instanceof AsideResponse)).toBe(true);
  busy.send(get("/slow"));
  const answer = await slow.promise;
  const ended = once(idle.socket, "end");
  server.closeIdle();
  await ended;
  answer.end("at last");
  await expect.poll(() => busy.received().endsWith("at last"), SOON).toBe(true);
});

test("an answer that says that its connection ends is the last on it", async () => {
  await using server = await serving((_request, response) => {
    response.setHeader("Connection", "close");
    response.end("poll");
  });
  const client = await server.client();
  const ended = once(client.socket, "end");
  client.send(get(POLL) + get("/next"));
  await ended;
  expect(client.received()).toMatch(/^HTTP\/1\.1 200 OK\r\nConnection: close\r\n[\s\S]*poll$/);
  expect(server.seen).toHaveLength(1);
});

test("an answer that is written piece by piece says as well whether its connection lasts", async () => {
  await using server = await serving((_request, response) => {
    response.write("po");
    response.end("ll");
  });
  const client = await server.client();
  client.send(get(POLL));
  await expect.poll(() => client.received().includes("ll"), SOON).toBe(true);
  expect(client.received()).toContain("Keep-Alive: timeout=600");
});

test("HTTP/1.0 is Node's, since its answers may end with their connection", async () => {
  await using server = await serving((_request, response) => void response.end("poll"));
  const client = await server.client();
  client.send(get(POLL, "Connection: keep-alive").replace("HTTP/1.1", "HTTP/1.0"));
  await expect.poll(() => client.received().endsWith("poll"), SOON).toBe(true);
  expect(server.seen.some(({ response }) => response instanceof AsideResponse)).toBe(false);
});
