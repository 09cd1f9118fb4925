import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

test("enum-id messages shows what was given up without its words, sends it again or deletes it", async () => {
  using folder = freshFolder();
  await outcome(["migrate"], { folder });
  const database = openDatabase({ url: `sqlite:${folder.path}/var/enum-id.sqlite` });
  const run = (...args: string[]) => outcome(["messages", ...args], { folder });
  expect(await run("list")).toEqual({ code: 0, stdout: "In the last week no message was given up.\n", stderr: "" });
  for (const [id, template, content, status] of [
    ["news", "device-activated", "sealed words", "failed"],
    ["code", "email-code", null, "failed"],
    ["waits", "device-activated", "sealed words", "waiting"],
  ] as const) {
    await database.rows(
      `INSERT INTO message (id, channel, recipient, content_sealed, status, attempts, next_at, created_at, ended_at, template, copies, reason)
       VALUES (?, 'mail', 'alice@example.com', ?, ?, 3, 1000, 0, 1000, ?, 1, 'the mail server: EENVELOPE 550')`,
      [id, content, status, template],
    );
  }
  const { stdout } = await run("list");
  expect(stdout.trimEnd().split("\n").sort()).toEqual([
    "1970-01-01T00:00:01.000Z  mail  code  a***@example.com  email-code  attempts 3, of which 1 may have arrived  its content is erased  the mail server: EENVELOPE 550",
    "1970-01-01T00:00:01.000Z  mail  news  a***@example.com  device-activated  attempts 3, of which 1 may have arrived  can be retried  the mail server: EENVELOPE 550",
  ]);
  expect(await run("retry", "news")).toMatchObject({
    code: 0,
    stdout: "The message news waits to be sent: the server does so.\n",
  });
  expect(await run("retry", "code")).toMatchObject({
    code: 1,
    stderr: "The content of code is erased, since it had a code: the person asks for another.\n",
  });
  expect(await run("drop", "code")).toMatchObject({ code: 0, stdout: "The message code was deleted.\n" });
  const none = (id: string) => ({ code: 1, stderr: `No message ${id} was given up: see enum-id messages list.\n` });
  expect(await run("drop", "waits")).toMatchObject(none("waits"));
  expect(await run("retry", "code")).toMatchObject(none("code"));
  expect(await database.rows("SELECT id, status, content_sealed FROM message ORDER BY id")).toEqual([
    { id: "news", status: "waiting", content_sealed: "sealed words" },
    { id: "waits", status: "waiting", content_sealed: "sealed words" },
  ]);
  await database.close();
});
