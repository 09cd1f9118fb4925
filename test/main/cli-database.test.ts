import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { freePort, freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

const WORDS = [
  "keys list",
  "sessions end alice@example.com",
  "accounts delete alice@example.com gone",
  "messages list",
  "devices list alice@example.com",
  "recovery list",
  "certificates list alice@example.com",
  "wmids list alice@example.com",
  "raised list",
];

describe("a verb of enum-id", () => {
  test.each(WORDS)("%s asks for migrations where the database lacks them", async (words) => {
    using folder = freshFolder();
    expect(await outcome(words.split(" "), { folder })).toEqual({
      code: 1,
      stdout: "",
      stderr: "The database sqlite:var/enum-id.sqlite lacks migrations: run enum-id migrate first.\n",
    });
  });

  test.each(["keys list", "migrate"])("%s says which database cannot be reached, and why", async (words) => {
    using folder = freshFolder();
    const port = await freePort();
    const env = { ENUM_ID_DATABASE_URL: `postgres://enum:hush@127.0.0.1:${port}/enum` };
    const { code, stderr } = await outcome(words.split(" "), { folder, env });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `The database postgres://127.0.0.1:${port}/enum cannot be used (connect ECONNREFUSED 127.0.0.1:${port}): correct ENUM_ID_DATABASE_URL, or start it.\n`,
    );
  });

  test("says so where its user may not make the database's folder", async () => {
    using folder = freshFolder();
    // A folder below a file: nobody may, root neither.
    const env = { ENUM_ID_DATABASE_URL: "sqlite:config/clients.json/enum-id.sqlite" };
    const { code, stderr } = await outcome(["keys", "list"], { folder, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^The database sqlite:config\S+ cannot be used \(E\w+.*\): correct ENUM_ID_DATABASE_URL, or/,
    );
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  test.each(["keys list", "migrate", "migrate down"])("%s leaves a newer program's database alone", async (words) => {
    using folder = freshFolder();
    await outcome(["migrate"], { folder });
    const url = `sqlite:${folder.path}/var/enum-id.sqlite`;
    const database = openDatabase({ url });
    await database.rows("INSERT INTO migration (name, batch, migration_time) VALUES ('9999_of_tomorrow.ts', 2, 0)");
    await database.close();
    expect(await outcome(words.split(" "), { folder })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "The database sqlite:var/enum-id.sqlite is that of a newer E-num ID, with 9999_of_tomorrow.ts: put the newer program back, or restore the copy from before its first start.\n",
    });
  });
});

test("enum-id migrate makes a database that its user alone can read", async () => {
  using folder = freshFolder();
  expect((await outcome(["migrate"], { folder })).code).toBe(0);
  const modes = readdirSync(`${folder.path}/var`).map((name) => statSync(`${folder.path}/var/${name}`).mode & 0o077);
  expect([...new Set(modes)]).toEqual([0]);
  expect(statSync(`${folder.path}/var`).mode & 0o077).toBe(0);
});

test("enum-id check-config says that there is no site yet", async () => {
  using folder = freshFolder();
  writeFileSync(`${folder.path}/config/clients.json`, "[]");
  const { code, stdout } = await outcome(["check-config"], { folder });
  expect(code).toBe(0);
  expect(stdout).toContain("  clients       none (config/clients.json)\n");
});

test("enum-id check-config makes no database", async () => {
  using folder = freshFolder();
  expect((await outcome(["check-config"], { folder })).code).toBe(0);
  expect(existsSync(`${folder.path}/var`)).toBe(false);
});
