import { expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { openDatabase } from "../../src/database/database.ts";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

test("enum-id recovery lists cases, shows what is known without telling it whole, and takes nobody's word without name and reason", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
  const run = (...args: string[]) => outcome(["recovery", ...args], { folder });
  expect(await run("list")).toEqual({ code: 0, stdout: "There is no case.\n", stderr: "" });
  await database.rows(
    "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES ('a', 'alice@example.com', '+15555550101', 'en', 0, 0)",
  );
  await database.rows("INSERT INTO account_wmid (wmid, account_id, created_at) VALUES ('301234567890', 'a', 0)");
  await database.rows(
    "INSERT INTO event (id, at, type, account_id, detail) VALUES ('e', ?, 'contact.changed', 'a', '{}')",
    [Date.now() - DAY],
  );
  const until = Date.now() + 30 * DAY;
  for (const [id, kind, value, account] of [
    ["7K2MQX4T", "email", "alice@example.com", "a"],
    ["9WBA3FZC", "wmid", "309999999999", null],
  ])
    await database.rows(
      `INSERT INTO recovery_case (id, code_digest, kind, value, account_id, status, created_at, expires_at)
       VALUES (?, 'd', ?, ?, ?, 'open', 1000, ?)`,
      [id ?? "", kind ?? "", value ?? "", account ?? null, until],
    );
  expect((await run("list")).stdout.split("\n")).toEqual([
    "7K2M-QX4T  1970-01-01T00:00:01.000Z  open     a•••@example.com  a",
    "9WBA-3FZC  1970-01-01T00:00:01.000Z  open     309•••••99  no such account",
    "",
  ]);
  const { stdout } = await run("show", "7k2m qx4t");
  for (const known of [
    "e-mail a•••@example.com, phone number +15•••••01",
    "301•••••••90",
    "codes left: 0",
    "contact.changed",
  ])
    expect(stdout).toContain(known);
  for (const whole of ["alice@example.com", "+15555550101", "301234567890"]) expect(stdout).not.toContain(whole);
  expect((await run("show", "9WBA-3FZC")).stdout).toContain("no account's");

  for (const words of [
    [],
    ["show"],
    ["allow", "7K2M-QX4T"],
    ["allow", "7K2M-QX4T", "ann"],
    ["refuse", "7K2M-QX4T", "ann"],
    ["list", "x"],
  ])
    expect(await run(...words)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Write: enum-id recovery/) });
  for (const [name, why] of [
    [" ", "seen"],
    ["ann", " "],
    ["ann", "two\nlines"],
    ["ann", "x".repeat(201)],
  ] as const)
    expect(await run("allow", "7K2M-QX4T", name, why)).toMatchObject({
      code: 1,
      stderr: "Your name and the reason are one line each, of 1 to 200 characters.\n",
    });
  expect(await database.rows("SELECT id FROM recovery_wait")).toEqual([]);

  const allowed = await run("allow", "7K2M-QX4T", "ann", "Passport seen");
  expect(allowed.stdout).toMatch(/^The case 7K2M-QX4T is allowed: from 20\S+Z on the account can be recovered\.\n/);
  expect(await run("allow", "7K2M-QX4T", "ann", "Again")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("was decided before"),
  });
  expect(await run("allow", "9WBA-3FZC", "ann", "Seen")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("of no account"),
  });
  expect(await run("allow", "AAAA-AAAA", "ann", "Seen")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("There is no case"),
  });
  expect((await run("show", "7K2M-QX4T")).stdout).toContain("Passport seen");
  expect(await database.rows("SELECT channel, recipient FROM message ORDER BY channel")).toEqual([
    { channel: "mail", recipient: "alice@example.com" },
    { channel: "sms", recipient: "+15555550101" },
  ]);
  expect(await run("refuse", "7K2M-QX4T", "bea", "The owner has called")).toMatchObject({
    code: 0,
    stdout: "The case 7K2M-QX4T is refused. What waited of it is stopped.\n",
  });
  expect(await database.rows("SELECT status FROM recovery_wait")).toEqual([{ status: "stopped" }]);
  const events = await database.rows<{ type: string; detail: string }>(
    "SELECT type, detail FROM event WHERE type LIKE 'recovery.case-%' ORDER BY at, id",
  );
  expect(events.map(({ type, detail }) => ({ type, ...JSON.parse(detail) }))).toMatchObject([
    { type: "recovery.case-allowed", operator: "ann", why: "Passport seen" },
    { type: "recovery.case-refused", operator: "bea", why: "The owner has called" },
  ]);
  await database.close();
});
