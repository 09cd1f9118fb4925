import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { describe, expect, test } from "vitest";
import { freshFolder } from "./processes.ts";
import { outcome } from "./verbs.ts";

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("it does not listen");
  return address.port;
}

/** A real mail server, which refuses `nobody@`; with what it took. */
async function mailServer() {
  const letters: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    onRcptTo({ address }, _session, done) {
      const refusal = Object.assign(new Error("no such mailbox here"), { responseCode: 550 });
      done(address.startsWith("nobody@") ? refusal : null);
    },
    async onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      letters.push(Buffer.concat(chunks).toString());
      done(null, "queued as 4711");
    },
  });
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { letters, port: portOf(listening.address()), [Symbol.asyncDispose]: close };
}

describe("enum-id messages test", () => {
  test("sends one mail past the outbox, and says what the server said; also where it refuses", async () => {
    await using server = await mailServer();
    using folder = freshFolder();
    const env = { ENUM_ID_SMTP_URL: `smtp://127.0.0.1:${server.port}`, ENUM_ID_MAIL_FROM: "id@example.com" };
    const run = (to: string) => outcome(["messages", "test", "--to", to], { folder, env });
    const [sent, refused] = await Promise.all([run("alice@example.com"), run("nobody@example.com")]);
    expect([sent.code, sent.stderr]).toEqual([0, ""]);
    expect(sent.stdout).toContain("It was taken, for alice@example.com. The server said: 250");
    expect(sent.stdout).toContain("queued as 4711");
    expect(server.letters).toEqual([expect.stringContaining("A test of E-num's mail")]);
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toContain("It was not sent: the mail server: EENVELOPE 550.");
    expect(refused.stderr).toContain("The server said: 550 no such mailbox here");
    expect(refused.stderr).toContain("Another try would fare alike.");
  });

  test("sends one SMS, and says what the gateway said", async () => {
    const asked: string[] = [];
    const gateway = createServer((request, response) => {
      asked.push(decodeURIComponent(request.url ?? ""));
      response.end("0: Accepted\u001b[31m for delivery");
    }).listen(0, "127.0.0.1");
    await once(gateway, "listening");
    using folder = freshFolder();
    const env = {
      ENUM_ID_SMS_PROFILE: "kannel",
      ENUM_ID_SMS_URL: `http://u:hunter2@127.0.0.1:${portOf(gateway.address())}/cgi-bin/sendsms`,
    };
    const { code, stdout, stderr } = await outcome(["messages", "test", "--to", "+1 555 555-01-99"], { folder, env });
    gateway.close();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe("It was taken, for +15555550199. The server said: HTTP 200 0: Accepted [31m for delivery\n");
    expect(asked).toEqual([expect.stringContaining("A test of localhost:3000")]);
  });

  test("says what is not set, and what it wants to be told", async () => {
    using folder = freshFolder();
    const run = (...words: string[]) => outcome(["messages", "test", ...words], { folder });
    const [unset, nobody] = await Promise.all([run("--to", "alice@example.com"), run("--to", "alice")]);
    expect(unset).toMatchObject({ code: 1, stdout: "" });
    expect(unset.stderr).toContain("It was not sent: ENUM_ID_SMTP_URL is not set.");
    expect(nobody).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Write: enum-id messages /) });
  });
});
