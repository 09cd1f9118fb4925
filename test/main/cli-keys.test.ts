import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { type Database, openDatabase } from "../../src/database/database.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createSealer } from "../../src/secrecy.ts";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

const MASTER = randomBytes(32);
const env = { ENUM_ID_MASTER_KEY: MASTER.toString("hex") };
const TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z";

async function installed(folder: { path: string }): Promise<Database & AsyncDisposable> {
  const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
  const random = { bytes: (length: number) => randomBytes(length) };
  await loadKeys({ database, sealer: createSealer([MASTER], random), clock: Date.now, random });
  return { ...database, [Symbol.asyncDispose]: () => database.close() };
}

test("enum-id keys rotates each kind once, shows how far it is, and says what holds until when", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  const run = (...args: string[]) => outcome(["keys", ...args], { folder, env });
  const none = "There are no keys yet; the first start makes them.\n";
  expect(await run("list")).toEqual({ code: 0, stdout: none, stderr: "" });
  expect(await run("rotate", "token")).toEqual({ code: 1, stdout: "", stderr: none });
  await using database = await installed(folder);
  const listed = async (purpose: string) =>
    (await run("list")).stdout.split("\n").filter((line) => line.startsWith(purpose));
  expect((await run("list")).stdout.trim().split("\n")).toHaveLength(9);
  for (const line of await listed("token"))
    expect(line).toMatch(new RegExp(`^token {9}(ES256|EdDSA|RS256)  signing  [\\w-]{43}  signs since ${TIME}$`));

  const { code, stdout, stderr } = await run("rotate", "token");
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(
    new RegExp(
      `^New token key [\\w-]{43} \\(ES256\\)\nNew token key [\\w-]{43} \\(EdDSA\\)\nNew token key [\\w-]{43} \\(RS256\\)\n` +
        `They are known in ten seconds and sign from ${TIME}; what was signed before holds until ${TIME}\\.\n` +
        `Running servers do so by themselves: enum-id keys list shows how far it is\\.\n$`,
    ),
  );
  const again = await run("rotate", "token");
  expect(again).toMatchObject({ code: 1, stdout: "" });
  expect(again.stderr).toMatch(
    new RegExp(`^New token keys are there already and sign from ${TIME}: nothing was done\\.\n$`),
  );
  const states = (await listed("token")).map((line) => line.replace(/^token +\S+ +(\w+) +\S+ +/, "$1: "));
  expect(states.sort()).toEqual([
    ...Array(3).fill(expect.stringMatching(new RegExp(`^coming: signs from ${TIME}$`))),
    ...Array(3).fill(
      expect.stringMatching(new RegExp(`^signing: signs since ${TIME} until ${TIME}, then verifies until ${TIME}$`)),
    ),
  ]);
  expect((await run("rotate", "token", "--at-once")).code).toBe(0);
  expect(await listed("token")).toHaveLength(6);

  expect((await run("rotate", "confirmation")).stdout).toContain("; what was signed before holds for good.\n");
  expect((await listed("confirmation")).join()).toContain(", then verifies for good");
  expect((await run("rotate", "cookie")).stdout).toMatch(/^New cookie key \S+\nIt is known in ten seconds/);
  await database.rows("UPDATE key SET retired_at = 1 WHERE purpose = 'cookie' AND retired_at IS NOT NULL");
  expect((await listed("cookie")).join()).toMatch(new RegExp(`former   \\S+  verifies until ${TIME}`));

  const stored = JSON.stringify(await database.rows("SELECT type FROM event ORDER BY at"));
  expect(stored.match(/keys\.rotated/g)).toHaveLength(4);
});

test.each([
  ["digest", "sessions, tokens and remembered browsers are found by its digests, and all of them would be lost"],
  ["pairwise", "sites with pairwise subjects know people by what it makes of them, and would lose all of them"],
  ["certificate", "it is the certificate authority's, by which sites and proxies know every client certificate"],
  ["push", "push services take messages to a phone from this key alone, and every phone would have to subscribe anew"],
])("enum-id keys rotates no %s key, and says why", async (purpose, why) => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  await using database = await installed(folder);
  for (const flags of [[], ["--at-once"]])
    expect(await outcome(["keys", "rotate", purpose, ...flags], { folder, env })).toEqual({
      code: 1,
      stdout: "",
      stderr: `The ${purpose} key cannot be rotated: ${why}.\n`,
    });
  expect(await database.rows("SELECT id FROM key")).toHaveLength(9);
});

test("enum-id keys takes no other words, and no other master key", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  await using _ = await installed(folder);
  for (const words of [
    [],
    ["rotate"],
    ["rotate", "tokens"],
    ["rotate", "token", "--now"],
    ["list", "token"],
    ["rotate", "toString"],
  ])
    expect(await outcome(["keys", ...words], { folder, env })).toMatchObject({
      code: 1,
      stderr: "Write: enum-id keys list | rotate token|confirmation|cookie [--at-once] | end <id> | seal [--dry-run]\n",
    });
  const other = { ENUM_ID_MASTER_KEY: randomBytes(32).toString("hex") };
  expect(await outcome(["keys", "rotate", "token"], { folder, env: other })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("The master key does not open the keys in the database"),
  });
});

test("enum-id keys end takes out no key that signs, and none that there is not", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  await using database = await installed(folder);
  const rows = await database.rows<{ id: string }>("SELECT id FROM key WHERE purpose = 'confirmation'");
  const [{ id } = { id: "" }] = rows;
  expect(await outcome(["keys", "end", id], { folder, env })).toMatchObject({
    code: 1,
    stderr: `${id} is no former key: take out what signs, or is to sign, by enum-id keys rotate with --at-once.\n`,
  });
  expect(await outcome(["keys", "end", "nobody"], { folder, env })).toMatchObject({
    code: 1,
    stderr: "There is no key nobody: enum-id keys list shows all.\n",
  });
  await database.rows("UPDATE key SET retired_at = 1 WHERE id = ?", [id]);
  expect(await outcome(["keys", "end", id], { folder, env })).toEqual({
    code: 0,
    stdout: `Nothing that ${id} has signed holds any longer; running servers know it in ten seconds.\n`,
    stderr: "",
  });
  expect(await database.rows("SELECT id FROM key WHERE id = ?", [id])).toEqual([]);
});
