import { randomBytes } from "node:crypto";
import { MINUTE } from "../../src/clock.ts";
import type { Database } from "../../src/database/database.ts";
import type { Message } from "../../src/messaging/messages.ts";
import { createMessaging } from "../../src/messaging/messaging.ts";
import type { Sms } from "../../src/messaging/sms-gateway.ts";
import type { Mail, Transports } from "../../src/messaging/transports.ts";
import { createDigester, createSealer } from "../../src/secrecy.ts";

const random = { bytes: (length: number) => randomBytes(length) };
export const digest = createDigester(randomBytes(32));
const sealer = createSealer([randomBytes(32)], random);
export const CODE = "48219370";
export const START = 1_795_392_000_000;
/** As a code by SMS, which lives the shortest. */
export const EXPIRY = START + 5 * MINUTE;
export const MAIL: Message = {
  channel: "mail",
  to: "alice@example.com",
  locale: "en",
  template: "email-code",
  params: { code: CODE },
  expiresAt: EXPIRY,
};
export const SMS: Message = {
  channel: "sms",
  to: "+79161234567",
  locale: "en",
  template: "phone-code",
  params: { code: CODE },
  expiresAt: EXPIRY,
};

/** What tells of a change, and has no code that would expire. */
export const NEWS: Message = {
  channel: "mail",
  to: "alice@example.com",
  locale: "en",
  template: "device-activated",
  params: { device: "My phone", at: new Date(START) },
};

export interface Row {
  status: string;
  attempts: number;
  content_sealed: string | null;
}

/** A node over a database: what it sent, what it logged, and a clock that is moved by hand. */
export function node(database: Database, transports?: Transports) {
  const sent: (Mail | Sms)[] = [];
  const log: string[] = [];
  const keep = async (message: Mail | Sms) => {
    sent.push(message);
  };
  const note = (about: object, words?: string) => void log.push(`${JSON.stringify(about)} ${words}`);
  const state = { sent, log, now: START };
  const messaging = createMessaging({
    database,
    sealer,
    digest,
    random,
    clock: () => state.now,
    transports: transports ?? { mail: keep, sms: keep },
    write: (message) => ({ subject: message.template, text: `your code is ${CODE}` }),
    logger: { warn: note, error: note },
  });
  return Object.assign(state, { messaging });
}

export function rowsOf(database: Database): Promise<Row[]> {
  return database.rows<Row>("SELECT status, attempts, content_sealed FROM message ORDER BY created_at");
}
