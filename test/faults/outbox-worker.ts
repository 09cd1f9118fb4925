/**
 * The outbox's worker, a process of its own, with the real transport: sends what is due, and says `taken` when the mail server has taken one.
 * Arguments: the database's address, the mail server's, and a key in hexadecimal digits.
 */
import { randomBytes } from "node:crypto";
import { openDatabase } from "../../src/database/database.ts";
import { createMessaging } from "../../src/messaging/messaging.ts";
import { createWriter } from "../../src/messaging/templates.ts";
import { createSmtpTransport } from "../../src/messaging/transports.ts";
import { createDigester, createSealer } from "../../src/secrecy.ts";

const [url = "", smtpUrl = "", key = ""] = process.argv.slice(2);
const secret = Buffer.from(key, "hex");
const random = { bytes: (length: number) => randomBytes(length) };
const { mail } = createSmtpTransport({ smtpUrl, from: "id@example.com" });
const say = (line: string) => console.log(line);
const messaging = createMessaging({
  database: openDatabase({ url }),
  sealer: createSealer([secret], random),
  digest: createDigester(secret),
  clock: Date.now,
  random,
  transports: {
    async mail(letter) {
      await mail(letter);
      say("taken");
    },
  },
  write: createWriter({ issuer: "https://id.example.com" }),
  logger: { warn: (about: object) => say(JSON.stringify(about)), error: (about: object) => say(JSON.stringify(about)) },
});
// It looks again each second, and lives until it is ended.
setInterval(() => undefined, 60_000);
messaging.start();
await messaging.drain();
say("drained");
