import type { Amount, UnclearSign } from "../../e-num/amount.ts";
import { type Ok, ok } from "../../e-num/parsed.ts";
import {
  type Currency,
  currencyOf,
  formatRecipient,
  isPurse,
  isPurseLetter,
  type LetterNeeded,
  parseCurrency,
  purseOf,
  type Recipient,
} from "../../e-num/purse.ts";
import { failed, type Outcome } from "./outcome.ts";
import type { Options, PhonePorts } from "./ports.ts";

/** What only the person can say: where nobody can be asked, an option must. */

type Settled = { readonly recipient: Recipient; readonly currency?: Currency };

const UNKNOWN_CURRENCY = failed("That is no WebMoney currency: give WM and a purse's letter, such as --currency WMZ.");

/** 12 digits are a WMID when a currency is given beside them; else the purse's letter is asked for. */
export async function settleRecipient(
  ports: PhonePorts,
  options: Options,
  read: Ok<Recipient> | LetterNeeded,
): Promise<Outcome<Settled>> {
  const currency = options.currency === undefined ? undefined : parseCurrency(options.currency.toUpperCase());
  if (currency !== undefined && !currency.ok) return UNKNOWN_CURRENCY;
  if (!read.ok)
    return currency === undefined ? askLetter(ports, read) : ok({ recipient: read.digits, currency: currency.value });
  const recipient = read.value;
  if (!isPurse(recipient) || currency === undefined) return ok({ recipient });
  return currency.value === currencyOf(recipient)
    ? ok({ recipient })
    : failed(
        `The purse ${recipient} holds ${currencyOf(recipient)}, not ${currency.value}: compare both with the page.`,
      );
}

async function askLetter({ terminal }: PhonePorts, { digits }: LetterNeeded): Promise<Outcome<Settled>> {
  const answer = await terminal.ask(
    `${formatRecipient(digits)} has no letter. Type the purse's letter, or for a WMID the currency, such as WMZ:`,
  );
  if (answer === undefined)
    return failed(
      `${digits} has no letter: give the purse with it, such as Z${digits}, or for a WMID the currency with --currency WMZ.`,
    );
  const typed = answer.toUpperCase();
  if (isPurseLetter(typed)) return ok({ recipient: purseOf(typed, digits) });
  const currency = parseCurrency(typed);
  return currency.ok
    ? ok({ recipient: digits, currency: currency.value })
    : failed("No purse has that letter: compare it with the page.");
}

/** `1,500`: with --yes the sign is the decimal sign, as everywhere else. */
export async function settleAmount(
  ports: PhonePorts,
  options: Options,
  read: Ok<Amount> | UnclearSign,
): Promise<Outcome<Amount>> {
  if (read.ok) return read;
  const [decimal, ...others] = read.readings;
  if (options.yes) return ok(decimal);
  const question = others.length === 0 ? `Is the amount ${decimal}?` : `Is the amount ${read.readings.join(" or ")}?`;
  const answer = await ports.terminal.ask(`${question} Type it without a sign between thousands:`);
  const chosen = read.readings.find((reading) => reading === answer?.replace(",", "."));
  if (chosen !== undefined) return ok(chosen);
  return failed(`That amount can be read in more than one way: type ${choices(read.readings)}.`);
}

function choices([decimal, thousands]: readonly Amount[]): string {
  const asDecimal = `add --yes if it is ${decimal}`;
  return thousands === undefined
    ? `it again, and ${asDecimal}`
    : `${thousands} without the sign if that is meant, and ${asDecimal}`;
}
