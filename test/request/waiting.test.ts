import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { createFeed } from "../../src/request/feed.ts";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { asked, requestIn } from "./asked.ts";

/** How long something takes, by the wall and not by the world's clock. */
async function timed<T>(work: Promise<T>): Promise<{ value: T; took: number }> {
  const started = performance.now();
  return { value: await work, took: performance.now() - started };
}

describe("a phone that waits", () => {
  test("is answered at once where its list is old, or it does not ask to wait", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    expect((await timed(phone.requests("?after=other&wait=25"))).took).toBeLessThan(900);
    expect((await timed(phone.requests(`?after=${cursor}`))).took).toBeLessThan(900);
    expect((await timed(phone.requests("?wait=25"))).took).toBeLessThan(900);
  });

  test("is told of a new request when it comes, and of its end", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const waiting = timed(phone.requests(`?after=${cursor}&wait=25`));
    await pause(200);
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const { value: first, took } = await waiting;
    expect(first.requests.map(({ id }) => id)).toEqual([requestIn(page)]);
    expect(took).toBeLessThan(3000);
    const next = timed(phone.requests(`?after=${first.cursor}&wait=25`));
    await pause(200);
    await visitor.submit(page, "next", { response: phone.respond(page.challenge) });
    expect((await next).value.requests).toEqual([]);
    expect((await next).took).toBeLessThan(3000);
  });

  test("is told when a request runs out", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await asked(world, createVisitor(world.issuer));
    world.pass(299_000);
    const { cursor, requests } = await phone.requests();
    expect(requests).toHaveLength(1);
    const { value, took } = await timed(phone.requests(`?after=${cursor}&wait=25`));
    expect(value.requests).toEqual([]);
    expect(took).toBeLessThan(4000);
  });

  test("is answered after the seconds it asks for, with the same list", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const { value, took } = await timed(phone.requests(`?after=${cursor}&wait=1`));
    expect(value.cursor).toBe(cursor);
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(4000);
  });

  test("is not woken by what happens to others", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const waiting = timed(phone.requests(`?after=${cursor}&wait=2`));
    await pause(100);
    await asked(world, createVisitor(world.issuer), "bob@example.com");
    await asked(world, createVisitor(world.issuer), "nobody@example.com");
    expect((await waiting).took).toBeGreaterThan(1900);
  });

  test("waits in four places at most", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const waiting = [1, 2, 3, 4].map(() => phone.requests(`?after=${cursor}&wait=2`));
    await pause(300);
    const fifth = await phone.call("GET", `/device/v1/requests?after=${cursor}&wait=2`);
    expect(problemOf(fifth)).toEqual([429, "too-many"]);
    expect(fifth.body["retry_after"]).toBe(25);
    await Promise.all(waiting);
    expect((await phone.requests(`?after=${cursor}&wait=1`)).cursor).toBe(cursor);
  });

  test("that has gone is not waited for", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    for (let count = 0; count < 8; count += 1) {
      const gone = new AbortController();
      const call = phone.requests(`?after=${cursor}&wait=25`, { signal: gone.signal }).catch(() => undefined);
      await pause(60);
      gone.abort();
      await call;
    }
    await pause(100);
    expect((await timed(phone.requests(`?after=${cursor}&wait=1`))).took).toBeGreaterThan(900);
  });

  test("is one request in log and figures, with the time that it waited, and is answered with the headers of any other", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    world.log.length = 0;
    const waiting = phone.call("GET", `/device/v1/requests?after=${cursor}&wait=1`);
    await vi.waitFor(async () => expect(await world.metrics()).toContain("\nenum_id_phones_waiting 1\n"));
    expect(linesOf(world)).toEqual([]);
    const { headers } = await waiting;
    const at = await phone.call("GET", "/device/v1/requests");
    const constant = (all: Headers) => [...all].filter(([name]) => name !== "date");
    expect(constant(headers)).toEqual(constant(at.headers));
    expect(linesOf(world)).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(linesOf(world)[0]?.milliseconds).toBeGreaterThan(900);
    const counted = 'enum_id_http_request_seconds_count{route="/device/v1/requests",method="GET",status="200"} 3\n';
    const metrics = await world.metrics();
    expect(metrics).toContain(counted);
    expect(metrics).toContain("\nenum_id_phones_waiting 0\n");
  });

  test("that has gone is in the log as well", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    world.log.length = 0;
    const gone = new AbortController();
    const call = phone.requests(`?after=${cursor}&wait=25`, { signal: gone.signal }).catch(() => undefined);
    await vi.waitFor(async () => expect(await world.metrics()).toContain("\nenum_id_phones_waiting 1\n"));
    gone.abort();
    await call;
    await vi.waitFor(() => expect(linesOf(world)).toHaveLength(1));
    expect(await world.metrics()).toContain("\nenum_id_phones_waiting 0\n");
  });

  test("that is removed from the account meanwhile is told nothing more", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const waiting = phone.call("GET", `/device/v1/requests?after=${cursor}&wait=25`);
    await pause(300);
    await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [phone.deviceId]);
    await asked(world, createVisitor(world.issuer));
    expect(problemOf(await waiting)).toEqual([401, "device-revoked"]);
  });

  test("is answered when the server ends, and nobody is made to wait then", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const waiting = timed(phone.requests(`?after=${cursor}&wait=25`));
    await pause(200);
    world.closing();
    expect((await waiting).value.cursor).toBe(cursor);
    expect((await waiting).took).toBeLessThan(2000);
    // Not at once either, so that phones do not ask in a circle.
    const { took } = await timed(phone.requests(`?after=${cursor}&wait=25`));
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(3000);
  });

  test("is told within a second or two of what another node has done, of which this one knows by the table alone", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await asked(world, createVisitor(world.issuer));
    const { cursor } = await phone.requests();
    const waiting = timed(phone.requests(`?after=${cursor}&wait=25`));
    await pause(300);
    await world.database.rows("UPDATE challenge SET status = 'answered', changed_at = ?", [world.now()]);
    const { value, took } = await waiting;
    expect(value.requests).toEqual([]);
    expect(took).toBeLessThan(4000);
  });
});

const accessLine = z.object({ path: z.literal("/device/v1/requests"), status: z.number(), milliseconds: z.number() });

/** Of the calls of this test's phone. */
function linesOf(world: World) {
  return world.log.flatMap((line) => accessLine.safeParse(JSON.parse(line)).data ?? []);
}

/** The feed asks by the query that it is given, and never by itself. */
const database = {
  engine: "sqlite" as const,
  rows: async () => [],
  first: async () => undefined,
  run: async () => undefined,
};

describe("ten thousand that wait", () => {
  test("cost one question a second together, and each is told of its own account alone", async () => {
    let asks = 0;
    const rows: { id: string; accountId: string | undefined; at: number }[] = [];
    const feed = createFeed({
      database,
      clock: Date.now,
      async changedSince(_sql, since) {
        asks += 1;
        return rows.filter(({ at }) => at > since);
      },
      onAway: () => undefined,
    });
    const told: string[] = [];
    const waiting = Array.from({ length: 10_000 }, (_, index) => {
      const wait = feed.wait(`account-${index}`, `device-${index}`);
      wait?.next(Date.now() + 20_000, () => told.push(`account-${index}`));
      return wait;
    });
    expect(feed.size).toBe(10_000);
    rows.push({ id: "r", accountId: "account-77", at: Date.now() }, { id: "d", accountId: undefined, at: Date.now() });
    await pause(3300);
    expect(told).toEqual(["account-77"]);
    expect(asks).toBeGreaterThanOrEqual(2);
    expect(asks).toBeLessThanOrEqual(4);
    feed.changed("account-5");
    await pause(200);
    expect(told).toEqual(["account-77", "account-5"]);
    for (const each of waiting) each?.leave();
    expect(feed.size).toBe(0);
    const before = asks;
    await pause(1300);
    expect(asks).toBe(before);
  });

  test("a database that is away is told once, and asked again", async () => {
    let away = true;
    const told = vi.fn();
    const feed = createFeed({
      database,
      clock: Date.now,
      async changedSince() {
        if (away) throw new Error("away");
        return [{ id: "r", accountId: "alice", at: Date.now() }];
      },
      onAway: told,
    });
    const wait = feed.wait("alice", "phone");
    const next = new Promise<void>((done) => wait?.next(Date.now() + 20_000, done));
    await pause(2300);
    expect(told).toHaveBeenCalledTimes(1);
    away = false;
    await next;
    wait?.leave();
  });
});

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
