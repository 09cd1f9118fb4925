import { dropSeparators } from "../typed.ts";
import { parseWmid, type Wmid } from "../wmid.ts";
import { type Brand, ok, type Parsed, type Refused, refused } from "./parsed.ts";

/** What a purse's letter stands for (PROTOCOL section 1). */
export const CURRENCY_NAMES = {
  Z: "USD",
  E: "EUR",
  K: "KZT",
  B: "BYN",
  G: "gold",
  X: "BTC/1000",
  H: "BCH/1000",
  L: "LTC/1000",
  F: "ETH/1000",
  T: "USDT",
  Y: "UZS",
  C: "credit",
  D: "credit",
} as const;

export type PurseLetter = keyof typeof CURRENCY_NAMES;
/** `WM` and a purse's letter, such as `WMZ`. */
export type Currency = `WM${PurseLetter}`;
/** One letter and 12 digits, `Z123456789012`. */
export type Purse = Brand<`${PurseLetter}${string}`, "Purse">;
/** Who gets the money, or whom a limit or credit is for. */
export type Recipient = Purse | Wmid;

export type PurseReason = "not-a-purse" | "unknown-letter";
export type TypedRecipientReason = "empty" | PurseReason;

/**
 * 12 digits without a letter: a purse whose letter must be asked for, or a WMID whose currency must be.
 * `digits` is a WMID as it stands; `purseOf(letter, digits)` makes the purse.
 */
export type LetterNeeded = Refused<"letter-needed"> & { readonly digits: Wmid };

const TWELVE_DIGITS = /^[0-9]{12}$/;

/** A purse as a site must send it: upper-case letter and 12 digits. */
export function parsePurse(text: string): Parsed<Purse, PurseReason> {
  const letter = text.slice(0, 1);
  if (!/^[A-Z]$/.test(letter) || !TWELVE_DIGITS.test(text.slice(1))) return refused("not-a-purse");
  return isPurseLetter(letter) ? ok(text as Purse) : refused("unknown-letter");
}

/** A purse or WMID as a site must send it. */
export function parseRecipient(text: string): Parsed<Recipient, PurseReason> {
  const wmid = bareWmid(text);
  return wmid === undefined ? parsePurse(text) : ok(wmid);
}

/** A recipient as a person types it on the phone: case, spaces and hyphens do not count. */
export function readRecipient(typed: string): Parsed<Purse, TypedRecipientReason> | LetterNeeded {
  const text = dropSeparators(typed).toUpperCase();
  if (text === "") return refused("empty");
  const digits = bareWmid(text);
  return digits === undefined ? parsePurse(text) : { ...refused("letter-needed"), digits };
}

/** `WMZ` and its like, in upper case. */
export function parseCurrency(text: string): Parsed<Currency, "unknown-currency"> {
  return isCurrency(text) ? ok(text) : refused("unknown-currency");
}

export function purseOf(letter: PurseLetter, digits: Wmid): Purse {
  return `${letter}${digits}` as Purse;
}

export function isPurse(recipient: Recipient): recipient is Purse {
  return recipient.length === 13;
}

export function isPurseLetter(text: string): text is PurseLetter {
  return Object.hasOwn(CURRENCY_NAMES, text);
}

/** The currency that a purse's letter says. */
export function currencyOf(purse: Purse): Currency {
  const currency = parseCurrency(`WM${purse.slice(0, 1)}`);
  if (!currency.ok) throw new Error("a purse without a known letter");
  return currency.value;
}

/** In digits that can be compared: `Z 1234 5678 9012`, `3012 3456 7890`. */
export function formatRecipient(recipient: Recipient): string {
  return recipient.replace(/(?=(?:[0-9]{4})+$)(?!^)/g, " ");
}

// The kernel's parser drops spaces and hyphens, which a site must not send.
function bareWmid(text: string): Wmid | undefined {
  return TWELVE_DIGITS.test(text) ? parseWmid(text) : undefined;
}

function isCurrency(text: string): text is Currency {
  return text.length === 3 && text.startsWith("WM") && isPurseLetter(text.slice(2));
}
