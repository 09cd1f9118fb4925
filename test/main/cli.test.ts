import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { readText } from "../support/source.ts";
import { enumId, freshFolder, type Launch } from "./processes.ts";
import { outcome } from "./verbs.ts";

/** Of a process of its own, as an operator starts it. */
async function startedOutcome(args: string[], launch: Launch) {
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
    const { code, stdout, stderr } = await startedOutcome(["start"], { folder, nodeArgs });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^E-num ID needs Node 24, and this is 20\.20\.2: use `npm start`[^\n]*\n$/);
  });

  test.each([[[]], [["migrate", "--help"]]])("%j lists its verbs", async (args) => {
    using folder = freshFolder();
    const { code, stdout } = await startedOutcome(args, { folder });
    expect(code).toBe(0);
    for (const verb of [
      "start",
      "check-config",
      "migrate [up|down]",
      "keys list",
      "sessions end <account>",
      "messages to <address> | test --to <address>",
      "help",
    ]) {
      expect(stdout).toContain(`\n  ${verb}`);
    }
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test("does not know other verbs, and lists those it knows", async () => {
    using folder = freshFolder();
    const { code, stdout, stderr } = await startedOutcome(["strat"], { folder });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^enum-id does not know "strat"; it knows:\n {2}start\n/);
  });

  test("says how a verb is written when its words are not right", async () => {
    using folder = freshFolder();
    const { code, stderr } = await startedOutcome(["keys"], { folder });
    expect(code).toBe(1);
    expect(stderr).toBe(
      "Write: enum-id keys list | rotate token|confirmation|cookie [--at-once] | end <id> | seal [--dry-run]\n",
    );
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
    const up = await startedOutcome(["migrate"], { folder });
    expect(up).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^applied 0001_foundation\.ts\n/) });
    expect(await startedOutcome(["migrate", "up"], { folder })).toMatchObject({
      code: 0,
      stdout: "There is nothing to migrate.\n",
    });
    expect(await startedOutcome(["keys", "list"], { folder })).toMatchObject({
      code: 0,
      stdout: "There are no keys yet; the first start makes them.\n",
    });
    expect((await startedOutcome(["migrate", "down"], { folder })).stdout).toMatch(/^undone \d{4}_\w+\.ts\n$/);
  });
});

describe("enum-id sessions", () => {
  test("says whom there is no account of, and which words it takes", async () => {
    using folder = freshFolder();
    await outcome(["migrate"], { folder });
    expect(await outcome(["sessions", "end", "nobody@example.com"], { folder })).toMatchObject({
      code: 1,
      stderr: "There is no account nobody@example.com.\n",
    });
    const wrong = { code: 1, stderr: "Write: enum-id sessions end <account>\n" };
    expect(await outcome(["sessions", "end"], { folder })).toMatchObject(wrong);
    expect(await outcome(["sessions"], { folder })).toMatchObject(wrong);
  });

  test("end takes an account by whatever names it, and says what it did, also when there was nothing to do", async () => {
    using folder = freshFolder();
    await outcome(["migrate"], { folder });
    const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
    await database.rows(
      "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES ('a', 'alice@example.com', '+15555550101', 'en', 0, 0)",
    );
    await database.close();
    for (const name of ["Alice@example.com", "+15555550101"])
      expect(await outcome(["sessions", "end", name], { folder })).toEqual({
        code: 0,
        stdout: "Sessions of alice@example.com that were ended: 0. Sites that the server tells: 0.\n",
        stderr: "",
      });
  });
});

const POLICY = JSON.stringify({
  time_zone: "Europe/Moscow",
  rules: [
    {
      name: "shop payments",
      clients: ["shop"],
      types: ["payment"],
      limits: [
        { currency: "WMZ", each: "50", day: "200", above: "operation" },
        { currency: "WMZ", each: "3000", above: "refuse" },
      ],
    },
  ],
});

function request(sum: string): string {
  const payment = {
    type: "payment",
    operation_id: "inv-1",
    payee: { purse: "Z123456789012" },
    amount: { value: sum, currency: "WMZ" },
  };
  return JSON.stringify({ client_id: "shop", authorization_details: [payment] });
}

describe("enum-id policy", () => {
  test("shows what each client's operations demand, by which rule, and its limits", async () => {
    using folder = freshFolder();
    writeFileSync(join(folder.path, "policy.json"), POLICY);
    const env = { ENUM_ID_POLICY: join(folder.path, "policy.json") };
    const { code, stdout, stderr } = await outcome(["policy"], { folder, env });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("its days begin at midnight of Europe/Moscow");
    expect(stdout).toMatch(/\nclient +type +demands +acr at least +rule\n/);
    expect(stdout).toMatch(/\naccount +security_settings +operation +urn:e-num:acr:operation +the type's own\n/);
    expect(stdout).toMatch(/\nshop +payment +payment +urn:e-num:acr:operation +shop payments\n/);
    expect(stdout).toContain("\n    WMZ: 50 for one, 200 a day; above it the scanned statement alone\n");
    expect(stdout).toContain("\n    WMZ: 3000 for one; above it refused\n");
  });

  test("a wrong policy stops every verb that needs it, with file, place and reason", async () => {
    using folder = freshFolder();
    const path = join(folder.path, "policy.json");
    writeFileSync(path, POLICY.replace('["payment"]', '["paymint"]'));
    const { code, stderr } = await outcome(["check-config"], { folder, env: { ENUM_ID_POLICY: path } });
    expect(code).toBe(1);
    expect(stderr).toContain(`${path}: rules[0].types names paymint, which no operation has: there are`);
  });
});

test("operations without the one that the account page needs stop a start, with what to do", async () => {
  using folder = freshFolder();
  const operations = join(folder.path, "operations");
  cpSync(fileURLToPath(new URL("../../config/operations", import.meta.url)), operations, { recursive: true });
  rmSync(join(operations, "security_settings.json"));
  const { code, stderr } = await outcome(["check-config"], { folder, env: { ENUM_ID_OPERATIONS: operations } });
  expect(code).toBe(1);
  expect(stderr).toContain(`${operations} has no security_settings.json: the account page has it confirmed`);
});

describe("enum-id explain", () => {
  async function explained(content: string) {
    using folder = freshFolder();
    writeFileSync(join(folder.path, "policy.json"), POLICY);
    writeFileSync(join(folder.path, "request.json"), content);
    const env = { ENUM_ID_POLICY: join(folder.path, "policy.json") };
    expect((await outcome(["migrate"], { folder, env })).code).toBe(0);
    return await outcome(["explain", join(folder.path, "request.json")], { folder, env });
  }

  test("tells step by step what is demanded, and which rule decided", async () => {
    const { code, stdout, stderr } = await explained(request("60"));
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.split("\n")).toEqual([
      "shop is Book shop, a first-party site: no consent is asked for.",
      "The site asks for no acr.",
      "Nobody is signed in: identifier and one response, and no session is left.",
      "payment, asked for by shop: the type demands payment, and urn:e-num:acr:operation at least.",
      'The rule "shop payments" is the first that fits: it demands payment as the type does, and urn:e-num:acr:operation.',
      "One operation: 60 of at most 3000 WMZ.",
      "One operation: 60 of at most 50 WMZ, which is above.",
      "Above it the scanned statement is demanded: operation.",
      "Demanded: a response to operation.",
      "",
    ]);
  });

  test("refuses, says why in its last line, and ends with 1", async () => {
    const { code, stdout } = await explained(request("3000.01"));
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("Above it nothing is confirmed: refused.");
  });

  test("what is no request is refused with the member's name", async () => {
    const { code, stderr } = await explained(JSON.stringify({ client: "shop" }));
    expect(code).toBe(1);
    expect(stderr).toContain("client_id");
  });
});

describe("enum-id messages", () => {
  test("to lists what was sent to one person and what became of it, without texts", async () => {
    using folder = freshFolder();
    await outcome(["migrate"], { folder });
    const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
    const columns =
      "id, channel, recipient, content_sealed, status, attempts, next_at, created_at, delivery, delivery_at";
    for (const values of [
      "'first', 'sms', '+15555550199', NULL, 'sent', 1, 0, 0, 'delivered', 5000",
      "'second', 'sms', '+15555550199', 'sealed', 'waiting', 2, 0, 60000, NULL, NULL",
      "'other', 'sms', '+15555550198', NULL, 'sent', 1, 0, 0, NULL, NULL",
    ])
      await database.rows(`INSERT INTO message (${columns}) VALUES (${values})`);
    await database.close();
    expect(await outcome(["messages", "to", "+1 555 555-01-99"], { folder })).toEqual({
      code: 0,
      stdout:
        "1970-01-01T00:01:00.000Z  sms   waiting  attempts 2  second\n" +
        "1970-01-01T00:00:00.000Z  sms   sent     attempts 1  first  delivered 1970-01-01T00:00:05.000Z\n",
      stderr: "",
    });
    expect(await outcome(["messages", "to", "dora@example.com"], { folder })).toMatchObject({
      code: 0,
      stdout: "In the last week nothing was sent to dora@example.com.\n",
    });
    expect(await outcome(["messages", "to", "dora"], { folder })).toMatchObject({
      code: 1,
      stderr: "Write: enum-id messages to <address> | test --to <address> | list | retry|drop <id>\n",
    });
  });
});

describe("enum-id accounts import", () => {
  const lines = ["email,phone,wmids", "dora@example.com,+15555550199,401234567890", "emil@example.com,+15555550198,"];

  test("makes accounts from a file or from standard input, and says so when there is nothing new", async () => {
    using folder = freshFolder();
    await outcome(["migrate"], { folder });
    writeFileSync(`${folder.path}/people.csv`, lines.join("\r\n"));
    const words = ["accounts", "import", "people.csv"];
    const trial = "New: 2. There already: 0. Bad lines: 0. Nothing was written: it was a dry run.\n";
    expect(await outcome([...words, "--dry-run"], { folder })).toEqual({ code: 0, stdout: trial, stderr: "" });
    const made = "New: 2. There already: 0. Bad lines: 0. The new ones were made.\n";
    expect(await outcome([...words, "--locale=ru"], { folder })).toEqual({ code: 0, stdout: made, stderr: "" });
    using again = enumId(["accounts", "import", "-"], { folder });
    again.child.stdin?.end('{"email":"dora@example.com","phone":"+15555550199"}\n');
    const same = "New: 0. There already: 1. Bad lines: 0. Nothing was written: there is nothing new.\n";
    expect(await again.ended).toEqual({ code: 0, stdout: same, stderr: "" });
    const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
    expect(await database.rows("SELECT email, locale FROM account ORDER BY email")).toEqual([
      { email: "dora@example.com", locale: "ru" },
      { email: "emil@example.com", locale: "ru" },
    ]);
    await database.close();
  });

  test("tells each bad line, ends with 1, and writes the others only when told to", async () => {
    using folder = freshFolder();
    await outcome(["migrate"], { folder });
    writeFileSync(`${folder.path}/people.csv`, [...lines, "nobody,123,,", "fay,+15555550197,"].join("\n"));
    const stderr = "line 4: has 4 values, and the header has 3.\nline 5, email: is not an e-mail address.\n";
    const numbers = "New: 2. There already: 0. Bad lines: 2.";
    expect(await outcome(["accounts", "import", "people.csv"], { folder })).toEqual({
      code: 1,
      stdout: `${numbers} Nothing was written: mend the bad lines, or leave them out with --skip-bad.\n`,
      stderr,
    });
    expect(await outcome(["accounts", "import", "--skip-bad", "people.csv"], { folder })).toEqual({
      code: 1,
      stdout: `${numbers} The new ones were made.\n`,
      stderr,
    });
  });

  test("says what is missing: the file, the tables, accounts, or the right words", async () => {
    using folder = freshFolder();
    expect(await outcome(["accounts", "import", "people.csv"], { folder })).toMatchObject({
      code: 1,
      stderr: "people.csv cannot be read (ENOENT): name the file with the accounts, or - for standard input.\n",
    });
    expect(await outcome(["accounts", "import", "config"], { folder })).toMatchObject({
      code: 1,
      stderr: "config is a folder: name the file with the accounts, or - for standard input.\n",
    });
    writeFileSync(`${folder.path}/people.csv`, "email,phone\n");
    expect(await outcome(["accounts", "import", "people.csv"], { folder })).toMatchObject({
      code: 1,
      stderr: "The database sqlite:var/enum-id.sqlite lacks migrations: run enum-id migrate first.\n",
    });
    await outcome(["migrate"], { folder });
    expect(await outcome(["accounts", "import", "people.csv"], { folder })).toMatchObject({
      code: 1,
      stderr: "people.csv holds no account.\n",
    });
    const usage =
      "Write: enum-id accounts import [--dry-run] [--skip-bad] [--locale=<en|ru>] <file> | delete [--now] <account> <reason> | keep <account>\n";
    for (const words of [[], ["import"], ["import", "--force", "people.csv"], ["import", "a", "b"]])
      expect(await outcome(["accounts", ...words], { folder })).toMatchObject({ code: 1, stderr: usage });
  });
});
