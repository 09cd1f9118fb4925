import { randomBytes } from "node:crypto";
import { describe, expect, inject, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { createThrottle } from "../../src/limits/throttle.ts";
import { createPush, type PushOutcome, type PushPorts } from "../../src/push/push.ts";
import type { Kept } from "../../src/push/store.ts";
import { freshDatabase } from "../support/databases.ts";

const KEPT: Kept = {
  deviceId: "phone",
  accountId: "alice",
  sealed: "sealed",
  subscription: { endpoint: "https://push.example.test/secret", keys: { p256dh: "", auth: "" } },
};

/** All is at hand but what a test changes; `sent` are the pushes. */
async function pusher(change: Partial<PushPorts> = {}) {
  const fresh = await freshDatabase(inject("engine"));
  const { database } = fresh;
  const clock = Date.now;
  const sent: number[] = [];
  const outcomes: PushOutcome[] = [];
  const logged: object[] = [];
  const log = (about: object) => void logged.push(about);
  const push = createPush({
    database,
    clock,
    throttle: createThrottle({ clock }),
    subscriptions: { of: async () => [KEPT], keep: async () => true, end: async () => {}, drop: async () => {} },
    async send(_subscription, ttl) {
      sent.push(ttl);
      return { kind: "sent" };
    },
    listed: async () => [request("one")],
    onOutcome: (outcome) => outcomes.push(outcome),
    logger: { warn: log, error: log },
    ...change,
  });
  return { push, sent, outcomes, logged, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() };
}

const request = (id: string, known = true) => ({ id, known, expiresAt: Date.now() + 5 * MINUTE });

describe("what is announced", () => {
  test("is pushed by itself once it has started, and not before", async () => {
    await using on = await pusher();
    on.push.start();
    on.push.announce("alice", "one");
    expect(on.sent).toEqual([]);
    await expect.poll(() => on.outcomes).toEqual(["sent"]);
    await on.push.stop();
  });

  test("is looked for once more where its transaction had not committed", async () => {
    let looks = 0;
    const listed = async () => (++looks === 1 ? [] : [request("one")]);
    await using on = await pusher({ listed });
    on.push.announce("alice", "one");
    await on.push.drain();
    expect([looks, on.sent.length]).toEqual([2, 1]);
  });

  test("is looked for twice and no more where it never committed, or phones do not list it", async () => {
    let looks = 0;
    const listed = async () => {
      looks += 1;
      return [request("other")];
    };
    await using on = await pusher({ listed });
    on.push.announce("alice", "one");
    await on.push.drain();
    expect([looks, on.sent.length]).toEqual([2, 0]);
  });

  test("is not pushed in its last second", async () => {
    await using on = await pusher({ listed: async () => [{ id: "one", known: true, expiresAt: Date.now() + 900 }] });
    on.push.announce("alice", "one");
    await on.push.drain();
    expect(on.sent).toEqual([]);
  });

  test("sixteen at once by strangers: five are pushed", async () => {
    const ids = Array.from({ length: 16 }, () => randomBytes(8).toString("hex"));
    await using on = await pusher({ listed: async () => ids.map((id) => request(id, false)) });
    for (const id of ids) on.push.announce("alice", id);
    await on.push.drain();
    expect(on.sent).toHaveLength(5);
    expect(on.outcomes.filter((outcome) => outcome === "limited")).toHaveLength(11);
  });

  test("beyond a thousand is dropped and counted: it would come too late", async () => {
    await using on = await pusher({ listed: async () => [] });
    for (let count = 0; count < 1003; count += 1) on.push.announce("alice", String(count));
    expect(on.outcomes).toEqual(["dropped", "dropped", "dropped"]);
    await on.push.stop();
  });

  test("that cannot be looked up is told in the log, without the address of the phone", async () => {
    const listed = () => Promise.reject(new TypeError(KEPT.subscription.endpoint));
    await using on = await pusher({ listed });
    on.push.announce("alice", "one");
    await on.push.drain();
    expect(on.logged).toEqual([{ name: "TypeError" }]);
  });
});

test("who stops waits for what is under way, and begins no more", async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let ended = false;
  await using on = await pusher({
    async send() {
      begun.resolve();
      await gate.promise;
      ended = true;
      return { kind: "sent" };
    },
  });
  on.push.start();
  on.push.announce("alice", "one");
  await begun.promise;
  on.push.announce("alice", "one");
  const stopped = on.push.stop();
  expect(ended).toBe(false);
  gate.resolve();
  await stopped;
  on.push.announce("alice", "one");
  await on.push.drain();
  expect([ended, on.outcomes]).toEqual([true, ["sent"]]);
});
