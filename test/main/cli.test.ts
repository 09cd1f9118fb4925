import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/database.ts";
import { readText } from "../support/source.ts";
import { enumId, freshFolder, type Launch } from "./processes.ts";

async function outcome(args: string[], launch: Launch) {
  using started = enumId(args, launch);
  return await started.ended;
}

/** The sites that a fresh clone has. */
const sites: string[] = JSON.parse(readText("config/clients.json")).map(
  (site: { client_id: string }) => site.client_id,
);

const OLD_NODE = "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";

describe("enum-id", () => {
  test("says in one line that a Node is too old", async () => {
    using folder = freshFolder();
    const nodeArgs = ["--import", `data:text/javascript,${encodeURIComponent(OLD_NODE)}`];
    const { code, stdout, stderr } = await outcome(["start"], { folder, nodeArgs });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^E-num ID needs Node 24, and this is 20\.20\.2: use `npm start`[^\n]*\n$/);
  });

  test.each([[[]], [["migrate", "--help"]]])("%j lists its verbs", async (args) => {
    using folder = freshFolder();
    const { code, stdout } = await outcome(args, { folder });
    expect(code).toBe(0);
    for (const verb of ["start", "check-config", "migrate [up|down]", "keys list", "sessions end <e-mail>", "help"]) {
      expect(stdout).toContain(`\n  ${verb} `);
    }
  });

  test("does not know other verbs, and lists those it knows", async () => {
    using folder = freshFolder();
    const { code, stdout, stderr } = await outcome(["strat"], { folder });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^enum-id does not know "strat"; it knows:\n {2}start /);
  });

  test("says how a verb is written when its words are not right", async () => {
    using folder = freshFolder();
    expect(await outcome(["keys"], { folder })).toMatchObject({ code: 1, stderr: "Write: enum-id keys list\n" });
  });
});

describe("enum-id check-config", () => {
  test("tells what a start would do, without secrets, and writes nothing", async () => {
    using folder = freshFolder();
    const env = {
      ENUM_ID_DATABASE_URL: "postgres://enum:hunter2@db.example.com/enum",
      ENUM_ID_MASTER_KEY: "ab".repeat(32),
      ENUM_ID_SMTP_URL: "smtp://id:hunter2@mail.example.com:587",
      ENUM_ID_MAIL_FROM: "id@example.com",
    };
    const before = readdirSync(folder.path, { recursive: true });
    const { code, stdout, stderr } = await outcome(["check-config"], { folder, env });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^The configuration is fine\./);
    for (const words of [
      "development",
      "http://localhost:3000, listening on 127.0.0.1 port 3000",
      "postgres://db.example.com:5432/enum",
      `${sites.join(", ")} (config/clients.json)`,
      "from id@example.com by mail.example.com:587",
      "shown on the outbox page",
    ]) {
      expect(stdout).toContain(words);
    }
    for (const secret of ["hunter2", "abababab", "demo-shop-secret"]) expect(stdout).not.toContain(secret);
    expect(readdirSync(folder.path, { recursive: true })).toEqual(before);
  });

  test("tells all faults at once and ends with 1", async () => {
    using folder = freshFolder();
    const { code, stdout, stderr } = await outcome(["check-config"], { folder, env: { NODE_ENV: "production" } });
    expect([code, stdout]).toEqual([1, ""]);
    expect(
      stderr
        .trimEnd()
        .split("\n")
        .map((line) => line.replace(/ (is|has) .*/, "")),
    ).toEqual([
      "ENUM_ID_ISSUER",
      "ENUM_ID_DATABASE_URL",
      "ENUM_ID_MASTER_KEY",
      "ENUM_ID_TRUST_PROXY",
      ...sites.map((site) => `config/clients.json, client "${site}": development_only`),
    ]);
  });
});

describe("enum-id migrate and keys list", () => {
  test("bring a database up and down, and say what they did", async () => {
    using folder = freshFolder();
    const up = await outcome(["migrate"], { folder });
    expect(up).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^applied 0001_foundation\.ts\n/) });
    expect(await outcome(["migrate", "up"], { folder })).toMatchObject({
      code: 0,
      stdout: "There is nothing to migrate.\n",
    });
    expect(await outcome(["keys", "list"], { folder })).toMatchObject({
      code: 0,
      stdout: "There are no keys yet; the first start makes them.\n",
    });
    expect((await outcome(["migrate", "down"], { folder })).stdout).toMatch(/^undone \d{4}_\w+\.ts\n$/);
  });
});

describe("enum-id sessions", () => {
  test("says whom there is no account of, and what cannot be an e-mail", async () => {
    using folder = freshFolder();
    await outcome(["migrate"], { folder });
    expect(await outcome(["sessions", "end", "nobody@example.com"], { folder })).toMatchObject({
      code: 1,
      stderr: "There is no account nobody@example.com.\n",
    });
    const wrong = { code: 1, stderr: "Write: enum-id sessions end <e-mail>\n" };
    expect(await outcome(["sessions", "end", "nobody"], { folder })).toMatchObject(wrong);
    expect(await outcome(["sessions"], { folder })).toMatchObject(wrong);
  });

  test("end says what it did, also when there was nothing to do", async () => {
    using folder = freshFolder();
    await outcome(["migrate"], { folder });
    const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
    await database.rows(
      "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES ('a', 'alice@example.com', '+15555550101', 'en', 0, 0)",
    );
    await database.close();
    expect(await outcome(["sessions", "end", "Alice@example.com"], { folder })).toEqual({
      code: 0,
      stdout: "Sessions of alice@example.com that were ended: 0. Sites that the server tells: 0.\n",
      stderr: "",
    });
  });
});
