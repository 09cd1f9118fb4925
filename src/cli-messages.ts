/** The operator's verbs about mails and SMS: what went to one person, and what was given up. */
import { parseEmail, parsePhone } from "./account/identifier.ts";
import { fail, type Tools, type Verb } from "./cli-tools.ts";
import { type DeadLetter, deadLetters, dropDeadLetter, retryDeadLetter } from "./messaging/dead-letters.ts";
import { masked } from "./messaging/messaging.ts";
import { messagesTo } from "./messaging/store.ts";

export function messageVerbs(tools: Tools): Verb[] {
  return [
    {
      verb: "messages",
      words: "to <e-mail or phone> | list | retry <id> | drop <id>",
      what: "lists the mails or SMS of the last week to one person, or all that were given up, without their texts; sends one of these again, or deletes it",
      run: (words) => messages(tools, words),
    },
  ];
}

function messages(tools: Tools, [what, named, ...more]: readonly string[]): Promise<void> | undefined {
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

function time(at: number): string {
  return new Date(at).toISOString();
}
