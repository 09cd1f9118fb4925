import { once } from "node:events";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { enumId, type Folder, freePort, freshFolder, startFake, startFakeByNpm } from "./processes.ts";

const KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

async function production(folder: Folder): Promise<Record<string, string>> {
  const clients = join(folder.path, "sites.json");
  writeFileSync(clients, "[]");
  return {
    NODE_ENV: "production",
    ENUM_ID_ISSUER: "https://id.example.com",
    ENUM_ID_PORT: String(await freePort()),
    ENUM_ID_DATABASE_URL: "sqlite:enum.sqlite",
    ENUM_ID_MASTER_KEY: KEY,
    ENUM_ID_TRUST_PROXY: "true",
    ENUM_ID_CLIENTS: clients,
    ENUM_ID_METRICS: "off",
  };
}

async function development(): Promise<Record<string, string>> {
  return { ENUM_ID_PORT: String(await freePort()) };
}

/** One line that a person can act on: no stack, no second line. */
function expectOneLine(stderr: string, words: RegExp): void {
  expect(stderr).toMatch(words);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).not.toMatch(/\bat .*:\d+:\d+/);
}

describe("a start that cannot be", () => {
  test("because of wrong settings says each fault in a line of its own, sites included", async () => {
    using folder = freshFolder();
    writeFileSync(join(folder.path, "config/clients.json"), '[{"client_id":"shop","first_party":1}]');
    using started = enumId(["start"], { folder, env: { ENUM_ID_ISUER: "x", ENUM_ID_PORT: "many" } });
    const { code, stdout, stderr } = await started.ended;
    expect([code, stdout]).toEqual([1, ""]);
    expect(
      stderr
        .trimEnd()
        .split("\n")
        .map((line) => line.split(" must ")[0]?.split(" is ")[0]),
    ).toEqual([
      "ENUM_ID_ISUER",
      "ENUM_ID_PORT",
      'config/clients.json, client "shop": client_name',
      'config/clients.json, client "shop": first_party',
    ]);
  });

  test("because its port is taken says which, in one line, and leaves the other server alone", async () => {
    using folder = freshFolder();
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    using started = startFake({ folder, env: { ENUM_ID_PORT: String(port) } });
    const { code, stderr, stdout } = await started.ended;
    expectOneLine(stderr, new RegExp(`^Port ${port} on 127.0.0.1 is taken: .* ENUM_ID_PORT`));
    expect([code, stdout]).toEqual([1, "app closed\n"]);
    expect(other.listening).toBe(true);
    other.close();
  });

  test("because its database is not there says so in one line, without the password", async () => {
    using folder = freshFolder();
    const url = `postgres://enum:hunter2@127.0.0.1:${await freePort()}/enum`;
    using started = startFake({ folder, env: { ...(await development()), ENUM_ID_DATABASE_URL: url } });
    const { code, stderr } = await started.ended;
    expectOneLine(
      stderr,
      /^The database postgres:\/\/127\.0\.0\.1:\d+\/enum cannot be used \(.*ECONNREFUSED.*\): correct/,
    );
    expect(stderr).not.toContain("hunter2");
    expect(code).toBe(1);
  });

  test("because the port for its figures is taken says which, and leaves its own port free", async () => {
    using folder = freshFolder();
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const env = { ...(await production(folder)), ENUM_ID_METRICS: `127.0.0.1:${port}` };
    using started = startFake({ folder, env });
    const { code, stderr } = await started.ended;
    expectOneLine(stderr, new RegExp(`^Port ${port} on 127.0.0.1 is taken: .* ENUM_ID_METRICS to another`));
    expect(code).toBe(1);
    other.close();
  });

  test("because the master key is another one says so in one line", async () => {
    using folder = freshFolder();
    const env = await production(folder);
    using first = startFake({ folder, env });
    await first.wrote("app started");
    first.child.kill("SIGTERM");
    await first.ended;
    using second = startFake({ folder, env: { ...env, ENUM_ID_MASTER_KEY: KEY.replace("00", "99") } });
    const { code, stderr } = await second.ended;
    expectOneLine(stderr, /^The master key does not open the keys in the database: .* ENUM_ID_MASTER_KEY/);
    expect(code).toBe(1);
  });
});

describe("a development server", () => {
  test("answers with all its features when it says that it is ready", async () => {
    using folder = freshFolder();
    const env = await development();
    using started = enumId(["start"], { folder, env });
    await started.wrote("E-num ID is ready");
    const issuer = `http://localhost:${env["ENUM_ID_PORT"]}`;
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    expect(await discovery.json()).toMatchObject({ issuer });
    started.child.kill("SIGTERM");
    expect(await started.ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("takes a request in flight to have saved what it saves after a second, and not before", async () => {
    using folder = freshFolder();
    const env = await development();
    using started = startFake({ folder, env });
    await started.wrote("E-num ID is ready");
    const from = performance.now();
    await fetch(`http://localhost:${env["ENUM_ID_PORT"]}/settled`);
    // A timer may be a millisecond early by another clock.
    expect(performance.now() - from).toBeGreaterThan(990);
  });

  test("needs no settings, says in one line where it is, and keeps its keys from start to start", async () => {
    using folder = freshFolder();
    const env = await development();
    const address = `http://localhost:${env["ENUM_ID_PORT"]}`;
    const kids: string[] = [];
    for (const _ of [1, 2]) {
      using started = startFake({ folder, env });
      await started.wrote("E-num ID is ready");
      expect(started.stdout().split("\n")).toContain(
        `E-num ID is ready at ${address}: a development server, for this machine alone (Ctrl-C ends it).`,
      );
      kids.push(await (await fetch(address)).text());
      started.child.kill("SIGINT");
      expect(await started.ended).toMatchObject({ code: 0, stderr: "" });
    }
    expect(kids[1]).toBe(kids[0]);
    for (const file of ["enum-id.sqlite", "enum-id.sqlite.master-key"]) {
      expect(statSync(join(folder.path, "var", file)).mode & 0o777).toBe(0o600);
    }

    rmSync(join(folder.path, "var/enum-id.sqlite.master-key"));
    using bereft = startFake({ folder, env });
    const { code, stderr } = await bereft.ended;
    expectOneLine(stderr, /^The master key file var\/enum-id\.sqlite\.master-key is missing, .* put the file back/);
    expect(code).toBe(1);
  });
});

describe("a production server", () => {
  test("has its figures on an address of their own, and not on the public one", async () => {
    using folder = freshFolder();
    const metrics = `127.0.0.1:${await freePort()}`;
    const own = { ENUM_ID_METRICS: metrics, ENUM_ID_TRUST_PROXY: "true" };
    const env: Record<string, string> = { ...(await production(folder)), ...own };
    using started = enumId(["start"], { folder, env });
    await started.wrote('"listening"');
    const ready = await fetch(`http://127.0.0.1:${env["ENUM_ID_PORT"]}/readyz`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { status: "ready" }]);
    const figures = await (await fetch(`http://${metrics}/metrics`)).text();
    expect(figures).toContain('enum_id_http_request_seconds_count{route="/readyz",method="GET",status="200"} 1');
    for (const name of ["process_cpu_seconds_total", "nodejs_eventloop_lag_seconds", "enum_id_outbox_waiting"]) {
      expect(figures).toContain(`\n${name}`);
    }
    expect((await fetch(`http://${metrics}/authorize`)).status).toBe(404);
    const forwarded = { "x-forwarded-host": "id.example.com", "x-forwarded-proto": "https" };
    const public_ = await fetch(`http://127.0.0.1:${env["ENUM_ID_PORT"]}/metrics`, { headers: forwarded });
    expect(public_.status).toBe(404);
    started.child.kill("SIGTERM");
    expect(await started.ended).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("a server that is told to end", () => {
  test("finishes what it has begun, takes nothing new, and ends with 0, also when it is told twice", async () => {
    using folder = freshFolder();
    const env = await production(folder);
    using started = startFake({ folder, env });
    await started.wrote("app started");
    const url = `http://127.0.0.1:${env["ENUM_ID_PORT"]}`;
    // Connections that are kept open and idle must not hold it up.
    const agent = new Agent({ keepAlive: true });
    const [idle] = await once(request(`${url}/`, { agent }).end(), "response");
    idle.resume();
    const slow = once(request(`${url}/slow`, { agent }).end(), "response");
    await started.wrote("slow began");
    const from = Date.now();
    // A terminal and npm both pass Ctrl-C on.
    started.child.kill("SIGINT");
    started.child.kill("SIGINT");
    await started.wrote('"closing"');
    await expect(fetch(url)).rejects.toThrow();
    const [response] = await slow;
    expect(response.statusCode).toBe(200);
    response.resume();
    const { code, stdout, stderr } = await started.ended;
    expect([code, stderr]).toEqual([0, ""]);
    expect(Date.now() - from).toBeLessThan(5000);
    expect(stdout.trimEnd().split("\n").slice(-2)).toEqual(["app closed", expect.stringContaining('"closed"')]);
  });

  test("says so to a balancer first, for as long as it is given, and still answers", async () => {
    using folder = freshFolder();
    const env: Record<string, string> = { ...(await production(folder)), ENUM_ID_DRAIN: "1" };
    using started = startFake({ folder, env });
    await started.wrote("app started");
    await fetch(`http://127.0.0.1:${env["ENUM_ID_PORT"]}`);
    started.child.kill("SIGTERM");
    await started.wrote("app closing");
    expect((await fetch(`http://127.0.0.1:${env["ENUM_ID_PORT"]}`)).status).toBe(200);
    expect(await started.ended).toMatchObject({ code: 0, stderr: "" });
  });

  test("closes as well where npm was told, which does not pass it on", async () => {
    using folder = freshFolder();
    using started = startFakeByNpm({ folder, env: await production(folder) });
    await started.wrote("app started");
    started.child.kill("SIGTERM");
    const { stdout, stderr } = await started.ended;
    expect([stdout, stderr]).toEqual([expect.stringContaining('"closed"'), ""]);
  });

  test("by a mistake of its own logs it, closes the database and ends with 1", async () => {
    using folder = freshFolder();
    const env = await production(folder);
    using started = startFake({ folder, env });
    await started.wrote("app started");
    await fetch(`http://127.0.0.1:${env["ENUM_ID_PORT"]}/throw`).catch(() => undefined);
    const { code, stdout } = await started.ended;
    expect(code).toBe(1);
    expect(stdout).toContain("a mistake of ours");
    expect(stdout).toContain("app closed");
  });
});
