import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

const SERIAL = `01${"ab".repeat(16)}`;

test("enum-id certificates lists an account's certificates and revokes one: the next list is to have it, and its owner is to be told", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
  const until = Date.now() + 3_600_000;
  await database.rows(
    "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES ('a', 'alice@example.com', '+15555550101', 'en', 0, 0)",
  );
  const run = (...args: string[]) => outcome(["certificates", ...args], { folder });
  expect(await run("list", "alice@example.com")).toMatchObject({
    code: 0,
    stdout: "alice@example.com has no certificate.\n",
  });
  await database.rows(
    "INSERT INTO certificate_authority (key_id, certificate, created_at, changes, list_number, list_changes) VALUES ('k', '', 0, 0, 0, 0)",
  );
  await database.rows(
    `INSERT INTO certificate (serial, authority, account_id, wmid, kind, key_digest, certificate, confirmation_id, issued_at, expires_at)
     VALUES (?, 'k', 'a', '301234567890', 'P-256', 'd', '', 'c', 0, ?)`,
    [SERIAL, until],
  );
  expect((await run("list", "301234567890")).stderr).toBe("There is no account 301234567890.\n");
  expect((await run("list", "alice@example.com")).stdout).toBe(
    `${SERIAL.toUpperCase()}  301234567890  P-256     valid until ${new Date(until).toISOString()}\n`,
  );
  expect(await run("revoke", SERIAL, "because")).toMatchObject({
    code: 1,
    stderr: "A reason is one of unspecified, key-compromise, superseded, no-longer-used.\n",
  });
  for (const words of [[], ["list"], ["revoke"], ["end", SERIAL], ["revoke", SERIAL, "superseded", "more"]])
    expect(await run(...words)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Write: enum-id certificates/),
    });
  const typed = SERIAL.toUpperCase().replace(/(..)(?=.)/g, "$1:");
  expect(await run("revoke", typed, "key-compromise")).toEqual({
    code: 0,
    stdout: `The certificate ${SERIAL.toUpperCase()} is revoked. The server tells its owner, and sites by its list.\nSessions by certificates of its account that were ended: 0. Sites that the server tells: 0.\n`,
    stderr: "",
  });
  expect(await database.rows("SELECT revoked_by, reason, changes FROM certificate, certificate_authority")).toEqual([
    { revoked_by: "operator", reason: "key-compromise", changes: 1 },
  ]);
  expect(await database.rows("SELECT account_id, detail FROM event WHERE type = 'certificate.revoked'")).toEqual([
    { account_id: "a", detail: JSON.stringify({ serial: SERIAL, by: "operator", reason: "key-compromise" }) },
  ]);
  expect(await database.rows("SELECT channel, recipient FROM message")).toEqual([
    { channel: "mail", recipient: "alice@example.com" },
  ]);
  expect((await run("list", "alice@example.com")).stdout).toContain("by operator (key-compromise)");
  expect(await run("revoke", SERIAL)).toMatchObject({
    code: 1,
    stderr: `There is no certificate ${SERIAL} that could be revoked: see enum-id certificates list.\n`,
  });
  await database.close();
});
