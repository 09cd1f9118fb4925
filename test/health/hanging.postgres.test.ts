import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { createHealth } from "../../src/health/health.ts";
import { createMetrics } from "../../src/health/metrics.ts";
import { freshDatabase } from "../support/databases.ts";

/** A way to a database that can be stopped: connections stay open, and nothing passes any more. */
async function stoppable(databaseUrl: string) {
  const { hostname, port } = new URL(databaseUrl);
  const sockets: Socket[] = [];
  let stopped = false;
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    for (const one of [near, far]) one.on("error", () => undefined);
    sockets.push(near, far);
    if (!stopped) near.pipe(far).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(address.port);
  return {
    url: url.href,
    stop() {
      stopped = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test("readiness and figures come within two seconds when PostgreSQL says nothing any more", async () => {
  await using fresh = await freshDatabase("postgres");
  const way = await stoppable(fresh.url);
  const database = openDatabase({ url: way.url, poolSize: 2 });
  const quiet = { warn: () => undefined, info: () => undefined };
  const health = createHealth({ database, keysFollow: () => true, clock: Date.now, logger: quiet });
  const metrics = createMetrics({ database });
  expect((await health.check()).status).toBe("ready");
  expect(await metrics.text()).toContain("enum_id_outbox_waiting{");
  await new Promise((done) => setTimeout(done, 1100));
  way.stop();
  const started = performance.now();
  const [readiness, figures] = await Promise.all([health.check(), metrics.text()]);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(readiness).toMatchObject({ status: "not-ready", checks: { database: "no-answer" } });
  expect(figures).not.toContain("enum_id_outbox_waiting{");
  way.close();
  await database.close();
});
