import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { SECOND } from "../../src/clock.ts";
import { createFeed, type FeedPorts } from "../../src/request/feed.ts";
import { type OnlinePhone, onlinePhone, problemOf } from "../support/online-phone.ts";
import { phonesWaiting } from "../support/phones-waiting.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { asked, requestIn } from "./asked.ts";

/** What a call gives, and how long it took by the world's clock, which goes on by itself with the wall's. */
async function timed<T>(world: World, work: Promise<T>): Promise<{ value: T; took: number }> {
  const started = world.now();
  return { value: await work, took: world.now() - started };
}

/** It waits for 25 seconds, alone where no other number is given, when this resolves. */
async function held(world: World, phone: OnlinePhone, cursor: string, count = 1) {
  const waiting = timed(world, phone.requests(`?after=${cursor}&wait=25`));
  await phonesWaiting(world, count);
  return { waiting };
}

describe("a phone that waits", () => {
  test("has proven itself for one request, and not for what else comes by its connection", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await asked(world, createVisitor(world.issuer));
    const { cursor } = await phone.requests();
    const { proof } = await phone.call("GET", "/device/v1/requests");
    const { host, hostname, port } = new URL(world.issuer);
    const socket = connect(Number(port), hostname);
    let received = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      received += chunk;
    });
    const get = (query: string, ...headers: string[]) =>
      socket.write([`GET /device/v1/requests${query} HTTP/1.1`, `Host: ${host}`, ...headers, "", ""].join("\r\n"));
    // Spelled so that Node's own HTTP holds it, and reads on.
    get(`?after=${cursor}&%77ait=25`, `Authorization: Device ${proof}`);
    await phonesWaiting(world, 1);
    get("");
    world.pass(26 * SECOND);
    const statuses = () => [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    await expect.poll(statuses, { timeout: 10_000 }).toEqual(["200", "401"]);
    await phonesWaiting(world, 0);
    socket.destroy();
  });

  test("is answered at once where its list is old, or it does not ask to wait", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    for (const query of ["?after=other&wait=25", `?after=${cursor}`, "?wait=25"])
      expect((await timed(world, phone.requests(query))).took).toBeLessThan(20_000);
  });

  test("is told of a new request when it comes, and of its end", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const first = await held(world, phone, (await phone.requests()).cursor);
    const visitor = createVisitor(world.issuer);
    const page = await asked(world, visitor);
    const { value, took } = await first.waiting;
    expect(value.requests.map(({ id }) => id)).toEqual([requestIn(page)]);
    expect(took).toBeLessThan(20_000);
    const { waiting } = await held(world, phone, value.cursor);
    await visitor.submit(page, "next", { response: phone.respond(page.challenge) });
    expect((await waiting).value.requests).toEqual([]);
    expect((await waiting).took).toBeLessThan(20_000);
  });

  test("is told when a request runs out", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await asked(world, createVisitor(world.issuer));
    world.pass(290_000);
    const { cursor, requests } = await phone.requests();
    expect(requests).toHaveLength(1);
    const { waiting } = await held(world, phone, cursor);
    world.pass(10_000);
    const { value, took } = await waiting;
    expect(value.requests).toEqual([]);
    expect(took).toBeLessThan(20_000);
  });

  test("is answered after the seconds it asks for, with the same list, and is not woken by what happens to others", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const { waiting } = await held(world, phone, cursor);
    await asked(world, createVisitor(world.issuer), "bob@example.com");
    await asked(world, createVisitor(world.issuer), "nobody@example.com");
    world.pass(15_000);
    await phonesWaiting(world, 1);
    world.pass(10_000);
    const { value, took } = await waiting;
    expect(value.cursor).toBe(cursor);
    expect(took).toBeGreaterThanOrEqual(25_000);
  });

  test("has its list already where nothing was open and nothing has changed: nothing is read, and what was missed is told at the next call", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const { waiting } = await held(world, phone, cursor);
    // As nobody does it, so that no change is seen.
    await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [phone.deviceId]);
    world.pass(25_000);
    expect((await waiting).value).toMatchObject({ requests: [], cursor });
    expect(problemOf(await phone.call("GET", "/device/v1/requests"))).toEqual([401, "device-revoked"]);
  });

  test("waits in four places at most", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const places = [];
    for (const count of [1, 2, 3, 4]) places.push((await held(world, phone, cursor, count)).waiting);
    const fifth = await phone.call("GET", `/device/v1/requests?after=${cursor}&wait=25`);
    expect(problemOf(fifth)).toEqual([429, "too-many"]);
    expect(fifth.body["retry_after"]).toBe(25);
    world.pass(25_000);
    await Promise.all(places);
    const { waiting } = await held(world, phone, cursor);
    world.pass(25_000);
    expect((await waiting).value.cursor).toBe(cursor);
  });

  test("that has gone is not waited for, and takes no place", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    for (let count = 0; count < 5; count += 1) {
      const gone = new AbortController();
      const call = phone.requests(`?after=${cursor}&wait=25`, { signal: gone.signal }).catch(() => undefined);
      await phonesWaiting(world, 1);
      gone.abort();
      await call;
      await phonesWaiting(world, 0);
    }
    const { waiting } = await held(world, phone, cursor);
    world.pass(25_000);
    expect((await waiting).took).toBeGreaterThanOrEqual(25_000);
  });

  test("is one request in log and figures, with the time that it waited, and is answered with the headers of any other", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    world.log.length = 0;
    const waiting = phone.call("GET", `/device/v1/requests?after=${cursor}&wait=1`);
    await phonesWaiting(world, 1);
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
    await phonesWaiting(world, 1);
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
    await phonesWaiting(world, 1);
    await world.database.rows("UPDATE device SET status = 'revoked' WHERE id = ?", [phone.deviceId]);
    await asked(world, createVisitor(world.issuer));
    expect(problemOf(await waiting)).toEqual([401, "device-revoked"]);
  });

  test("is answered when the server ends, and nobody is made to wait then", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { cursor } = await phone.requests();
    const { waiting } = await held(world, phone, cursor);
    world.closing();
    expect((await waiting).value.cursor).toBe(cursor);
    expect((await waiting).took).toBeLessThan(20_000);
    // Not at once either, so that phones do not ask in a circle.
    const next = await held(world, phone, cursor);
    world.pass(SECOND);
    const { took } = await next.waiting;
    expect(took).toBeGreaterThanOrEqual(SECOND);
    expect(took).toBeLessThan(20_000);
  });

  test("is told before its wait is over of what another node has done, of which this one knows by the table alone", async () => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    await asked(world, createVisitor(world.issuer));
    const { cursor } = await phone.requests();
    const { waiting } = await held(world, phone, cursor);
    await world.database.rows("UPDATE challenge SET status = 'answered', changed_at = ?", [world.now()]);
    const { value, took } = await waiting;
    expect(value.requests).toEqual([]);
    expect(took).toBeLessThan(20_000);
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
  afterwards: () => undefined,
};

function feedOf(ports: Pick<FeedPorts, "changedSince"> & Partial<FeedPorts>) {
  return createFeed({ database, clock: Date.now, onAway: () => undefined, ...ports });
}

describe("ten thousand that wait", () => {
  beforeEach(
    () => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "setInterval", "clearTimeout", "clearInterval"] }),
  );
  afterEach(() => void vi.useRealTimers());

  test("cost one question a second together, and each is told of its own account alone", async () => {
    let asks = 0;
    const rows: { id: string; accountId: string | undefined; at: number }[] = [];
    const feed = feedOf({
      async changedSince(_sql, since) {
        asks += 1;
        return rows.filter(({ at }) => at > since);
      },
    });
    const told: string[] = [];
    const waiting = Array.from({ length: 10_000 }, (_, index) => {
      const wait = feed.wait(`account-${index}`, `device-${index}`) ?? expect.fail();
      feed.next(wait, Date.now() + 20_000, () => told.push(`account-${index}`));
      return wait;
    });
    expect(feed.size).toBe(10_000);
    rows.push({ id: "r", accountId: "account-77", at: Date.now() }, { id: "d", accountId: undefined, at: Date.now() });
    await vi.advanceTimersByTimeAsync(3 * SECOND);
    expect(told).toEqual(["account-77"]);
    expect(asks).toBe(3);
    feed.changed("account-5");
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toEqual(["account-77", "account-5"]);
    for (const each of waiting) feed.leave(each);
    expect(feed.size).toBe(0);
    await vi.advanceTimersByTimeAsync(2 * SECOND);
    expect(asks).toBe(3);
  });

  test("are not told before their time, and all when it has come", async () => {
    const feed = feedOf({ changedSince: async () => [] });
    let told = 0;
    for (let index = 0; index < 10_000; index += 1) {
      const wait = feed.wait(`account-${index}`, `device-${index}`) ?? expect.fail();
      feed.next(wait, Date.now() + 20_000, () => {
        told += 1;
      });
    }
    await vi.advanceTimersByTimeAsync(19_900);
    expect(told).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(told).toBe(10_000);
  });

  test("a database that is away is told once, and asked again", async () => {
    let away = true;
    const onAway = vi.fn();
    const feed = feedOf({
      async changedSince() {
        if (away) throw new Error("away");
        return [{ id: "r", accountId: "alice", at: Date.now() }];
      },
      onAway,
    });
    const told = vi.fn();
    feed.next(feed.wait("alice", "phone") ?? expect.fail(), Date.now() + 20_000, told);
    await vi.advanceTimersByTimeAsync(3 * SECOND);
    expect(onAway).toHaveBeenCalledTimes(1);
    expect(told).not.toHaveBeenCalled();
    away = false;
    await vi.advanceTimersByTimeAsync(SECOND);
    expect(told).toHaveBeenCalledTimes(1);
  });
});
