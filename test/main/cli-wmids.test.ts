import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

const WMID = "301234567890";

test("enum-id wmids adds one to an account and removes it with its certificates, keeps who did it and why, and has the owner told", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
  await database.rows(
    `INSERT INTO account (id, email, phone, locale, created_at, updated_at)
     VALUES ('a', 'alice@example.com', '+15555550101', 'en', 0, 0), ('b', 'bob@example.com', '+15555550102', 'en', 0, 0)`,
  );
  const run = (...args: string[]) => outcome(["wmids", ...args], { folder });
  const by = ["--by=Olga", "--reason=Ticket 4711"];
  const said = { by: "operator", operator: { name: "Olga", reason: "Ticket 4711" } };
  expect((await run("list", "alice@example.com")).stdout).toBe("alice@example.com has no WMID.\n");
  expect(await run("add", "alice@example.com", "3012-3456-7890", ...by)).toEqual({
    code: 0,
    stdout: `The WMID ${WMID} was added to alice@example.com. The server tells its owner.\n`,
    stderr: "",
  });
  expect((await run("list", WMID)).stdout).toBe(`${WMID}\n`);
  expect(await run("add", "bob@example.com", WMID, ...by)).toMatchObject({
    code: 1,
    stderr: `The WMID ${WMID} belongs to another account, a.\n`,
  });
  for (const words of [[], ["list"], ["add", "a"], ["add", "a", WMID], ["remove", "a", WMID, "--reason=why"]])
    expect(await run(...words)).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Write: enum-id wmids/) });
  expect((await run("add", "a", "12", ...by)).stderr).toBe("12 is no WMID: it has 12 digits.\n");
  expect((await run("add", "a", WMID, "--by=Olga", "--reason=")).stderr).toContain("--reason is one line");
  await database.rows(
    "INSERT INTO certificate_authority (key_id, certificate, created_at, changes, list_number, list_changes) VALUES ('k', '', 0, 0, 0, 0)",
  );
  await database.rows(
    `INSERT INTO certificate (serial, authority, account_id, wmid, kind, key_digest, certificate, confirmation_id, issued_at, expires_at)
     VALUES ('01', 'k', 'a', ?, 'P-256', 'd', '', 'c', 0, ?)`,
    [WMID, Date.now() + 3_600_000],
  );
  // A sign-in that is proven, and has opened no session yet.
  await database.rows(
    `INSERT INTO sms_code (context, subject, account_id, counter, purpose, status, sent, code_digest, tries, wrong, message_id, sent_at,
       code_expires_at, expires_at)
     VALUES ('x', 'a', 'a', 'a', 'login', 'answered', 1, 'd', 0, 0, 'm', 0, ?, ?)`,
    [Date.now() + 3_600_000, Date.now() + 3_600_000],
  );
  expect((await run("remove", "a", WMID, ...by)).stdout).toBe(
    `The WMID ${WMID} was removed from alice@example.com. The server tells its owner.\nCertificates that were revoked: 1. The sessions that certificates have opened are ended.\n`,
  );
  expect(await database.rows("SELECT status FROM sms_code")).toEqual([{ status: "declined" }]);
  expect(await run("remove", "a", WMID, ...by)).toMatchObject({
    code: 1,
    stderr: `alice@example.com has no WMID ${WMID}: see enum-id wmids list.\n`,
  });
  const events = await database.rows<{ type: string; detail: string }>(
    "SELECT type, detail FROM event WHERE type LIKE 'wmid.%' ORDER BY at",
  );
  expect(events.map(({ type, detail }) => [type, JSON.parse(detail)])).toEqual([
    ["wmid.added", { wmid: WMID, ...said }],
    ["wmid.removed", { wmid: WMID, ...said, certificates: 1 }],
  ]);
  expect(await database.rows("SELECT recipient FROM message")).toEqual(
    Array.from({ length: 3 }, () => ({ recipient: "alice@example.com" })),
  );
  await database.close();
});
