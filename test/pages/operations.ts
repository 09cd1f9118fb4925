/** An operation of each type that is shipped, as a site would send it, and as long as it may be. */
import { createHash } from "node:crypto";
import type { Locale } from "../../src/locale/locale.ts";
import type { Described, Operation } from "../../src/operation/operation.ts";
import { OPERATION_TYPES } from "../support/operations.ts";
import { longName } from "./sample.ts";

/** A site writes in its people's language. */
type Element = (locale: Locale) => object;

const say = (locale: Locale, en: string, ru: string): string => (locale === "ru" ? ru : en);
const money = (value: string, currency = "WMZ") => ({ value, currency });

/** 140 characters, as many as a text may have, and 64 of an `operation_id`. */
const longText =
  "Погашение займа по договору №2026/11-874-КБ от 3 октября 2026 года, основной долг и проценты за октябрь и ноябрь, без НДС, по счёту 118/74-6";
const longWord =
  "https-kreditnaya-birzha.example/dogovory/2026/11/874/prilozheniya/prilozhenie-1/redaktsiya-ot-3-oktyabrya/podpisano.pdf?versiya=2026.10.03.1";
const longId = `INV-${"2026118740".repeat(6)}`;
const LONG = { operation_id: longId, description: longText };

/** As if by chance, and the same each time: what does not shrink makes a code too long. */
function noise(seed: number): string {
  return createHash("shake256", { outputLength: 105 }).update(String(seed)).digest("base64url");
}

interface Plausible {
  readonly usual: Element;
  /** What may be long besides number and description. */
  readonly long: object;
}

export const PLAUSIBLE = {
  payment: {
    usual: (locale) => ({
      operation_id: "A-2026-11874.1",
      description: say(locale, "Three books and delivery", "Три книги и доставка"),
      payee: { purse: "Z123456789012", name: say(locale, "Book shop", "Книжный магазин") },
      amount: money("10.5"),
      invoice_id: "A-2026-11874",
    }),
    long: {
      payee: { purse: "Z123456789012", wmid: "123456789012", name: longName },
      amount: money("1250000"),
      payer_purse: "Z987654321098",
      invoice_id: longId,
    },
  },
  trust_transfer: {
    usual: (locale) => ({
      operation_id: "tt-2026-11-88",
      description: say(locale, "Rent for November", "Аренда за ноябрь"),
      payee: { purse: "E210987654321", name: say(locale, "Garden Street 4", "Садовая, 4") },
      amount: money("1250.5", "WME"),
      owner_wmid: "301234567890",
      owner_purse: "E876543210987",
    }),
    long: {
      payee: { purse: "E210987654321", wmid: "123456789012", name: longName },
      amount: money("123456789012345.12345678", "WME"),
    },
  },
  trust_limit: {
    usual: () => ({
      operation_id: "tl-7",
      trusted_wmid: "345678901234",
      purse: "Z987654321098",
      limit: money("500"),
      per_day: money("50"),
      per_week: money("150"),
      per_month: money("300"),
      term_days: 90,
    }),
    long: { limit: money("999999999999999.99999999"), per_day: money("123456789012345.12345678"), term_days: 3650 },
  },
  credit_request: {
    usual: (locale) => ({
      operation_id: "cr-2026-11-000317",
      description: say(locale, "Goods for the winter season", "Товар к зимнему сезону"),
      purse: "C123456789012",
      amount: money("1500", "WMC"),
      term_days: 30,
      daily_rate: "0.25",
      repayment: "end",
    }),
    long: {
      amount: money("999999999999999.99999999", "WMC"),
      term_days: 3650,
      daily_rate: "123.12345678",
      repayment: "daily",
    },
  },
  credit_issue: {
    usual: () => ({
      operation_id: "ci-12",
      borrower_wmid: "345678901234",
      source_purse: "Z987654321098",
      amount: money("1000"),
      term_days: 365,
      daily_rate: "0.05",
    }),
    long: { amount: money("1000000"), daily_rate: "0.12345678" },
  },
  profile_update: {
    usual: (locale) => ({
      operation_id: "pu-5",
      changes: [
        { field: "e-mail", from: "alice@example.org", to: "alice@example.com" },
        { field: say(locale, "phone", "телефон"), to: "+37120000001" },
      ],
    }),
    long: {
      changes: [
        { field: longWord, from: noise(1), to: noise(2) },
        { field: "api key", from: noise(3), to: noise(4) },
        { field: "Фактический адрес: улица", from: "Садовая → 4", to: longText },
      ],
    },
  },
  security_settings: {
    usual: (locale) => ({
      operation_id: "ss-3",
      setting: say(locale, "Payments of more than 100 WMZ", "Платежи больше 100 WMZ"),
      from: say(locale, "by SMS", "по SMS"),
      to: say(locale, "by E-num alone", "только по E-num"),
    }),
    long: { setting: longText, from: longWord, to: longText },
  },
  correspondent_add: {
    usual: (locale) => ({ operation_id: "ca-9", wmid: "345678901234", name: say(locale, "Bob", "Борис") }),
    long: { name: longName },
  },
  keys: {
    usual: () => ({ operation_id: "k-1", wmid: "301234567890", action: "move" }),
    long: { action: "retrieve" },
  },
} as const satisfies Record<string, Plausible>;

export type Type = keyof typeof PLAUSIBLE;

export const TYPES = [
  "payment",
  "trust_transfer",
  "trust_limit",
  "credit_request",
  "credit_issue",
  "profile_update",
  "security_settings",
  "correspondent_add",
  "keys",
] as const satisfies readonly Type[];

/** As the provider reads what the site sends. */
export function operationOf(type: Type, locale: Locale, { long = false, more = {} } = {}): Operation {
  const { usual, long: texts } = PLAUSIBLE[type];
  const element = { type, ...usual(locale), ...(long ? { ...LONG, ...texts } : {}), ...more };
  const parsed = OPERATION_TYPES.parse(element);
  if (!parsed.ok) throw new Error(`${type}: ${parsed.member} ${parsed.reason}`);
  return parsed.operation;
}

export function describedAs(type: Type, locale: Locale, how: Parameters<typeof operationOf>[2] = {}): Described {
  return OPERATION_TYPES.describe(operationOf(type, locale, how), locale);
}

/** Where the response is made: on one of the phone's screens, or of the scanned code alone. */
export function screenOf(type: Type): "payment" | "confirm" | "scan" {
  const screen = OPERATION_TYPES.typedScreen({ type });
  return OPERATION_TYPES.accepts({ type }).includes(screen) ? screen : "scan";
}
