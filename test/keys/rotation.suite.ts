import { randomBytes } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { DAY, MINUTE, type Millis, SECOND } from "../../src/clock.ts";
import type { Database, Engine } from "../../src/database/database.ts";
import { listKeys, loadKeys } from "../../src/keys/keys.ts";
import type { KeysPorts } from "../../src/keys/making.ts";
import { createKeyRing } from "../../src/keys/ring.ts";
import { rotateKeys } from "../../src/keys/rotation.ts";
import type { Rotatable } from "../../src/keys/rules.ts";
import { createSealer } from "../../src/secrecy.ts";
import { freshDatabase } from "../support/databases.ts";

const NOON = 1_795_392_000_000;
const MASTER = randomBytes(32);
const random = { bytes: (length: number) => randomBytes(length) };
/** As a server looks. */
const LOOK = 10 * SECOND;
/** By then a new key that is taken at once signs. */
const PROMPT = 30 * SECOND;

/** An installation with two servers, which look when they are told to, by clocks that differ by `apart`. */
async function installation(database: Database, apart: Millis = 0) {
  let now = NOON;
  const ports: KeysPorts = { database, sealer: createSealer([MASTER], random), clock: () => now, random };
  const log: object[] = [];
  const logger = { info: (about: object) => void log.push(about), error: (about: object) => void log.push(about) };
  const server = async (off: Millis) => {
    const own = { ...ports, clock: () => now + off };
    return createKeyRing({ ...own, keys: await loadKeys(own), logger });
  };
  const [one, other] = [await server(0), await server(apart)];
  return {
    ports,
    one,
    other,
    log,
    rotate: (purpose: Rotatable, atOnce = false) => rotateKeys(ports, purpose, atOnce),
    pass: (time: Millis) => {
      now += time;
    },
    async look() {
      await one.run();
      await other.run();
    },
    list: (purpose: Rotatable) => listKeys(database, now).then((all) => all.filter((key) => key.purpose === purpose)),
    events: async () => {
      const rows = await database.rows<{ type: string; detail: string }>("SELECT type, detail FROM event");
      return rows.filter(({ type }) => type !== "keys.created").map(({ type, detail }) => [type, JSON.parse(detail)]);
    },
    secrets: () =>
      database
        .rows<{ id: string }>("SELECT id FROM key WHERE private_sealed IS NOT NULL")
        .then((rows) => rows.map(({ id }) => id)),
  };
}

const kids = (keys: readonly { kid?: string }[]) => keys.map(({ kid }) => kid ?? "");

export function describeRotation(engine: Engine): void {
  describe(`rotation on ${engine}`, () => {
    test("new token keys are published at once, sign a day later, and the ones before hold for thirty days more", async () => {
      await using fresh = await freshDatabase(engine);
      const { one, other, rotate, pass, look, secrets, events } = await installation(fresh.database);
      const before = kids(one.current().token);
      const rotated = await rotate("token");
      if (rotated.kind !== "rotated") throw new Error(rotated.kind);
      const made = rotated.keys.map(({ id }) => id);
      expect(rotated.keys.map(({ alg }) => alg)).toEqual(["ES256", "EdDSA", "RS256"]);
      await look();
      for (const server of [one, other]) {
        expect(kids(server.current().token)).toEqual(before);
        expect(kids(server.current().otherTokens)).toEqual(made);
      }
      pass(DAY - SECOND);
      await look();
      expect(kids(one.current().token)).toEqual(before);
      pass(SECOND);
      await look();
      for (const server of [one, other]) {
        expect(kids(server.current().token)).toEqual(made);
        expect(kids(server.current().otherTokens)).toEqual(before);
        expect(server.current().otherTokens.every((jwk) => !("d" in jwk))).toBe(true);
      }
      // A server that has not looked since may still sign.
      expect(await secrets()).toEqual(expect.arrayContaining(before));
      pass(MINUTE);
      await look();
      for (const id of before) expect(await secrets()).not.toContain(id);
      expect(kids(one.current().otherTokens)).toEqual(before);
      pass(30 * DAY - MINUTE - SECOND);
      await look();
      expect(kids(one.current().otherTokens)).toEqual(before);
      pass(SECOND);
      await look();
      for (const server of [one, other]) {
        expect(kids(server.current().token)).toEqual(made);
        expect(server.current().otherTokens).toEqual([]);
      }
      const detail = { purpose: "token", kids: made, signsAt: NOON + DAY, atOnce: false, withdrawn: [] };
      const [first, ...rest] = await events();
      expect(first).toEqual(["keys.rotated", detail]);
      expect(rest.map(([type, { kids: ended }]) => [type, ended.sort()])).toEqual([
        ["keys.destroyed", [...before].sort()],
        ["keys.removed", [...before].sort()],
      ]);
    });

    test("a new confirmation key is with phones for thirty days before it signs, and the one before verifies for ever", async () => {
      await using fresh = await freshDatabase(engine);
      const { one, rotate, pass, look, secrets, list, log } = await installation(fresh.database);
      const { kid: before } = one.current().confirmation;
      await rotate("confirmation");
      await look();
      const made = kids(one.current().confirmationSet.keys).find((kid) => kid !== before);
      expect(log).toContainEqual({ signing: [...kids(one.current().token), before], others: [made] });
      expect(made).toHaveLength(8);
      expect(one.current().confirmation.kid).toBe(before);
      pass(30 * DAY - SECOND);
      await look();
      expect(one.current().confirmation.kid).toBe(before);
      pass(SECOND);
      await look();
      expect(one.current().confirmation.kid).toBe(made);
      pass(3000 * DAY);
      await look();
      expect(await secrets()).not.toContain(before);
      expect(kids(one.current().confirmationSet.keys).sort()).toEqual([before, made].sort());
      const states = (await list("confirmation")).map(({ id, state, endsAt }) => [id, state, endsAt]);
      expect(states).toHaveLength(2);
      expect(states).toEqual(
        expect.arrayContaining([
          [made, "signing", undefined],
          [before, "former", undefined],
        ]),
      );
    });

    test("a new cookie key signs in half a minute, and the one before verifies as long as a cookie lives", async () => {
      await using fresh = await freshDatabase(engine);
      const { one, other, rotate, pass, look, list } = await installation(fresh.database);
      const [before] = one.current().cookies;
      await rotate("cookie");
      pass(LOOK);
      await look();
      // Both verify by the new one before either signs with it.
      for (const server of [one, other]) expect(server.current().cookies).toEqual([before, expect.any(String)]);
      pass(PROMPT - LOOK);
      await look();
      for (const server of [one, other]) expect(server.current().cookies).toEqual([expect.any(String), before]);
      pass(400 * DAY - SECOND);
      await look();
      expect(one.current().cookies).toHaveLength(2);
      pass(SECOND);
      await look();
      for (const server of [one, other])
        expect(server.current().cookies).toEqual([expect.not.stringContaining(before ?? "")]);
      expect(await list("cookie")).toHaveLength(1);
    });

    test("a server signs with nothing that the other does not know, though their clocks differ by ten seconds and they look in turn", async () => {
      await using fresh = await freshDatabase(engine);
      for (const purpose of ["token", "confirmation", "cookie"] as const) {
        for (const atOnce of [false, true]) {
          const { one, other, rotate, pass, list } = await installation(fresh.database, 10 * SECOND);
          const rotated = await rotate(purpose, atOnce);
          if (rotated.kind !== "rotated") throw new Error(rotated.kind);
          const known = ({ current }: typeof one) => {
            const { token, otherTokens, confirmationSet, cookies } = current();
            return [...kids([...token, ...otherTokens, ...confirmationSet.keys]), ...cookies];
          };
          const signs = ({ current }: typeof one) => {
            const { token, confirmation, cookies } = current();
            if (purpose === "cookie") return cookies.slice(0, 1);
            return purpose === "token" ? kids(token) : [confirmation.kid];
          };
          const first = signs(one);
          const check = (step: number) => {
            // The cookies of a key that somebody else has are not to hold any longer, at whatever server they come from.
            const towards = purpose === "cookie" && atOnce ? [] : [[one, other] as const];
            for (const [from, to] of [...towards, [other, one] as const])
              for (const kid of signs(from))
                if (!(purpose === "cookie" && atOnce && first.includes(kid)))
                  expect(known(to), `${purpose} ${atOnce} step ${step}`).toContain(kid);
          };
          await one.run();
          if (!atOnce && purpose !== "cookie") {
            await other.run();
            pass(rotated.signsAt - NOON - PROMPT);
          }
          for (let step = 0; step < 14; step += 1) {
            pass(LOOK / 2);
            await (step % 2 === 0 ? other : one).run();
            check(step);
          }
          expect(signs(one)).toEqual(signs(other));
          expect(signs(one)).not.toEqual(first);
          expect((await list(purpose)).filter(({ state }) => state === "coming")).toEqual([]);
          await fresh.database.rows("DELETE FROM key");
        }
      }
    });

    test.each(["token", "confirmation"] as const)(
      "a %s key that somebody else may have signs no more in half a minute, and nothing of it holds a minute later",
      async (purpose) => {
        await using fresh = await freshDatabase(engine);
        const { one, rotate, pass, look, list, secrets } = await installation(fresh.database);
        const before = (await list(purpose)).map(({ id }) => id);
        await rotate(purpose);
        const withdrawn = (await list(purpose)).map(({ id }) => id).filter((id) => !before.includes(id));
        const rotated = await rotate(purpose, true);
        if (rotated.kind !== "rotated") throw new Error(rotated.kind);
        expect(rotated.signsAt).toBe(NOON + PROMPT);
        const made = rotated.keys.map(({ id }) => id);
        const there = () => {
          const { token, otherTokens, confirmationSet } = one.current();
          return kids(purpose === "token" ? [...token, ...otherTokens] : confirmationSet.keys).sort();
        };
        await look();
        // What was to come has never signed, and goes at once: whoever has the one may have the other.
        expect(there()).toEqual([...before, ...made].sort());
        for (const id of withdrawn) expect(await secrets()).not.toContain(id);
        pass(PROMPT);
        await look();
        const { token, confirmation } = one.current();
        expect(purpose === "token" ? kids(token) : [confirmation.kid]).toEqual(made);
        pass(MINUTE);
        await look();
        expect(there()).toEqual([...made].sort());
        expect((await list(purpose)).map(({ id }) => id).sort()).toEqual([...made].sort());
      },
    );

    test("cookies of a key that somebody else may have hold no longer once the new one signs", async () => {
      await using fresh = await freshDatabase(engine);
      const { one, rotate, pass, look } = await installation(fresh.database);
      await rotate("cookie");
      pass(DAY);
      await look();
      const before = one.current().cookies;
      expect(before).toHaveLength(2);
      await rotate("cookie", true);
      pass(PROMPT);
      await look();
      const { cookies } = one.current();
      expect(cookies).toHaveLength(1);
      expect(before).not.toContain(cookies[0]);
    });

    test("keys that are published for what they signed long ago stay, when the ones that sign now are taken out", async () => {
      await using fresh = await freshDatabase(engine);
      const { one, rotate, pass, look } = await installation(fresh.database);
      const first = kids(one.current().token);
      await rotate("token");
      pass(2 * DAY);
      await look();
      await rotate("token", true);
      pass(2 * MINUTE);
      await look();
      expect(kids(one.current().otherTokens)).toEqual(first);
    });

    test.each([
      ["token", false],
      ["token", true],
      ["confirmation", true],
      ["cookie", false],
      ["cookie", true],
    ] as const)("sixteen who rotate %s (at once: %s) at the same time make one", async (purpose, atOnce) => {
      await using fresh = await freshDatabase(engine);
      const { rotate, list } = await installation(fresh.database);
      const before = (await list(purpose)).length;
      const done = await Promise.all(Array.from({ length: 16 }, () => rotate(purpose, atOnce)));
      expect(done.filter(({ kind }) => kind === "rotated")).toHaveLength(1);
      expect(done.filter(({ kind }) => kind === "coming")).toHaveLength(15);
      expect(await list(purpose)).toHaveLength(2 * before);
    });

    test("what is over is ended by one of the servers that look at the same time, and told once", async () => {
      await using fresh = await freshDatabase(engine);
      const { one, other, rotate, pass, events } = await installation(fresh.database);
      await rotate("cookie");
      pass(500 * DAY);
      await Promise.all([one.run(), other.run()]);
      expect((await events()).map(([type]) => type)).toEqual(["keys.rotated", "keys.removed"]);
    });

    test("a server that starts where the clock is behind signs with the key that comes next", async () => {
      await using fresh = await freshDatabase(engine);
      const { ports, rotate, pass, look } = await installation(fresh.database);
      const rotated = await rotate("token");
      if (rotated.kind !== "rotated") throw new Error(rotated.kind);
      pass(DAY + 2 * MINUTE);
      await look();
      // The private halves of the first are gone, and the third are for tomorrow.
      await rotate("token");
      const { token } = await loadKeys({ ...ports, clock: () => NOON });
      expect(kids(token)).toEqual(rotated.keys.map(({ id }) => id));
    });

    test("nothing is made under a master key that does not open the others", async () => {
      await using fresh = await freshDatabase(engine);
      const { ports, list } = await installation(fresh.database);
      const sealer = createSealer([randomBytes(32)], random);
      await expect(rotateKeys({ ...ports, sealer }, "token", false)).rejects.toThrow("The master key does not open");
      expect(await list("token")).toHaveLength(3);
    });

    test("before the first start there is nothing to rotate", async () => {
      await using fresh = await freshDatabase(engine);
      const sealer = createSealer([MASTER], random);
      const ports = { database: fresh.database, sealer, clock: () => NOON, random };
      expect(await rotateKeys(ports, "token", false)).toEqual({ kind: "no-keys" });
    });

    test("servers look by themselves every ten seconds, and a database that is away is told of once", async () => {
      await using fresh = await freshDatabase(engine);
      const { ports, log, rotate } = await installation(fresh.database);
      const logger = { info: () => undefined, error: (about: object) => void log.push(about) };
      let [away, asked] = [true, 0];
      const rows: Database["rows"] = (statement, bindings) => {
        asked += 1;
        return away ? Promise.reject(new Error("away")) : fresh.database.rows(statement, bindings);
      };
      const keys = await loadKeys(ports);
      const ring = createKeyRing({ ...ports, database: { ...fresh.database, rows }, keys, logger });
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      try {
        ring.start();
        for (let looks = 1; looks <= 3; looks += 1) {
          vi.advanceTimersByTime(LOOK);
          await vi.waitUntil(() => asked === looks);
          // With what comes of it.
          await new Promise((done) => setImmediate(done));
        }
        expect(log).toHaveLength(1);
        expect(ring.current()).toBe(keys);
        away = false;
        await rotate("cookie");
        vi.advanceTimersByTime(LOOK);
        await vi.waitUntil(() => ring.current().cookies.length === 2);
        await ring.stop();
        vi.advanceTimersByTime(10 * LOOK);
        expect(asked).toBe(4);
      } finally {
        vi.useRealTimers();
      }
    });
  });
}
