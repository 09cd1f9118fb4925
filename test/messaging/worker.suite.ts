import { afterEach, describe, expect, test } from "vitest";
import type { Database, Engine } from "../../src/database/database.ts";
import type { Messaging } from "../../src/messaging/messaging.ts";
import { freshDatabase } from "../support/databases.ts";
import { MAIL, node, rowsOf, SMS } from "./nodes.ts";

export function describeWorker(engine: Engine): void {
  const started: Messaging[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((messaging) => messaging.stop()));
  });

  describe(`the outbox's worker on ${engine}`, () => {
    test("sends soon after the change is committed", async () => {
      await using fresh = await freshDatabase(engine);
      const { messaging, sent } = node(fresh.database);
      started.push(messaging);
      messaging.start();
      await fresh.database.transaction((sql) => messaging.enqueue(sql, MAIL));
      await expect.poll(() => sent.length, { timeout: 900 }).toBe(1);
      await messaging.stop();
    });

    test("finds what another node has left", async () => {
      await using fresh = await freshDatabase(engine);
      const { messaging, sent } = node(fresh.database);
      started.push(messaging);
      await node(fresh.database).messaging.enqueue(fresh.database, MAIL);
      messaging.start();
      await expect.poll(() => sent.length, { timeout: 3000 }).toBe(1);
      await messaging.stop();
    });

    test("once stopped it has finished what it began and begins no more", async () => {
      await using fresh = await freshDatabase(engine);
      let finish: (taken?: unknown) => void = () => {};
      const { messaging } = node(fresh.database, {
        mail: () =>
          new Promise((resolve) => {
            finish = resolve;
          }),
      });
      await messaging.enqueue(fresh.database, MAIL);
      const draining = messaging.drain();
      await expect.poll(() => rowsOf(fresh.database)).toMatchObject([{ attempts: 1 }]);
      await messaging.enqueue(fresh.database, SMS);
      const stopped = messaging.stop();
      finish();
      await Promise.all([stopped, draining]);
      const statuses = (await rowsOf(fresh.database)).map(({ status }) => status).sort();
      expect(statuses).toEqual(["sent", "waiting"]);
    });

    test("a database that is away is reported once, and work goes on when it is back", async () => {
      await using fresh = await freshDatabase(engine);
      let away = true;
      const flaky: Database = {
        ...fresh.database,
        rows: (statement, bindings) =>
          away ? Promise.reject(new Error("away")) : fresh.database.rows(statement, bindings),
      };
      const { messaging, sent, log } = node(flaky);
      started.push(messaging);
      await messaging.enqueue(fresh.database, MAIL);
      messaging.start();
      for (let looks = 0; looks < 3; looks += 1) await messaging.drain().catch(() => undefined);
      await expect.poll(() => log.length, { timeout: 3000 }).toBe(1);
      away = false;
      await expect.poll(() => sent.length, { timeout: 3000 }).toBe(1);
      await messaging.stop();
      expect(log).toEqual(['{"reason":"Error"} the outbox cannot be read']);
    });
  });
}
