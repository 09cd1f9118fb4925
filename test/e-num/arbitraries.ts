import fc from "fast-check";
import { type Amount, parseAmount } from "../../src/e-num/amount.ts";
import { type Challenge, parseChallenge } from "../../src/e-num/challenge.ts";
import type { Parsed } from "../../src/e-num/parsed.ts";
import { CURRENCY_NAMES, type Currency, parseCurrency, parseRecipient, type Recipient } from "../../src/e-num/purse.ts";
import { parseStatement, type Statement } from "../../src/e-num/statement.ts";

/** The value of what the generators below build right. */
export function parsedValue<Value>(parsed: Parsed<Value, string>): Value {
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));

export const challenges: fc.Arbitrary<Challenge> = fc
  .integer({ min: 10_000_000, max: 99_999_999 })
  .map((number) => parsedValue(parseChallenge(String(number))));

export const amounts: fc.Arbitrary<Amount> = fc
  .stringMatching(/^(0|[1-9][0-9]{0,14})(\.[0-9]{0,7}[1-9])?$/)
  .filter((text) => text !== "0")
  .map((text) => parsedValue(parseAmount(text)));

export const recipients: fc.Arbitrary<Recipient> = fc
  .tuple(fc.constantFrom("", ...Object.keys(CURRENCY_NAMES)), digits(12))
  .map(([letter, number]) => parsedValue(parseRecipient(letter + number)));

const currencies: fc.Arbitrary<Currency> = fc
  .constantFrom(...Object.keys(CURRENCY_NAMES))
  .map((letter) => parsedValue(parseCurrency(`WM${letter}`)));

const WRITTEN = /[\p{L}\p{N}\p{P}\p{S} ]/u;

/** Of any script: the first four planes hold them all. Drawn, and not made of the pattern, for which each worker would look at all of Unicode. */
const characters = fc
  .integer({ min: 0x20, max: 0x3ffff })
  .map((point) => String.fromCodePoint(point))
  .filter((character) => WRITTEN.test(character));

/** One line of any script, in NFC. */
const texts = fc.string({ unit: characters, maxLength: 40 }).map((text) => text.normalize("NFC").slice(0, 60));

const members = fc.stringMatching(/^[a-z_]{1,12}$/);
const details = fc.dictionary(
  members,
  fc.oneof(
    texts,
    fc.integer(),
    fc.boolean(),
    fc.dictionary(members, texts, { maxKeys: 3 }),
    fc.array(texts, { maxLength: 3 }),
  ),
  { maxKeys: 6 },
);

export const statements: fc.Arbitrary<Statement> = fc
  .oneof(
    fc.record({ mode: fc.constantFrom("activate", "renew", "login", "confirm") }),
    fc.tuple(amounts, recipients, currencies).map(([amount, recipient, currency]) => ({
      mode: "payment",
      amount,
      recipient,
      ...(recipient.length === 12 ? { currency } : {}),
    })),
    fc.record({
      mode: fc.constant("operation"),
      client: fc.record({ id: members, name: members }),
      operation: details,
    }),
  )
  .map((json) => parseStatement(json))
  .filter((statement) => statement.ok)
  .map(parsedValue);
