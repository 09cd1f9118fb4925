import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import type { Database, Engine } from "../../src/database/database.ts";
import { deadLetters, dropDeadLetter, retryDeadLetter } from "../../src/messaging/dead-letters.ts";
import { DeliveryError } from "../../src/messaging/delivery-error.ts";
import type { Mail } from "../../src/messaging/transports.ts";
import { freshDatabase } from "../support/databases.ts";
import { EXPIRY, MAIL, NEWS, node, rowsOf, START } from "./nodes.ts";

const GREYLISTED = new DeliveryError("the mail server: EENVELOPE 451", { certain: true });
const FELL_SILENT = new DeliveryError("the mail server: ETIMEDOUT");

/** How often the worker looks here; a try is late by so much at most. */
const STEP = 10 * SECOND;

/** What is noted of a letter never gets there: a node that dies when it has sent, and before it has said so. */
function forgetful(database: Database): Database {
  return {
    ...database,
    rows: (statement, bindings) =>
      statement.includes("status = 'sent'") ? Promise.reject(new Error("killed")) : database.rows(statement, bindings),
  };
}

export function describeRetries(engine: Engine): void {
  describe(`what was not sent, on ${engine}`, () => {
    test("is tried again later each time, and a mail server that greylists gets it in the end", async () => {
      await using fresh = await freshDatabase(engine);
      const sent: Mail[] = [];
      const tried: number[] = [];
      const alice = node(fresh.database, {
        async mail(letter) {
          tried.push(alice.now);
          if (alice.now < START + 20 * MINUTE) throw GREYLISTED;
          sent.push(letter);
        },
      });
      await alice.messaging.enqueue(fresh.database, NEWS);
      for (; alice.now < START + HOUR; alice.now += STEP) await alice.messaging.drain();
      expect(sent).toHaveLength(1);
      const pauses = tried.slice(1).map((at, index) => (at - (tried[index] ?? 0)) / SECOND);
      pauses.forEach((pause, index) => {
        expect(pause).toBeGreaterThanOrEqual(Math.floor(Math.min(1800, 5 * 2 ** index) / 2));
        expect(pause).toBeLessThanOrEqual(Math.min(1800, 5 * 2 ** index) + STEP / SECOND);
      });
      expect(alice.log.every((line) => line.endsWith("a message was not sent and is tried again"))).toBe(true);
      expect(await rowsOf(fresh.database)).toEqual([{ status: "sent", attempts: tried.length, content_sealed: null }]);
    });

    test("arrives three times at most where nobody knows whether it arrived, with one Message-ID", async () => {
      await using fresh = await freshDatabase(engine);
      const ids: string[] = [];
      const alice = node(fresh.database, {
        async mail({ messageId }) {
          ids.push(messageId);
          throw FELL_SILENT;
        },
      });
      await alice.messaging.enqueue(fresh.database, NEWS);
      for (let hour = 0; hour < 5; hour += 1, alice.now += HOUR) await alice.messaging.drain();
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(1);
      expect(alice.log.at(-1)).toContain("a message was given up");
      expect(await deadLetters(fresh.database)).toMatchObject([
        { template: "device-activated", attempts: 3, copies: 3, reason: FELL_SILENT.message, kept: true },
      ]);
    });

    test("nor oftener by nodes that die when they have sent it and before they have noted it", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      await node(database).messaging.enqueue(database, NEWS);
      const ids: string[] = [];
      for (let dead = 0; dead < 5; dead += 1) {
        const doomed = node(forgetful(database), {
          async mail({ messageId }) {
            ids.push(messageId);
          },
        });
        doomed.now += dead * 61 * SECOND;
        await doomed.messaging.drain().catch(() => undefined);
      }
      expect(ids).toHaveLength(3);
      expect(new Set(ids).size).toBe(1);
      expect(await deadLetters(database)).toMatchObject([{ copies: 3, reason: "three copies may have arrived" }]);
    });

    test("is not sent when its code has expired, and is erased", async () => {
      await using fresh = await freshDatabase(engine);
      const late = node(fresh.database);
      await late.messaging.enqueue(fresh.database, MAIL);
      late.now = EXPIRY;
      await late.messaging.drain();
      expect(late.sent).toEqual([]);
      expect(await rowsOf(fresh.database)).toEqual([{ status: "failed", attempts: 1, content_sealed: null }]);
      const [letter] = await deadLetters(fresh.database);
      expect(letter).toMatchObject({ copies: 0, kept: false });
      expect(await retryDeadLetter(fresh.database, letter?.id ?? "", late.now)).toBe("no-words");
    });

    test("is sent a moment before its code expires", async () => {
      await using fresh = await freshDatabase(engine);
      const just = node(fresh.database);
      await just.messaging.enqueue(fresh.database, MAIL);
      just.now = EXPIRY - 1;
      await just.messaging.drain();
      expect(just.sent).toHaveLength(1);
    });

    test("with a code is given up when it would come too late, and news after two days", async () => {
      await using fresh = await freshDatabase(engine);
      const alice = node(fresh.database, { mail: () => Promise.reject(GREYLISTED) });
      await alice.messaging.enqueue(fresh.database, MAIL);
      await alice.messaging.enqueue(fresh.database, NEWS);
      for (; alice.now <= EXPIRY; alice.now += 2 * SECOND) await alice.messaging.drain();
      expect(await deadLetters(fresh.database)).toMatchObject([{ template: "email-code", copies: 0, kept: false }]);
      for (; alice.now < START + 2 * DAY; alice.now += 10 * MINUTE) await alice.messaging.drain();
      alice.now = START + 2 * DAY;
      await alice.messaging.drain();
      expect((await deadLetters(fresh.database)).map(({ template }) => template)).toContain("device-activated");
    });
  });

  describe(`a dead letter on ${engine}`, () => {
    const refused = async (database: Database) => {
      const refusing = node(database, {
        mail: () => Promise.reject(new DeliveryError("the mail server: EENVELOPE 550", { permanent: true })),
      });
      await refusing.messaging.enqueue(database, NEWS);
      await refusing.messaging.drain();
      const [letter] = await deadLetters(database);
      return letter?.id ?? "";
    };

    test("is seen with its reason, and without a word of what it says", async () => {
      await using fresh = await freshDatabase(engine);
      await refused(fresh.database);
      const found = await deadLetters(fresh.database);
      expect(found).toMatchObject([{ copies: 0, attempts: 1, reason: "the mail server: EENVELOPE 550", kept: true }]);
      expect(Object.keys(found[0] ?? {})).not.toContain("content_sealed");
    });

    test("is sent by an operator's word, once by sixteen", async () => {
      await using fresh = await freshDatabase(engine);
      const id = await refused(fresh.database);
      const mended = node(fresh.database);
      mended.now += 3 * DAY;
      const verdicts = await Promise.all(
        Array.from({ length: 16 }, () => retryDeadLetter(fresh.database, id, mended.now)),
      );
      expect(verdicts.filter((verdict) => verdict === "retried")).toHaveLength(1);
      await mended.messaging.drain();
      expect(mended.sent).toMatchObject([{ messageId: id }]);
      expect(await deadLetters(fresh.database)).toEqual([]);
      expect(await retryDeadLetter(fresh.database, id, mended.now)).toBe("unknown");
    });

    test("is dropped once, and nothing is left of it", async () => {
      await using fresh = await freshDatabase(engine);
      const id = await refused(fresh.database);
      expect(await dropDeadLetter(fresh.database, id)).toBe(true);
      expect(await dropDeadLetter(fresh.database, id)).toBe(false);
      expect(await rowsOf(fresh.database)).toEqual([]);
    });

    test("and nothing else can be dropped or sent again", async () => {
      await using fresh = await freshDatabase(engine);
      const { messaging } = node(fresh.database);
      await messaging.enqueue(fresh.database, NEWS, "waits");
      expect(await dropDeadLetter(fresh.database, "waits")).toBe(false);
      expect(await retryDeadLetter(fresh.database, "waits", START)).toBe("unknown");
      expect(await rowsOf(fresh.database)).toMatchObject([{ status: "waiting" }]);
    });
  });
}
