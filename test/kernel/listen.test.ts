import { once } from "node:events";
import { Agent, get, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer } from "node:net";
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
