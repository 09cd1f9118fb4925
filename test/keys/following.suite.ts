import { randomBytes } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { DAY, MINUTE, type Millis, SECOND } from "../../src/clock.ts";
import type { Database, Engine } from "../../src/database/database.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import type { KeysPorts } from "../../src/keys/making.ts";
import { createKeyRing, type RingPorts } from "../../src/keys/ring.ts";
import { endKey, rotateKeys } from "../../src/keys/rotation.ts";
import { allKeys } from "../../src/keys/store.ts";
import { createSealer } from "../../src/secrecy.ts";
import { freshDatabase } from "../support/databases.ts";

const NOON = 1_795_392_000_000;
const [FIRST, SECOND_KEY] = [randomBytes(32), randomBytes(32)];
const random = { bytes: (length: number) => randomBytes(length) };

async function installed(database: Database) {
  let now = NOON;
  const ports: KeysPorts = { database, sealer: createSealer([FIRST], random), clock: () => now, random };
  const log: string[] = [];
  const note = (_about: unknown, words?: string) => void log.push(words ?? "");
  const logger = { info: note, error: note };
  const server = async (own: Partial<RingPorts> = {}) =>
    createKeyRing({ ...ports, logger, ...own, keys: own.keys ?? (await loadKeys(ports)) });
  return {
    ports,
    log,
    server,
    pass: (time: Millis) => {
      now += time;
    },
    ids: async () => (await database.rows<{ id: string }>("SELECT id FROM key ORDER BY id")).map(({ id }) => id),
  };
}

/** A database whose reads of the keys go to `rows`. */
function reading(database: Database, rows: (real: Database["rows"]) => Database["rows"]): Database {
  return { ...database, rows: rows(database.rows) };
}

const turnOfLoop = () => new Promise((done) => setImmediate(done));

export function describeFollowing(engine: Engine): void {
  describe(`servers that follow the keys, on ${engine}`, () => {
    test("one that cannot open what is new ends nothing of what it has, and says that it is behind", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      const { ports, server, pass, ids, log } = await installed(database);
      const one = await server();
      await rotateKeys(ports, "confirmation", true);
      const both = await ids();
      // Somebody seals all of it under a master key that this server has not.
      const other = createSealer([SECOND_KEY], random);
      for (const id of both) {
        const place = { table: "key", column: "private_sealed", row: id };
        const [row] = await database.rows<{ private_sealed: string }>("SELECT private_sealed FROM key WHERE id = ?", [
          id,
        ]);
        const sealed = other.seal(ports.sealer.open(row?.private_sealed ?? "", place), place);
        await database.rows("UPDATE key SET private_sealed = ? WHERE id = ?", [sealed, id]);
      }
      one.start();
      expect(one.follows()).toBe(true);
      pass(2 * MINUTE);
      await expect(one.run()).rejects.toThrow("The master key does not open");
      expect(await ids()).toEqual(both);
      expect(one.follows()).toBe(false);
      expect(log).toEqual([]);
      await one.stop();
      // One that can does.
      const able = await server({ sealer: createSealer([FIRST, SECOND_KEY], random), keys: one.current() });
      await able.run();
      expect(await ids()).toHaveLength(both.length - 1);
      expect(able.current().confirmation.kid).not.toBe(one.current().confirmation.kid);
    });

    test("no new key is sealed under another master key than those that are there", async () => {
      await using fresh = await freshDatabase(engine);
      const { ports, ids } = await installed(fresh.database);
      await loadKeys(ports);
      const before = await ids();
      const sealer = createSealer([SECOND_KEY, FIRST], random);
      for (const atOnce of [false, true])
        await expect(rotateKeys({ ...ports, sealer }, "token", atOnce)).rejects.toThrow("run enum-id keys seal before");
      expect(await ids()).toEqual(before);
    });

    test("a look that hangs is given up, told, and keeps neither the next one nor the end waiting", async () => {
      await using fresh = await freshDatabase(engine);
      const { ports, server, log } = await installed(fresh.database);
      await loadKeys(ports);
      let hangs = true;
      let answer = () => {};
      const before = JSON.stringify(await allKeys(fresh.database));
      const database = reading(fresh.database, (real) => (statement, bindings) => {
        if (!hangs) return real(statement, bindings);
        return new Promise((resolve) => {
          answer = () => resolve(JSON.parse(before));
        });
      });
      const one = await server({ database, keys: await loadKeys(ports) });
      await rotateKeys(ports, "cookie", false);
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
      try {
        one.start();
        vi.advanceTimersByTime(10 * SECOND);
        await turnOfLoop();
        vi.advanceTimersByTime(5 * SECOND);
        await turnOfLoop();
        expect(log).toEqual(["the keys cannot be looked at"]);
        hangs = false;
        await one.run();
        expect(one.current().cookies).toHaveLength(2);
        // What it was told so late is of no use.
        answer();
        await turnOfLoop();
        expect(one.current().cookies).toHaveLength(2);
        hangs = true;
        vi.advanceTimersByTime(5 * SECOND);
        await turnOfLoop();
        const ended = one.stop();
        vi.advanceTimersByTime(5 * SECOND);
        await ended;
      } finally {
        vi.useRealTimers();
      }
    });

    test("whoever could not take the new keys is told of them again", async () => {
      await using fresh = await freshDatabase(engine);
      const { ports, server } = await installed(fresh.database);
      const one = await server();
      let fails = true;
      const taken: number[] = [];
      one.follow(({ cookies }) => {
        if (fails) throw new Error("not just now");
        taken.push(cookies.length);
      });
      await rotateKeys(ports, "cookie", false);
      await expect(one.run()).rejects.toThrow("not just now");
      fails = false;
      await one.run();
      await one.run();
      expect(taken).toEqual([2]);
    });

    test("a former key is taken out by its id, by one of sixteen; what signs, or is to sign, is not", async () => {
      await using fresh = await freshDatabase(engine);
      const { ports, server, pass, ids } = await installed(fresh.database);
      const one = await server();
      const { kid } = one.current().confirmation;
      const rotated = await rotateKeys(ports, "confirmation", false);
      if (rotated.kind !== "rotated") throw new Error(rotated.kind);
      const [made = { id: "" }] = rotated.keys;
      for (const id of [kid, made.id]) expect(await endKey(ports, id)).toBe("not-former");
      expect(await endKey(ports, "nobody")).toBe("unknown");
      pass(31 * DAY);
      await one.run();
      await one.run();
      expect(
        one
          .current()
          .confirmationSet.keys.map((key) => key.kid)
          .sort(),
      ).toEqual([kid, made.id].sort());
      const ended = await Promise.all(Array.from({ length: 16 }, () => endKey(ports, kid)));
      expect(ended.filter((outcome) => outcome === "ended")).toHaveLength(1);
      expect(await ids()).not.toContain(kid);
      await one.run();
      expect(one.current().confirmationSet.keys.map((key) => key.kid)).toEqual([made.id]);
      const events = await fresh.database.rows("SELECT detail FROM event WHERE type = 'keys.ended'");
      expect(events).toEqual([{ detail: JSON.stringify({ kids: [kid] }) }]);
    });

    test("an older program, after the way down, has what signs now and nothing that was taken out or is to come", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      const ports: KeysPorts = { database, sealer: createSealer([FIRST], random), clock: Date.now, random };
      const { confirmation } = await loadKeys(ports);
      const idsOf = async (purpose: string) =>
        (await database.rows<{ id: string }>("SELECT id FROM key WHERE purpose = ?", [purpose])).map(({ id }) => id);
      const [cookie = ""] = await idsOf("cookie");
      await rotateKeys(ports, "confirmation", false);
      await rotateKeys(ports, "cookie", true);
      for (let gone = ""; !gone.includes("0029"); ) [gone = ""] = (await database.migrate("down")).applied;
      expect(await idsOf("confirmation")).toEqual([confirmation.kid]);
      const cookies = await idsOf("cookie");
      expect([cookies.length, cookies.includes(cookie)]).toEqual([1, false]);
      const retired = await database.rows("SELECT id FROM key WHERE retired_at IS NOT NULL OR status <> 'active'");
      expect(retired).toEqual([]);
    });
  });
}
