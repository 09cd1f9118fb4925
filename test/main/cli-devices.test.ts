import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

test("enum-id devices lists an account's phones, and ends one: its pad is gone, and its owner is to be told", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
  await database.rows(
    "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES ('a', 'alice@example.com', '+15555550101', 'en', 0, 0)",
  );
  const run = (...args: string[]) => outcome(["devices", ...args], { folder });
  expect(await run("list", "nobody@example.com")).toMatchObject({
    code: 1,
    stderr: "There is no account nobody@example.com.\n",
  });
  expect(await run("list", "Alice@example.com")).toMatchObject({
    code: 0,
    stdout: "alice@example.com has no phone.\n",
  });
  for (const [id, name] of [
    ["lost", "Pixel 9"],
    ["kept", "Tablet"],
  ]) {
    await database.rows(
      `INSERT INTO device (id, account_id, name, platform, status, public_jwk, pad_sealed, pad_version, created_at, activated_at)
       VALUES (?, 'a', ?, 'android', 'active', '{}', 'sealed', 1, 0, 1000)`,
      [id ?? "", name ?? ""],
    );
  }
  const { stdout } = await run("list", "alice@example.com");
  expect(stdout).toContain("lost  active   android  used 1970-01-01T00:00:01.000Z  Pixel 9\n");
  const wrong = { code: 1, stderr: expect.stringMatching(/^Write: enum-id devices list <account> \| end /) };
  for (const words of [[], ["end", "alice@example.com"], ["list"], ["remove", "alice@example.com", "lost"]])
    expect(await run(...words)).toMatchObject(wrong);
  expect(await run("end", "+15555550101", "lost")).toEqual({
    code: 0,
    stdout: "The phone lost of alice@example.com was ended. The server tells its owner.\n",
    stderr: "",
  });
  expect(await database.rows("SELECT id, status, pad_sealed, ended_by FROM device ORDER BY id")).toEqual([
    { id: "kept", status: "active", pad_sealed: "sealed", ended_by: null },
    { id: "lost", status: "revoked", pad_sealed: "", ended_by: "operator" },
  ]);
  expect(await database.rows("SELECT type, detail FROM event WHERE type LIKE 'device%'")).toEqual([
    { type: "device.revoked", detail: '{"by":"operator"}' },
  ]);
  expect(await database.rows("SELECT channel, recipient, status FROM message ORDER BY channel")).toEqual([
    { channel: "mail", recipient: "alice@example.com", status: "waiting" },
    { channel: "sms", recipient: "+15555550101", status: "waiting" },
  ]);
  expect(await run("end", "alice@example.com", "lost")).toMatchObject({
    code: 1,
    stderr: "alice@example.com has no phone lost that could be ended: see enum-id devices list.\n",
  });
  expect((await run("list", "a")).stdout).toMatch(/^kept .*\nlost +revoked +android +ended .* by operator +Pixel 9\n$/);
  await database.close();
});
