import { expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { openDatabase } from "../../src/database/database.ts";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

test("enum-id accounts delete has an account deleted in two weeks or now, with a reason, and keep stops it; its owner is told", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
  await database.rows(
    "INSERT INTO account (id, email, phone, locale, created_at, updated_at) VALUES ('a', 'alice@example.com', '+15555550101', 'en', 0, 0)",
  );
  const run = (...args: string[]) => outcome(["accounts", ...args], { folder });
  const wrong = { code: 1, stderr: expect.stringMatching(/^Write: enum-id accounts import .* \| delete .* \| keep /) };
  for (const words of [["delete", "alice@example.com"], ["delete", "--now", "a"], ["keep"], ["keep", "a", "b"]])
    expect(await run(...words)).toMatchObject(wrong);
  expect(await run("delete", "nobody@example.com", "asked by letter")).toMatchObject({
    code: 1,
    stderr: "There is no account nobody@example.com.\n",
  });
  expect(await run("delete", "a", " ")).toMatchObject({ code: 1, stderr: expect.stringContaining("A reason is") });
  expect(await run("keep", "alice@example.com")).toMatchObject({
    code: 1,
    stderr: "No deletion of alice@example.com waits.\n",
  });
  const before = Date.now();
  expect(await run("delete", "alice@example.com", "asked by letter")).toEqual({
    code: 0,
    stdout:
      "The account alice@example.com is deleted in 14 days, unless its owner or you stop it. The server tells its owner, and sites.\n",
    stderr: "",
  });
  const due = await database.first<{ ends_at: number }>("SELECT ends_at FROM account");
  expect(due?.ends_at).toBeGreaterThanOrEqual(before + 14 * DAY);
  expect(await run("delete", "+15555550101", "asked again")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("waits already"),
  });
  expect(await run("keep", "a")).toMatchObject({ code: 0, stdout: expect.stringContaining("stays") });
  expect(await run("delete", "--now", "a", "a court has ordered it")).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("as soon as a server runs"),
  });
  // A server may be away for long: nothing is confirmed until the account is gone.
  expect(await database.rows("SELECT raised_by, demands, until FROM policy_raised")).toEqual([
    { raised_by: "deletion", demands: "refuse", until: null },
  ]);
  const events = await database.rows<{ type: string; detail: string }>(
    "SELECT type, detail FROM event WHERE type LIKE 'account.%' ORDER BY at, id",
  );
  expect(events.map(({ type, detail }) => ({ type, ...JSON.parse(detail) }))).toMatchObject([
    { type: "account.deletion-asked", by: "operator", reason: "asked by letter" },
    { type: "account.deletion-stopped", by: "operator" },
    { type: "account.deletion-asked", by: "operator", reason: "a court has ordered it" },
  ]);
  expect(await database.rows("SELECT channel, template FROM message ORDER BY created_at, channel")).toEqual([
    // The one that waited, and that it was stopped; of what is done at once its end alone is told.
    { channel: "mail", template: "account-deletion" },
    { channel: "sms", template: "phone-account-deletion" },
    { channel: "mail", template: "account-deletion" },
    { channel: "sms", template: "phone-account-deletion" },
  ]);
  await database.close();
});
