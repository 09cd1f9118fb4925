/**
 * The phone on the command line.
 *
 * Owns one person's accounts on this machine and the verbs of the command line.
 * Control enters by `runPhone` with the words of one command, and leaves with the exit code; every failure is one plain sentence.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { answer } from "./answer.ts";
import { activate } from "./enrol.ts";
import { accounts, admit, status, unlink, use } from "./manage.ts";
import { misused, type Outcome } from "./outcome.ts";
import type { Options, PhonePorts } from "./ports.ts";
import { renew } from "./renew.ts";
import { decline, requests, watch } from "./requests.ts";
import { pay, respond, scan } from "./respond.ts";

const USAGE = `The E-num phone on the command line:  npm run phone -- <verb> ...

  activate <e-mail> <code>              put an account on this phone   [--issuer http://localhost:3000] [--name "My laptop"]
  activate '<enum: text>'               the same from a scanned code
  first <check number>                  the first response, for the enrolment page
  login <check number>                  Log in
  confirm <check number>                Confirm
  pay <check number> <purse> <amount>   Payment   [--currency WMZ for a WMID]
  scan '<enum: text>'                   whatever a page shows as a QR code
  requests                              what is open: who asks, from where, in which browser
  watch                                 the same, again whenever it changes
  answer <request> <check number>       answer by itself, by a number in the list; a browser that the account knows goes on
  decline <request> <reason>            not_me, wrong_details or changed_mind
  accounts                              what is on this phone
  use <e-mail>                          choose the account for the next verbs   [--issuer ...]
  status                                ask the provider about this device
  renew                                 take a new pad, with a new PIN   [--new-pin 314159]
  admit                                 let a new browser in, after too many wrong responses elsewhere
  unlink                                remove this device from the account

The PIN is asked for; where nobody can be asked, give --pin 271828 or ENUM_PHONE_PIN.
With --yes a doubtful amount is taken with its sign as the decimal sign.`;

const OPTIONS = {
  issuer: { type: "string" },
  name: { type: "string" },
  pin: { type: "string" },
  "new-pin": { type: "string" },
  currency: { type: "string" },
  yes: { type: "boolean" },
  help: { type: "boolean" },
} as const;

/** 0: done; 1: it went wrong; 2: the command was wrong. The sentence that says so goes to `complain`. */
export async function runPhone(
  words: readonly string[],
  ports: PhonePorts,
  complain: (line: string) => void,
): Promise<number> {
  const outcome = await dispatch(words, ports);
  if (outcome.ok) return 0;
  complain(outcome.sentence);
  return outcome.usage ? 2 : 1;
}

async function dispatch(words: readonly string[], ports: PhonePorts): Promise<Outcome<unknown>> {
  const command = parseCommand(words);
  if (!command.ok) return command;
  const { verb, rest, options } = command.value;
  switch (verb) {
    case undefined:
    case "help":
      return { ok: true, value: ports.terminal.say(USAGE) };
    case "activate":
      return activate(ports, rest, options);
    case "first":
      return respond(ports, rest, options, "activate");
    case "login":
    case "confirm":
      return respond(ports, rest, options, verb);
    case "pay":
      return pay(ports, rest, options);
    case "scan":
      return scan(ports, rest, options);
    case "requests":
      return requests(ports);
    case "watch":
      return watch(ports);
    case "answer":
      return answer(ports, rest, options);
    case "decline":
      return decline(ports, rest);
    case "renew":
      return renew(ports, options);
    case "accounts":
      return accounts(ports);
    case "use":
      return use(ports, rest, options);
    case "status":
      return status(ports);
    case "admit":
      return admit(ports);
    case "unlink":
      return unlink(ports);
    default:
      return misused(`This phone has no verb "${verb}": run it without words to see which there are.`);
  }
}

/** One request's id in 64 begins as an option does, and so does an amount below zero; no option has a digit after its one dash. */
const NO_OPTION_BUT = /^-(?:[\w-]{21}|[\d.,]+)$/;
const NO_OPTION = " ";

type Command = { readonly verb: string | undefined; readonly rest: readonly string[]; readonly options: Options };

function parseCommand(words: readonly string[]): Outcome<Command> {
  try {
    const args = words.map((word) => (NO_OPTION_BUT.test(word) ? `${NO_OPTION}${word}` : word));
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const { help, ...options } = values;
    const [verb, ...rest] = positionals.map((word) => (word.startsWith(NO_OPTION) ? word.slice(1) : word));
    return { ok: true, value: { verb: help ? "help" : verb, rest, options } };
  } catch (error) {
    // Node's own sentence names the option; what follows its first full stop is advice on quoting.
    const [sentence] = String(error instanceof Error ? error.message : error).split(". ");
    return misused(`${sentence}: run the phone without words to see what it takes.`);
  }
}
