/** The operator's verbs about mails and SMS: what went to one person, and what was given up. */

import { randomBytes } from "node:crypto";
import { parseEmail, parsePhone } from "../account/identifier.ts";
import { type DeadLetter, deadLetters, dropDeadLetter, retryDeadLetter } from "../messaging/dead-letters.ts";
import { DeliveryError } from "../messaging/delivery-error.ts";
import { masked } from "../messaging/messaging.ts";
import { messagesTo } from "../messaging/store.ts";
import { createWriter } from "../messaging/templates.ts";
import { operatorsTransports } from "../messaging/transports.ts";
import { fail, type Tools, type Verb } from "./tools.ts";

export function messageVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "messages",
      words: "to <address> | test --to <address> | list | retry|drop <id>",
      what: "lists the mails or SMS of the last week to one person, or all that were given up, without their texts; sends one of these again, or deletes it; sends a test at once, and tells what the server said",
      run: (words) => messages(tools, words),
    },
  ];
}

function messages(tools: Tools, [what, named, ...more]: readonly string[]): Promise<void> | undefined {
  if (what === "test") return named === "--to" && more.length === 1 ? test(tools, more[0] ?? "") : undefined;
  if (more.length > 0) return undefined;
  if (what === "list") return named === undefined ? list(tools) : undefined;
  if (named === undefined) return undefined;
  if (what === "retry") return retry(tools, named);
  if (what === "drop") return drop(tools, named);
  return what === "to" ? to(tools, named) : undefined;
}

function to({ withDatabase }: Tools, typed: string): Promise<void> | undefined {
  const recipient = typed.includes("@") ? parseEmail(typed) : parsePhone(typed);
  if (recipient === undefined) return undefined;
  return withDatabase(async (database) => {
    const found = await messagesTo(database, recipient);
    if (found.length === 0) console.log(`In the last week nothing was sent to ${recipient}.`);
    for (const { id, channel, status, attempts, created_at, delivery, delivery_at } of found) {
      const report = delivery === null ? "" : `${delivery} ${time(delivery_at ?? created_at)}`;
      const words = [time(created_at), channel.padEnd(4), status.padEnd(7), `attempts ${attempts}`, id, report];
      console.log(words.join("  ").trimEnd());
    }
  });
}

function list({ withDatabase }: Tools): Promise<void> {
  return withDatabase(async (database) => {
    const found = await deadLetters(database);
    if (found.length === 0) console.log("In the last week no message was given up.");
    for (const letter of found) console.log(described(letter));
  });
}

function described({ id, channel, recipient, template, attempts, copies, reason, ended_at, kept }: DeadLetter): string {
  const about = `attempts ${attempts}, of which ${copies} may have arrived`;
  const can = kept ? "can be retried" : "its content is erased";
  return [time(ended_at), channel.padEnd(4), id, masked(recipient), template ?? "-", about, can, reason ?? "-"].join(
    "  ",
  );
}

function retry({ withDatabase }: Tools, id: string): Promise<void> {
  return withDatabase(async (database) => {
    const verdict = await retryDeadLetter(database, id, Date.now());
    if (verdict === "retried") return console.log(`The message ${id} waits to be sent: the server does so.`);
    fail(
      verdict === "no-words"
        ? `The content of ${id} is erased, since it had a code: the person asks for another.`
        : `No message ${id} was given up: see enum-id messages list.`,
    );
  });
}

function drop({ withDatabase }: Tools, id: string): Promise<void> {
  return withDatabase(async (database) => {
    if (await dropDeadLetter(database, id)) return console.log(`The message ${id} was deleted.`);
    fail(`No message ${id} was given up: see enum-id messages list.`);
  });
}

/** Past the outbox, so that the answer is this server's to this message; nothing is stored, and the database is not looked at. */
function test({ settings }: Tools, typed: string): Promise<void> | undefined {
  const [mail, phone] = typed.includes("@") ? [parseEmail(typed), undefined] : [undefined, parsePhone(typed)];
  if (mail === undefined && phone === undefined) return undefined;
  const { config } = settings();
  const write = createWriter(config);
  const params = { at: new Date() };
  const messageId = randomBytes(16).toString("base64url");
  const transports = operatorsTransports(config);
  const send = async (): Promise<unknown> => {
    if (mail !== undefined) {
      if (transports.mail === undefined) throw new DeliveryError("ENUM_ID_SMTP_URL is not set");
      const { subject = "", text, html } = write({ channel: "mail", template: "test", locale: "en", params });
      return transports.mail({ to: mail, subject, text, html, messageId });
    }
    if (transports.sms === undefined) throw new DeliveryError("ENUM_ID_SMS_URL is not set");
    const { text } = write({ channel: "sms", template: "phone-test", locale: "en", params });
    return transports.sms({ to: phone ?? "", text, messageId, reportToken: messageId });
  };
  return send().then(
    (said) => console.log(`It was taken, for ${mail ?? phone}. The server said: ${oneLine(said)}`),
    (error: unknown) => fail(...refusal(error)),
  );
}

function refusal(error: unknown): string[] {
  if (!(error instanceof DeliveryError))
    return [`It was not sent: ${error instanceof Error ? error.name : "unknown"}.`];
  return [
    `It was not sent: ${error.message}.`,
    ...(error.said ? [`The server said: ${oneLine(error.said)}`] : []),
    error.permanent ? "Another try would fare alike." : "A message of the outbox would be tried again.",
  ];
}

/** Whatever a server says, the terminal gets letters. */
function oneLine(said: unknown): string {
  return String(said)
    .replace(/[^\x20-\x7e\u00a0-\uffff]+/g, " ")
    .trim();
}

function time(at: number): string {
  return new Date(at).toISOString();
}
