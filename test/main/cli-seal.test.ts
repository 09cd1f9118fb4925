import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { masterKeyId } from "../../src/secrecy.ts";
import { enumId, freePort, freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

const [OLD, NEW] = ["1f".repeat(32), "2e".repeat(32)];
const [oldId, newId] = [OLD, NEW].map((key) => masterKeyId(Buffer.from(key, "hex")));

test("enum-id keys seal shows what each master key seals, seals all again under the first, and a server starts with that alone", async () => {
  using folder = freshFolder();
  const run = (keys: string, ...args: string[]) =>
    outcome(["keys", "seal", ...args], { folder, env: { ENUM_ID_MASTER_KEY: keys } });
  const serves = async (keys: string, id: string | undefined) => {
    const env = { ENUM_ID_MASTER_KEY: keys, ENUM_ID_PORT: String(await freePort()) };
    using server = enumId(["start"], { folder, env });
    await server.wrote(`"masterKeys":["${id}"]`);
    server.child.kill("SIGTERM");
    await server.ended;
  };
  await serves(OLD, oldId);
  const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });

  const fresh = await run(`${NEW},${OLD}`);
  expect(fresh).toMatchObject({ code: 1, stdout: "" });
  expect(fresh.stderr).toMatch(
    new RegExp(`^A server has sealed something under another key than ${newId} \\d+ seconds ago\\.\nStart all servers`),
  );
  expect(fresh.stderr).toMatch(/Nothing was sealed again\.\n$/);
  await database.rows("UPDATE key SET created_at = created_at - 120000");

  const table = (first: number, older: number) =>
    `Values by the master key that seals them:\n  ${newId}    first      ${first}\n  ${oldId}    older      ${older}\n`;
  expect(await run(`${NEW},${OLD}`, "--dry-run")).toEqual({ code: 0, stdout: table(0, 9), stderr: "" });
  expect(await run(NEW, "--dry-run")).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`  ${oldId}    not given  9\n`),
    stderr: "Some of it is sealed under no key that is given, and could not be opened.\n",
  });
  const without = await run(NEW);
  expect(without).toMatchObject({ code: 1, stdout: expect.stringMatching(/^Sealed again under .{8}: 0\.\n/) });
  expect(without.stderr.split("\n")).toHaveLength(11);
  expect(without.stderr).toMatch(/^key\.private_sealed of [\w-]+ cannot be opened\.\n/);
  expect(await run(`${NEW},${OLD}`)).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      new RegExp(`^Sealed again under ${newId}: 9\\.\n${table(9, 0)}Everything is sealed under ${newId}\\. .*\n$`),
    ),
    stderr: "",
  });
  for (const words of [["--dry"], ["--dry-run", "x"], ["x"]])
    expect(await run(NEW, ...words)).toMatchObject({
      code: 1,
      stderr: "Write: enum-id keys list | rotate token|confirmation|cookie [--at-once] | end <id> | seal [--dry-run]\n",
    });
  await database.close();
  await serves(NEW, newId);
});
