import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { describe, expect, test } from "vitest";
import { DeliveryError } from "../../src/messaging/delivery-error.ts";
import { chooseTransports, createOutboxPageTransport, createSmtpTransport } from "../../src/messaging/transports.ts";

const LETTER = { to: "alice@example.com", subject: "48219370 — ваш код", text: "Ваш код 48219370\n", messageId: "abc" };
const SMS = { to: "+79161234567", text: "code 48219370", messageId: "abc", reportToken: "def" };
const FROM = "E-num ID <id@example.com>";

interface Listener extends AsyncDisposable {
  port: number;
}

/** A real mail server that keeps what it gets. */
async function mailServer(options: SMTPServerOptions = {}) {
  const letters: { from: unknown; to: string[]; source: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    closeTimeout: 1,
    async onData(stream, session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      const { mailFrom, rcptTo } = session.envelope;
      const to = rcptTo.map(({ address }) => address);
      letters.push({ from: mailFrom ? mailFrom.address : undefined, to, source: Buffer.concat(chunks).toString() });
      done();
    },
    ...options,
  });
  // What goes wrong with one connection is told to the client; that is what the tests look at.
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const port = portOf(listening.address());
  const sockets = new Set<Socket>();
  listening.on("connection", (socket: Socket) => sockets.add(socket));
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  const close = () => {
    hangUp();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { letters, port, hangUp, [Symbol.asyncDispose]: close };
}

async function gateway(answer: RequestListener): Promise<Listener> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = portOf(server.address());
  const close = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, [Symbol.asyncDispose]: close };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === "string") throw new Error("it does not listen on a port");
  return address.port;
}

async function failureOf(work: Promise<unknown> | undefined): Promise<string> {
  return (await deliveryErrorOf(work)).message;
}

async function deliveryErrorOf(work: Promise<unknown> | undefined): Promise<DeliveryError> {
  const error: unknown = await work?.catch((thrown: unknown) => thrown);
  if (!(error instanceof DeliveryError)) throw new Error(`no DeliveryError: ${error}`);
  return error;
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  await using listener = await gateway(() => undefined);
  return listener.port;
}

describe("mail by SMTP", () => {
  test("arrives with sender, subject and text in any script, and one id for all attempts", async () => {
    await using server = await mailServer();
    const { mail } = createSmtpTransport({ smtpUrl: `smtp://127.0.0.1:${server.port}`, from: FROM });
    await mail(LETTER);
    await mail(LETTER);
    const [first, second] = server.letters;
    expect(first).toMatchObject({ from: "id@example.com", to: ["alice@example.com"] });
    expect(first?.source).toContain('From: "E-num ID" <id@example.com>');
    expect(first?.source).toContain("Auto-Submitted: auto-generated");
    expect(first?.source).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(decodedBody(first?.source ?? "")).toContain("Ваш код 48219370");
    for (const letter of [first, second]) expect(letter?.source).toContain("Message-ID: <abc@example.com>");
  });

  test("with HTML goes as two forms of one letter, the text first", async () => {
    await using server = await mailServer();
    const { mail } = createSmtpTransport({ smtpUrl: `smtp://127.0.0.1:${server.port}`, from: FROM });
    await mail({ ...LETTER, html: "<p>hello</p>" });
    const source = server.letters[0]?.source ?? "";
    expect(source).toMatch(/^Content-Type: multipart\/alternative;/m);
    expect(source.indexOf("text/plain")).toBeLessThan(source.indexOf("text/html"));
    expect(source).toContain("<p>hello</p>");
  });

  test.each([
    "alice@example.com, bob@example.com",
    "alice@example.com\r\nBcc: bob@example.com",
    "Alice <bob@example.com>",
  ])("never goes to an address that could be more than one (%j)", async (to) => {
    await using server = await mailServer();
    const { mail } = createSmtpTransport({ smtpUrl: `smtp://127.0.0.1:${server.port}`, from: FROM });
    await failureOf(mail({ ...LETTER, to }));
    expect(server.letters).toEqual([]);
  });

  test("that the server refuses fails with its code, and without the address", async () => {
    await using server = await mailServer({
      onRcptTo: ({ address }, _, done) => done(Object.assign(new Error(`no ${address} here`), { responseCode: 550 })),
    });
    const { mail } = createSmtpTransport({ smtpUrl: `smtp://127.0.0.1:${server.port}`, from: FROM });
    expect(await failureOf(mail(LETTER))).toBe("the mail server: EENVELOPE 550");
  });

  test.each([
    ["550 to the recipient", "onRcptTo", 550, true],
    ["452 to the recipient", "onRcptTo", 452, false],
    ["553 to the sender", "onMailFrom", 553, true],
    ["554 to the letter", "onData", 554, true],
    ["451 to the letter", "onData", 451, false],
    ["554 to the greeting", "onConnect", 554, false],
  ] as const)(
    "that is answered with %s is given up at once only where it would be refused again",
    async (_t, at, code, permanent) => {
      const refusal = Object.assign(new Error("no"), { responseCode: code });
      await using server = await mailServer(
        at === "onData"
          ? { onData: (stream, _session, done) => void stream.resume().on("end", () => done(refusal)) }
          : at === "onConnect"
            ? { onConnect: (_session, done) => done(refusal) }
            : { [at]: (_address: unknown, _session: unknown, done: (error: Error) => void) => done(refusal) },
      );
      const { mail } = createSmtpTransport({ smtpUrl: `smtp://127.0.0.1:${server.port}`, from: FROM });
      const error = await deliveryErrorOf(mail(LETTER));
      expect(error.message).toContain(` ${code}`);
      expect(error).toMatchObject({ permanent, certain: true });
    },
  );

  test.each(["falls silent", "hangs up"])(
    "to a server that %s after the letter may have arrived, and is tried again",
    async (what) => {
      let hangUp = () => {};
      const taken = () => (what === "hangs up" ? hangUp() : undefined);
      await using server = await mailServer({ onData: (stream) => void stream.resume().on("end", taken) });
      hangUp = server.hangUp;
      const smtpUrl = `smtp://127.0.0.1:${server.port}`;
      const { mail } = createSmtpTransport({ smtpUrl, from: FROM, patience: 500 });
      expect(await deliveryErrorOf(mail(LETTER))).toMatchObject({ permanent: false, certain: false });
    },
  );

  test("to a server that never greets fails, and is tried again", async () => {
    await using server = await mailServer({ onConnect: () => undefined });
    const smtpUrl = `smtp://127.0.0.1:${server.port}`;
    const { mail } = createSmtpTransport({ smtpUrl, from: FROM, patience: 500 });
    expect(await deliveryErrorOf(mail(LETTER))).toMatchObject({ permanent: false });
  });

  test("fails when the server is not there or the password is wrong", async () => {
    const away = createSmtpTransport({ smtpUrl: `smtp://127.0.0.1:${await closedPort()}`, from: FROM });
    const unreached = await deliveryErrorOf(away.mail(LETTER));
    expect(unreached.message).toMatch(/^the mail server: E[A-Z]+$/);
    expect(unreached).toMatchObject({ permanent: false, certain: true });
    await using server = await mailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error("no")),
    });
    const wrong = createSmtpTransport({ smtpUrl: `smtp://id:hunter2@127.0.0.1:${server.port}`, from: FROM });
    expect(await failureOf(wrong.mail(LETTER))).toBe("the mail server: EAUTH 535");
  });
});

describe("the outbox page", () => {
  test("has the last fifty messages, the newest first, and each was a line in the log", async () => {
    const lines: string[] = [];
    const outbox = createOutboxPageTransport({ clock: () => 7, print: (line) => lines.push(line) });
    for (let count = 1; count <= 60; count += 1) await outbox.sms({ ...SMS, text: `code ${count}\n\n@host` });
    await outbox.mail(LETTER);
    expect(outbox.recent()).toHaveLength(50);
    expect(outbox.recent().slice(0, 2)).toEqual([
      { channel: "mail", to: LETTER.to, subject: LETTER.subject, text: LETTER.text, at: 7 },
      { channel: "sms", to: "+79161234567", subject: undefined, text: "code 60\n\n@host", at: 7 },
    ]);
    expect(lines.at(-2)).toBe("sms to +79161234567: code 60 @host");
    expect(lines).toHaveLength(61);
  });
});

describe("what is chosen", () => {
  const clock = () => 0;
  const print = () => undefined;
  const mail = { smtpUrl: "smtp://127.0.0.1:1", from: FROM };
  const issuer = "https://id.example.com";
  const sms = { profile: "kannel" as const, url: "http://u:p@127.0.0.1:1/cgi-bin/sendsms", from: undefined };

  test("in production is what the operator has set, and nothing else", () => {
    expect(
      chooseTransports({ config: { production: true, mail: undefined, sms: undefined, issuer }, clock, print }),
    ).toEqual({
      transports: {},
      outbox: undefined,
    });
    const { transports, outbox } = chooseTransports({
      config: { production: true, mail, sms: undefined, issuer },
      clock,
      print,
    });
    expect(Object.keys(transports)).toEqual(["mail"]);
    expect(outbox).toBeUndefined();
  });

  test("in development the outbox page takes the place of what is not set", async () => {
    const { transports, outbox } = chooseTransports({
      config: { production: false, mail, sms: undefined, issuer },
      clock,
      print,
    });
    await transports.sms?.({ ...SMS, text: "hello" });
    expect(outbox?.recent().map(({ channel }) => channel)).toEqual(["sms"]);
    expect(transports.mail).not.toBe(outbox?.mail);
    const both = chooseTransports({ config: { production: false, mail, sms, issuer }, clock, print });
    expect(both.outbox).toBeUndefined();
  });
});

function decodedBody(source: string): string {
  const [head = "", ...body] = source.split("\r\n\r\n");
  const text = body.join("\r\n\r\n");
  if (/Content-Transfer-Encoding: base64/i.test(head)) return Buffer.from(text, "base64").toString();
  const bytes = text
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
