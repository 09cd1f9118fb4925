import { html, nothing, type TemplateResult } from "lit-html";
import { type Amount, readAmount, type TypedAmountReason, type UnclearSign } from "../../../e-num/amount.ts";
import { type Challenge, type ChallengeReason, formatChallenge, parseChallenge } from "../../../e-num/challenge.ts";
import { type LetterNeeded, readRecipient, type TypedRecipientReason } from "../../../e-num/purse.ts";
import type { PaymentText } from "../../../e-num/qr-text.ts";
import { type PaymentStatement, paymentStatement } from "../../../e-num/statement.ts";
import type { App } from "../app.ts";
import { ask } from "../asking.ts";
import { field } from "../parts/field.ts";
import { back, form, type Values } from "../parts/form.ts";
import { heading } from "../parts/heading.ts";
import { chosenRecipient, whatIsIt, whichAmount } from "../parts/unclear.ts";
import { who } from "../parts/who.ts";

/** Check number, amount and payee, as they are typed; what can be read in more than one way is asked about. */
export type PaymentScreen = {
  readonly name: "payment";
  readonly device: string;
  readonly errors: {
    readonly number?: ChallengeReason;
    readonly amount?: TypedAmountReason;
    readonly recipient?: TypedRecipientReason;
  };
  readonly unclear?: UnclearSign;
  readonly letter?: LetterNeeded;
  /** A question above was left open. */
  readonly unchosen?: true;
  /** What a code has said or was typed before, to be begun with. */
  readonly given?: { readonly number: string; readonly amount: string; readonly recipient: string };
  /** By a code, and which request it names. */
  readonly scanned?: { readonly request?: string };
};

export function newPayment(device: string): PaymentScreen {
  return { name: "payment", device, errors: {} };
}

/** A code that can be read in more than one way: that is asked about at once, with the rest filled in. */
export function doubtfulPayment(device: string, { challenge, amount, recipient, request }: PaymentText): PaymentScreen {
  const given = {
    number: formatChallenge(challenge),
    amount: amount.ok ? amount.value : amount.typed,
    recipient: recipient.ok ? recipient.value : recipient.digits,
  };
  return {
    ...newPayment(device),
    given,
    scanned: request === undefined ? {} : { request },
    ...(amount.ok ? {} : { unclear: amount }),
    ...(recipient.ok ? {} : { letter: recipient }),
  };
}

/** To be mended: it is shown as it would have been bound. */
export function typedPayment(device: string, challenge: Challenge, statement: PaymentStatement): PaymentScreen {
  const { amount, recipient } = statement;
  return { ...newPayment(device), given: { number: formatChallenge(challenge), amount, recipient } };
}

export function payment(app: App, screen: PaymentScreen): TemplateResult {
  const { words } = app;
  const w = words.payment;
  const { errors, given, scanned, unclear, letter } = screen;
  const account = app.accountOf(screen.device);
  const said = words.errors;
  const wrong = {
    number: errors.number && said.number[errors.number],
    amount: errors.amount && said.amount[errors.amount],
    recipient: errors.recipient && said.recipient[errors.recipient],
  };
  const start = given ?? { number: "", amount: "", recipient: "" };
  return html`${account === undefined ? nothing : who(account)}
    ${heading(w.heading)}
    ${form(app, {
      fields: [
        field({
          name: "number",
          label: w.number,
          hint: w.numberHint,
          value: start.number,
          error: wrong.number,
          kind: "number",
          focus: scanned === undefined,
          next: true,
        }),
        field({
          name: "amount",
          label: w.amount,
          hint: w.amountHint,
          value: start.amount,
          error: wrong.amount,
          kind: "amount",
          next: true,
        }),
        unclear === undefined ? nothing : whichAmount(app, unclear, screen.unchosen),
        field({
          name: "recipient",
          label: w.recipient,
          hint: w.recipientHint,
          value: start.recipient,
          error: wrong.recipient,
          kind: "purse",
        }),
        letter === undefined ? nothing : whatIsIt(app, letter, screen.unchosen),
      ],
      button: words.next,
      submit: (values) => submit(app, screen, values),
    })}
    ${back(app)}`;
}

function submit(app: App, screen: PaymentScreen, values: Values): void {
  const { name, device, given, scanned } = screen;
  const challenge = parseChallenge(values("number"));
  const amount = readAmount(values("amount"));
  const recipient = readRecipient(values("recipient"));
  const errors = {
    ...(challenge.ok ? {} : { number: challenge.reason }),
    ...(amount.ok || amount.reason === "unclear-sign" ? {} : { amount: amount.reason }),
    ...(recipient.ok || recipient.reason === "letter-needed" ? {} : { recipient: recipient.reason }),
  };
  const unclear = !amount.ok && amount.reason === "unclear-sign" ? amount : undefined;
  const letter = !recipient.ok && recipient.reason === "letter-needed" ? recipient : undefined;

  const sum = amount.ok ? amount.value : unclear && reading(screen, unclear, values("reading"));
  const payee = recipient.ok ? { recipient: recipient.value } : letter && chosen(screen, letter, values("what"));
  const statement = sum && payee && paymentStatement(payee.recipient, sum, payee.currency);
  if (challenge.ok && statement?.ok) {
    const said = { challenge: challenge.value, statement: statement.value };
    // What came by a code is asked about as every code is.
    if (scanned === undefined) app.go({ name: "agree", asked: { device, ...said } });
    else ask(app, { kind: "payment", ...said, ...scanned });
    return;
  }
  // Asked for the first time it is no mistake that nothing is chosen.
  const asked = screen.unclear?.typed === unclear?.typed && screen.letter?.digits === letter?.digits;
  app.amend({
    name,
    device,
    errors,
    ...(given === undefined ? {} : { given }),
    ...(scanned === undefined ? {} : { scanned }),
    ...(unclear === undefined ? {} : { unclear }),
    ...(letter === undefined ? {} : { letter }),
    ...(asked && Object.keys(errors).length === 0 ? { unchosen: true } : {}),
  });
}

/** What was chosen counts only for what was asked. */
function reading({ unclear }: PaymentScreen, now: UnclearSign, value: string): Amount | undefined {
  return unclear?.typed === now.typed ? now.readings.find((one) => one === value) : undefined;
}

function chosen({ letter }: PaymentScreen, now: LetterNeeded, value: string) {
  return letter?.digits === now.digits ? chosenRecipient(now, value) : undefined;
}
