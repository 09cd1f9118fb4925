import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { SMTPServer } from "smtp-server";
import { describe, expect, test, vi } from "vitest";
import type { Database, Engine } from "../../src/database/database.ts";
import { createMessaging } from "../../src/messaging/messaging.ts";
import { createWriter } from "../../src/messaging/templates.ts";
import { createDigester, createSealer } from "../../src/secrecy.ts";
import { freshFolder, launch } from "../main/processes.ts";
import { freshDatabase } from "../support/databases.ts";

const WORKER = fileURLToPath(new URL("./outbox-worker.ts", import.meta.url));
const NAME = "outbox-worker";
/** Decision 0038: so many may reach a person. */
const COPIES = 3;
/** Six processes start, on a machine that may be busy. */
const TIMEOUT = 90_000;
const KEY = randomBytes(32);
const random = { bytes: (length: number) => randomBytes(length) };

/** A real mail server; before it says that it has taken a letter, `before` happens. */
async function mailServer(before: () => Promise<void>) {
  const letters: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    logger: false,
    async onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      letters.push(Buffer.concat(chunks).toString());
      await before();
      done();
    },
  });
  // The connection of a process that is killed.
  server.on("error", () => undefined);
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  if (address === null || typeof address === "string") throw new Error("the mail server does not listen");
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { letters, url: `smtp://127.0.0.1:${address.port}`, [Symbol.asyncDispose]: close };
}

/** While it is held, nobody else can note anything of the message; what has come in this way is taken back. */
async function hold(database: Database, id: string): Promise<() => Promise<void>> {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { promise: held, resolve: hasIt } = Promise.withResolvers<void>();
  const holding = database
    .transaction(async (sql) => {
      await sql.rows("UPDATE message SET reason = reason WHERE id = ? RETURNING id", [id]);
      hasIt();
      await released;
      throw new Error("taken back");
    })
    .catch(() => undefined);
  await held;
  return async () => {
    release();
    await holding;
  };
}

/** A database with a message that waits, and ways to have a worker die over it or live. */
async function stage(engine: Engine) {
  const fresh = await freshDatabase(engine);
  const { database } = fresh;
  const folder = freshFolder();
  const messaging = createMessaging({
    ...{ database, random, clock: Date.now, transports: {}, logger: { warn: () => undefined, error: () => undefined } },
    ...{ sealer: createSealer([KEY], random), digest: createDigester(KEY) },
    write: createWriter({ issuer: "https://id.example.com" }),
  });
  const id = "message-of-alice";
  const params = { device: "My phone", at: new Date() };
  await database.transaction((sql) =>
    messaging.enqueue(
      sql,
      { channel: "mail", to: "alice@example.com", locale: "en", template: "device-activated", params },
      id,
    ),
  );
  let dying = true;
  let letGo: (() => Promise<void>) | undefined;
  const server = await mailServer(async () => {
    if (dying) letGo = await hold(database, id);
  });
  const url = engine === "sqlite" ? fresh.url : `${fresh.url}?application_name=${NAME}`;
  const start = () => launch([WORKER, url, server.url, KEY.toString("hex")], folder);

  /** What the dead have sent to PostgreSQL is not to be done after them. */
  const buried = async () => {
    if (engine === "sqlite") return;
    const others = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = ?";
    await database.rows(`SELECT pg_terminate_backend(pid) ${others}`, [NAME]);
    await vi.waitFor(async () => expect(await database.rows(`SELECT pid ${others}`, [NAME])).toEqual([]), {
      timeout: 20_000,
    });
  };
  return {
    letters: server.letters,
    /** A worker sends, the server takes it and says so, and the worker is killed before it can note that. */
    async die() {
      dying = true;
      using worker = start();
      await worker.wrote("taken");
      worker.child.kill("SIGKILL");
      await worker.ended;
      await buried();
      await letGo?.();
      // As if the minute had passed for which the dead one has claimed it.
      await database.rows("UPDATE message SET next_at = 0 WHERE id = ? RETURNING id", [id]);
    },
    /** A worker that lives, until it has tried all that is due. */
    async live() {
      dying = false;
      using worker = start();
      await worker.wrote("drained");
    },
    row: () =>
      database.first<{ status: string; copies: number; attempts: number; reason: string | null }>(
        "SELECT status, copies, attempts, reason FROM message WHERE id = ?",
        [id],
      ),
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await fresh[Symbol.asyncDispose]();
    },
  };
}

const messageIds = (letters: readonly string[]) =>
  new Set(letters.map((letter) => /^message-id: (.*)$/im.exec(letter)?.[1]?.trim()));

export function outboxSuite(engine: Engine): void {
  describe("kill -9 of a worker, after the mail server has taken a letter and before that is noted", () => {
    test(
      "loses nothing: the next worker sends it again, under the same Message-ID",
      async () => {
        await using on = await stage(engine);
        await on.die();
        expect(await on.row()).toMatchObject({ status: "waiting", copies: 1, attempts: 1 });
        await on.live();
        expect(await on.row()).toMatchObject({ status: "sent", copies: 2, attempts: 2 });
        expect(on.letters).toHaveLength(2);
        expect(messageIds(on.letters)).toEqual(new Set(["<message-of-alice@example.com>"]));
        await on.live();
        expect(on.letters).toHaveLength(2);
      },
      TIMEOUT,
    );

    test(
      `again and again, sends ${COPIES} copies at most, under one Message-ID, and then gives it up`,
      async () => {
        await using on = await stage(engine);
        for (let copy = 1; copy <= COPIES; copy += 1) {
          await on.die();
          expect(await on.row()).toMatchObject({ status: "waiting", copies: copy });
        }
        await on.live();
        expect(on.letters).toHaveLength(COPIES);
        expect(messageIds(on.letters).size).toBe(1);
        expect(await on.row()).toMatchObject({ status: "failed", reason: "three copies may have arrived" });
      },
      TIMEOUT,
    );
  });
}
