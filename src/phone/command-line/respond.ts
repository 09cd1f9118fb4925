import { type Amount, readAmount, type UnclearSign } from "../../e-num/amount.ts";
import { type Challenge, formatChallenge, parseChallenge } from "../../e-num/challenge.ts";
import { type Ok, ok } from "../../e-num/parsed.ts";
import { type LetterNeeded, type Recipient, readRecipient } from "../../e-num/purse.ts";
import { type OperationText, parseQrText } from "../../e-num/qr-text.ts";
import { type OperationStatement, type PlainMode, paymentStatement, type Statement } from "../../e-num/statement.ts";
import { type Asked, type Holder, operationAsked } from "../asked.ts";
import { respondWith } from "../phone.ts";
import { currentAccount } from "./accounts.ts";
import { enrol } from "./enrol.ts";
import { operationLines, paymentLines, responseLines } from "./lines.ts";
import { done, failed, inWords, misused, type Outcome } from "./outcome.ts";
import { askPin } from "./pin.ts";
import type { Options, PhonePorts } from "./ports.ts";
import { listed } from "./requests.ts";
import { AMOUNT, ASKED, CHALLENGE, RECIPIENT, SCANNED } from "./sentences.ts";
import { settleAmount, settleRecipient } from "./settle.ts";
import type { PhoneAccount } from "./store.ts";

type Screen = Exclude<PlainMode, "renew">;

/** As pages name the phone's screens. */
const SCREENS: Readonly<Record<Screen, string>> = {
  activate: "First response",
  login: "Log in",
  confirm: "Confirm",
};

/** A screen where only the check number is typed. */
export async function respond(
  ports: PhonePorts,
  words: readonly string[],
  options: Options,
  mode: Screen,
): Promise<Outcome<undefined>> {
  if (words.length === 0) return misused("Give the check number from the page: eight digits such as 4821 9370.");
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  const challenge = inWords(parseChallenge(words.join("")), CHALLENGE);
  if (!challenge.ok) return challenge;
  ports.terminal.say(`${SCREENS[mode]}, check number ${formatChallenge(challenge.value)}`);
  return give(ports, options, account.value, challenge.value, { mode });
}

/** The Payment screen. */
export async function pay(ports: PhonePorts, words: readonly string[], options: Options): Promise<Outcome<undefined>> {
  const [number, recipientTyped, amountTyped, ...more] = withJoinedNumber(words);
  if (number === undefined || recipientTyped === undefined || amountTyped === undefined || more.length > 0)
    return misused(
      "Give check number, purse and amount, each without spaces or in quotes: pay 48219370 Z123456789012 10.5.",
    );
  const challenge = inWords(parseChallenge(number), CHALLENGE);
  if (!challenge.ok) return challenge;
  const recipient = readRecipient(recipientTyped);
  if (!recipient.ok && recipient.reason !== "letter-needed") return failed(RECIPIENT[recipient.reason]);
  const amount = readAmount(amountTyped);
  if (!amount.ok && amount.reason !== "unclear-sign") return failed(AMOUNT[amount.reason]);
  return payFor(ports, options, challenge.value, recipient, amount);
}

/** Whatever a page shows as a QR code. */
export async function scan(ports: PhonePorts, words: readonly string[], options: Options): Promise<Outcome<undefined>> {
  const [scanned] = words;
  if (scanned === undefined) return misused("Give what the QR code says, in quotes: scan 'enum:l?c=48219370'.");
  const text = inWords(parseQrText(scanned), SCANNED);
  if (!text.ok) return text;
  switch (text.value.kind) {
    case "login":
      return respond(ports, [text.value.challenge], options, "login");
    case "payment":
      return payFor(ports, options, text.value.challenge, text.value.recipient, text.value.amount);
    case "operation":
      return approve(ports, options, text.value);
    case "enrolment":
      return enrol(ports, text.value, options);
    default:
      return text.value satisfies never;
  }
}

async function payFor(
  ports: PhonePorts,
  options: Options,
  challenge: Challenge,
  recipientRead: Ok<Recipient> | LetterNeeded,
  amountRead: Ok<Amount> | UnclearSign,
): Promise<Outcome<undefined>> {
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  const recipient = await settleRecipient(ports, options, recipientRead);
  if (!recipient.ok) return recipient;
  const amount = await settleAmount(ports, options, amountRead);
  if (!amount.ok) return amount;
  const statement = paymentStatement(recipient.value.recipient, amount.value, recipient.value.currency);
  if (!statement.ok) return failed("A WMID says no currency: give it with --currency, such as --currency WMZ.");
  ports.terminal.say("Payment");
  for (const line of paymentLines(statement.value, challenge)) ports.terminal.say(line);
  return give(ports, options, account.value, challenge, statement.value);
}

/** An operation: nothing is computed before its signature is right and its every detail is shown. */
async function approve(ports: PhonePorts, options: Options, text: OperationText): Promise<Outcome<undefined>> {
  const account = await currentAccount(ports);
  if (!account.ok) return account;
  // A code with every detail needs no network; one without takes them from the provider.
  const open = text.token === undefined ? await listed(ports, account.value) : ok({ requests: undefined });
  if (!open.ok) return open;
  const asked = inWords(await operationAsked(text, holderOf(ports, account.value), open.value.requests), ASKED);
  if (!asked.ok) return asked;
  showOperation(ports, asked.value, text.challenge);
  return give(ports, options, account.value, text.challenge, asked.value.statement);
}

export function holderOf(ports: PhonePorts, account: PhoneAccount): Holder {
  const { issuer, statement_keys: statementKeys, clock_offset: clockOffset } = account;
  return { issuer, statementKeys, now: ports.now() + clockOffset };
}

/** Every detail, and what is odd about the time. */
export function showOperation(
  { terminal }: PhonePorts,
  { statement, time = "fits" }: Asked<OperationStatement>,
  challenge: Challenge,
): void {
  terminal.say(`${statement.client.name} asks you to confirm:`);
  for (const line of operationLines(statement, challenge)) terminal.say(line);
  if (time !== "fits") terminal.say(TIMES[time]);
}

const TIMES = {
  expired: "By this phone's clock the request is over; the provider decides. Compare it with the page.",
  "not-yet-valid": "By this phone's clock the request lies in the future; check the clock. The provider decides.",
} as const;

export async function give(
  ports: PhonePorts,
  options: Options,
  account: PhoneAccount,
  challenge: Challenge,
  statement: Statement,
): Promise<Outcome<undefined>> {
  const pin = await askPin(ports, options);
  if (!pin.ok) return pin;
  const response = await respondWith(account.pad, pin.value, { challenge, statement });
  for (const line of responseLines(response)) ports.terminal.say(line);
  ports.terminal.say(
    `Type it on the page, for ${account.identifier}. If the page refuses it, check the PIN: a wrong one gives a wrong response.`,
  );
  return done;
}

/** `4821 9370` comes as two words from a shell. */
function withJoinedNumber(words: readonly string[]): readonly string[] {
  const [one = "", two = "", ...rest] = words;
  return /^[0-9]{4}$/.test(one) && /^[0-9]{4}$/.test(two) ? [one + two, ...rest] : words;
}
