import { describe, expect, test } from "vitest";
import { SECOND } from "../../src/clock.ts";
import { type Engine, openDatabase } from "../../src/database/database.ts";
import { DeliveryError } from "../../src/messaging/delivery-error.ts";
import type { Sms } from "../../src/messaging/sms-gateway.ts";
import { freshDatabase } from "../support/databases.ts";
import { CODE, MAIL, node, rowsOf, SMS } from "./nodes.ts";

export function describeOutbox(engine: Engine): void {
  describe(`the outbox on ${engine}`, () => {
    test("a message is sent once, and its content is gone then", async () => {
      await using fresh = await freshDatabase(engine);
      const { messaging, sent } = node(fresh.database);
      await messaging.enqueue(fresh.database, MAIL);
      await messaging.drain();
      await messaging.drain();
      const messageId = expect.stringMatching(/^[\w-]{22}$/);
      expect(sent).toEqual([{ to: MAIL.to, subject: "email-code", text: `your code is ${CODE}`, messageId }]);
      expect(await rowsOf(fresh.database)).toEqual([{ status: "sent", attempts: 1, content_sealed: null }]);
    });

    test("while it waits nobody who reads the database reads it", async () => {
      await using fresh = await freshDatabase(engine);
      await node(fresh.database).messaging.enqueue(fresh.database, SMS);
      const [row] = await rowsOf(fresh.database);
      expect(row).toMatchObject({ status: "waiting", attempts: 0, content_sealed: expect.stringMatching(/^1\./) });
      expect(JSON.stringify(row)).not.toContain(CODE);
    });

    test("a change that is undone tells nobody", async () => {
      await using fresh = await freshDatabase(engine);
      const { messaging, sent } = node(fresh.database);
      const undone = fresh.database.transaction(async (sql) => {
        await messaging.enqueue(sql, MAIL);
        throw new Error("undone");
      });
      await expect(undone).rejects.toThrow("undone");
      await messaging.drain();
      expect(sent).toEqual([]);
    });

    test("what is refused for good is given up at once", async () => {
      await using fresh = await freshDatabase(engine);
      const refuse = async () => Promise.reject(new DeliveryError("the SMS gateway: HTTP 403", { permanent: true }));
      const { messaging, log } = node(fresh.database, { sms: refuse });
      await messaging.enqueue(fresh.database, SMS);
      await messaging.drain();
      expect(await rowsOf(fresh.database)).toEqual([{ status: "failed", attempts: 1, content_sealed: null }]);
      expect(log).toEqual([expect.stringContaining("a message was given up")]);
    });

    test("the log of a failure has its reason, and neither content nor address", async () => {
      await using fresh = await freshDatabase(engine);
      const refuse = async ({ to, text }: Sms) => {
        throw new Error(`cannot send ${text} to ${to}`);
      };
      const { messaging, log } = node(fresh.database, {
        sms: refuse,
        mail: async ({ to }) => Promise.reject(new DeliveryError(`a queue of ${to.length}`)),
      });
      await messaging.enqueue(fresh.database, SMS);
      await messaging.enqueue(fresh.database, MAIL);
      await messaging.drain();
      const text = log.sort().join("\n");
      expect(text).toContain('"to":"a***@example.com","attempt":1,"reason":"a queue of 17"');
      expect(text).toContain('"to":"+7***67","attempt":1,"reason":"Error"');
      for (const secret of [CODE, "alice", "9161234"]) expect(text).not.toContain(secret);
    });

    test("a channel without a transport is given up at once, with the reason", async () => {
      await using fresh = await freshDatabase(engine);
      const { messaging, log } = node(fresh.database, {});
      await messaging.enqueue(fresh.database, SMS);
      await messaging.drain();
      expect(await rowsOf(fresh.database)).toEqual([{ status: "failed", attempts: 1, content_sealed: null }]);
      expect(log).toEqual([expect.stringContaining('"reason":"no sms transport is set"')]);
    });

    // Over SQLite each connection waits in one of Node's four threads, so that no more than three of a process can wait for a fourth.
    const many = engine === "sqlite" ? 3 : 16;
    test(`${many} nodes that look at once send each message once`, async () => {
      await using fresh = await freshDatabase(engine);
      const { database, url } = fresh;
      const others = Array.from({ length: many - 1 }, () => openDatabase({ url, poolSize: 1, synchronous: "NORMAL" }));
      const nodes = [database, ...others].map((one) => node(one));
      for (let count = 0; count < 40; count += 1) await nodes[0]?.messaging.enqueue(database, MAIL);
      await Promise.all(nodes.map(({ messaging }) => messaging.drain()));
      await Promise.all(others.map((one) => one.close()));
      const ids = nodes.flatMap(({ sent }) => sent.map((message) => "messageId" in message && message.messageId));
      expect(ids).toHaveLength(40);
      expect(new Set(ids).size).toBe(40);
      expect((await rowsOf(database)).every(({ status, attempts }) => status === "sent" && attempts === 1)).toBe(true);
    });

    test("what a lost node had taken, another takes after a minute and not before", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      let finish: (taken?: unknown) => void = () => {};
      const lost = node(database, {
        mail: () =>
          new Promise((resolve) => {
            finish = resolve;
          }),
      });
      const other = node(database);
      await lost.messaging.enqueue(database, MAIL);
      const hanging = lost.messaging.drain();
      await expect.poll(() => rowsOf(database)).toMatchObject([{ attempts: 1 }]);
      other.now += 59 * SECOND;
      await other.messaging.drain();
      expect(other.sent).toEqual([]);
      other.now += 2 * SECOND;
      await other.messaging.drain();
      expect(other.sent).toHaveLength(1);
      finish();
      await hanging;
      expect(await rowsOf(database)).toEqual([{ status: "sent", attempts: 2, content_sealed: null }]);
    });

    test("a failure that comes late does not undo what another node has done since", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      let fail = (_: Error) => {};
      const slow = node(database, {
        mail: () =>
          new Promise((_, reject) => {
            fail = reject;
          }),
      });
      const other = node(database, { mail: async () => Promise.reject(new DeliveryError("refused")) });
      await slow.messaging.enqueue(database, MAIL);
      const hanging = slow.messaging.drain();
      await expect.poll(() => rowsOf(database)).toMatchObject([{ attempts: 1 }]);
      other.now += 61 * SECOND;
      await other.messaging.drain();
      const [{ next } = { next: 0 }] = await database.rows<{ next: number }>("SELECT next_at AS next FROM message");
      slow.now = other.now + 1;
      fail(new DeliveryError("late"));
      await hanging;
      // Had it counted, the message would be due five seconds after this at the latest, and not five after the second attempt at the soonest.
      expect(await database.rows("SELECT attempts, copies, next_at, reason FROM message")).toEqual([
        { attempts: 2, copies: 2, next_at: next, reason: "refused" },
      ]);
    });

    test("a node that is lost in the last attempt leaves a message that is given up", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      const alice = node(database);
      await alice.messaging.enqueue(database, MAIL);
      await database.rows("UPDATE message SET attempts = 3, copies = 3, next_at = ?", [alice.now + 60 * SECOND]);
      alice.now += 60 * SECOND;
      await alice.messaging.drain();
      expect(alice.sent).toEqual([]);
      expect(await rowsOf(database)).toMatchObject([{ status: "failed", content_sealed: null }]);
    });
  });
}
