import { once } from "node:events";
import { Agent, get, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:net";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { type Listener, listen } from "../../src/listen.ts";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  await new Promise((done) => server.close(done));
  return address.port;
}

test("a request that is in flight when it closes is answered, and told that its connection ends with it", async () => {
  const held: ServerResponse[] = [];
  const listener: Listener = (request, response) => {
    if (request.url === "/held") held.push(response);
    else response.end("at once");
  };
  const port = await freePort();
  const listening = await listen(listener, { host: "127.0.0.1", port });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (path: string) =>
    new Promise<IncomingMessage>((done, failed) => {
      get({ host: "127.0.0.1", port, path, agent }, done).on("error", failed);
    });

  const before = await ask("/now");
  await before.resume().toArray();
  expect(before.headers.connection).toBe("keep-alive");
  const asked = ask("/held");
  await expect.poll(() => held.length).toBe(1);
  const closed = listening.close();
  held[0]?.end("at last");
  const after = await asked;
  expect(after.headers.connection).toBe("close");
  expect(Buffer.concat(await after.toArray()).toString()).toBe("at last");
  await closed;
  await expect(ask("/now")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  agent.destroy();
});

/** So many connect and ask while the server's thread waits for them: none of them can be taken before. What each was answered comes as a message. */
const AT_ONCE = `
const { connect } = require("node:net");
const { parentPort, workerData: { port, connected, count } } = require("node:worker_threads");
const answers = [];
for (let one = 0; one < count; one += 1) {
  let answer = "";
  const socket = connect({ port, host: "127.0.0.1" }, () => {
    socket.write("GET /now HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n", () => {
      Atomics.add(connected, 0, 1);
      Atomics.notify(connected, 0);
    });
  });
  socket.setEncoding("utf8").on("data", (text) => { answer += text; });
  socket.on("error", ({ code }) => { answer += code; });
  socket.on("close", () => { if (answers.push(answer) === count) parentPort.postMessage(answers); });
}
`;

test("who has connected before it closes is answered, also where it has not come to them yet", async () => {
  const port = await freePort();
  const listening = await listen((_request, response) => void response.end("at once"), { host: "127.0.0.1", port });
  const count = 8;
  const connected = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(AT_ONCE, { eval: true, workerData: { port, connected, count } });
  const said = once(worker, "message");
  await once(worker, "online");
  for (let there = 0; there < count; there = Atomics.load(connected, 0)) Atomics.wait(connected, 0, there);
  await listening.close();
  const [answers] = await said;
  expect(answers).toHaveLength(count);
  for (const answer of answers)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n[\s\S]*at once/i);
  await worker.terminate();
});
