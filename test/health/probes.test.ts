import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { createRelyingParty } from "../support/relying-party.ts";
import { passPages, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

/** By the process's address, with whatever host name. */
function probe(world: World, path: string, host: string): Promise<{ status: number | undefined; body: string }> {
  const { port } = new URL(world.issuer);
  return new Promise((done, failed) => {
    const asked = request({ host: "127.0.0.1", port, path, headers: { host } }, async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      done({ status: response.statusCode, body });
    });
    asked.on("error", failed).end();
  });
}

/** A sign-in as far as the address that the site sends the person to. */
const begun = async (world: World) => (await createRelyingParty(world.issuer, SHOP)).begin();

const status = async (world: World, path: string, host = "10.1.2.3:3000") => (await probe(world, path, host)).status;

describe("probes", () => {
  test("are answered by the process's address, and nothing else is", async () => {
    await using world = await createWorld();
    expect(JSON.parse((await probe(world, "/livez", "10.1.2.3:3000")).body)).toEqual({ status: "alive" });
    expect(JSON.parse((await probe(world, "/readyz", "10.1.2.3:3000")).body)).toEqual({
      status: "ready",
      checks: { database: "reached", migrations: "in-place", keys: "loaded" },
    });
    for (const path of ["/", "/livez/x", "/livez/../authorize", "/register", "/.well-known/openid-configuration"]) {
      expect([path, await status(world, path)]).toEqual([path, 421]);
    }
  });

  test("say that a migration was undone", async () => {
    await using world = await createWorld();
    await world.database.migrate("down");
    expect(await status(world, "/readyz")).toBe(503);
    expect(await status(world, "/livez")).toBe(200);
  });

  test("say that the process is closing", async () => {
    await using world = await createWorld();
    world.closing();
    const { status: code, body } = await probe(world, "/readyz", "10.1.2.3:3000");
    expect([code, JSON.parse(body)]).toMatchObject([503, { status: "closing" }]);
    expect(await status(world, "/livez")).toBe(200);
  });
});

/** `enum_id_logins_total{verdict="accepted"} 2` as a figure; 0 where there is no such line. */
async function figure(world: World, name: string): Promise<number> {
  const line = (await world.metrics()).split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

describe("figures", () => {
  test("count sign-ins and responses by verdict, for decoys as for accounts", async () => {
    await using world = await createWorld();
    await signIn(world);
    for (const email of ["alice@example.com", "nobody@example.com"]) {
      const visitor = createVisitor(world.issuer);
      const asked = await visitor.submit(await visitor.open((await begun(world)).address), "next", {
        identifier: email,
      });
      await visitor.submit(asked, "next", { response: "1000000" });
      await visitor.submit(await visitor.open(asked.url), "decline");
    }
    expect(await figure(world, 'enum_id_logins_total{verdict="accepted"}')).toBe(1);
    expect(await figure(world, 'enum_id_logins_total{verdict="wrong-response"}')).toBe(2);
    expect(await figure(world, 'enum_id_logins_total{verdict="declined"}')).toBe(2);
    expect(await figure(world, 'enum_id_challenge_answers_total{verdict="accepted"}')).toBe(1);
    expect(await figure(world, 'enum_id_challenge_answers_total{verdict="wrong-response"}')).toBe(2);
  });

  test("have requests by route, never by path, with the engine's own among them", async () => {
    await using world = await createWorld();
    const { tokens } = await signIn(world);
    await tokens();
    await fetch(`${world.issuer}/nothing-here-${"x".repeat(20)}`);
    const text = await world.metrics();
    const count = (route: string, method: string, code: number) =>
      text.includes(`enum_id_http_request_seconds_count{route="${route}",method="${method}",status="${code}"} 1`);
    expect(count("/interaction/:uid/challenge", "POST", 303)).toBe(true);
    expect(count("/authorize", "GET", 303)).toBe(true);
    expect(count("/token", "POST", 200)).toBe(true);
    expect(count("none", "GET", 404)).toBe(true);
    expect(text).not.toContain("nothing-here");
    expect(text).not.toContain("alice");
  });

  test("have the database's time by kind of statement, and its errors by code", async () => {
    await using world = await createWorld();
    await signIn(world);
    await world.sweep();
    for (const kind of ["select", "insert", "update", "delete"]) {
      expect(await figure(world, `enum_id_database_seconds_count{statement="${kind}"}`)).toBeGreaterThan(0);
    }
    // An event is written with what it tells of, and nothing waits for it.
    expect(await figure(world, 'enum_id_database_unawaited_total{statement="insert"}')).toBeGreaterThan(0);
    await world.database.rows("ALTER TABLE known_browser RENAME TO known_browser_away");
    const visitor = createVisitor(world.issuer);
    const { address } = await begun(world);
    await passPages(world, visitor, address).catch(() => undefined);
    expect(await world.metrics()).toMatch(/enum_id_database_errors_total\{code="\w+"\} [1-9]/);
  });

  test("have what waits to be sent", async () => {
    await using world = await createWorld();
    const insert =
      "INSERT INTO logout_notice (id, client_id, account_id, status, attempts, next_at, created_at) VALUES (?, 's', 'a', ?, 0, 0, 0)";
    for (const [id, state] of Object.entries({ a: "waiting", b: "waiting", c: "given-up", d: "told" })) {
      await world.database.rows(insert, [id, state]);
    }
    expect(await figure(world, 'enum_id_outbox_waiting{kind="logout"}')).toBe(2);
    expect(await figure(world, 'enum_id_outbox_given_up{kind="logout"}')).toBe(1);
    expect(await figure(world, 'enum_id_outbox_waiting{kind="mail"}')).toBe(0);
  });
});
