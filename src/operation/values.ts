import { type Amount, type AmountReason, parseAmount } from "../e-num/amount.ts";
import type { Period } from "../e-num/people.ts";
import {
  type Currency,
  type Purse,
  type PurseReason,
  parseCurrency,
  parsePurse,
  parseRecipient,
} from "../e-num/purse.ts";
import { NAME_LENGTH, parseText, type TextReason } from "../e-num/text.ts";
import { parseWmid, type Wmid } from "../wmid.ts";
import { readsAsAddress, readsAsRecipient } from "./names.ts";
import type { Member } from "./type-file.ts";

/** A member of an operation as its format reads it; each kind is what one format shows and binds. */
export type Value =
  | Money
  | { readonly kind: "purse"; readonly purse: Purse }
  | { readonly kind: "wmid"; readonly wmid: Wmid }
  | { readonly kind: "payee"; readonly purse: Purse; readonly wmid?: Wmid; readonly name?: string }
  | { readonly kind: "rate"; readonly rate: string; readonly per?: Period }
  | { readonly kind: "days"; readonly days: number }
  | { readonly kind: "integer"; readonly integer: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "choice"; readonly choice: string }
  | { readonly kind: "changes"; readonly changes: readonly [Change, ...Change[]] };

export type Money = {
  readonly kind: "money";
  readonly amount: Amount;
  readonly currency: Currency;
  readonly per?: Period;
};
export type Change = { readonly field: string; readonly from?: string; readonly to: string };

/** `at` is the path below the member, such as `.value` or `[0].to`; `reason` is for the site's developer. */
export type ValueFault = { readonly ok: false; readonly at: string; readonly reason: string };
export type Read<T> = { readonly ok: true; readonly value: T } | ValueFault;

const AMOUNT: Readonly<Record<AmountReason, string>> = {
  empty: "is empty",
  "not-canonical":
    "must be canonical decimal text such as 10.5: digits and one point, no zeros before the number or behind its decimals",
  "not-positive": "must be more than zero",
  "too-large": "must have at most 15 digits before the point",
  "too-fine": "must have at most 8 decimals",
};

const PURSE: Readonly<Record<PurseReason, string>> = {
  "not-a-purse": "must be a purse such as Z123456789012: a capital letter and 12 digits",
  "unknown-letter": "begins with a letter that no purse has",
};

const TEXT: Readonly<Record<TextReason, string>> = {
  "not-normalised": "must be in Unicode's form NFC",
  "more-than-one-line": "must be one line",
  "invisible-character": "holds a control, bidirectional or invisible character",
  "piled-marks": "holds a combining mark without a letter, or more than four on one",
  "too-long": "is too long",
};

/** PROTOCOL 3 and 9. */
const TEXT_LENGTH = 140;
const MOST_DAYS = 3650;

export function readValue(member: Member, json: unknown): Read<Value> {
  switch (member.format) {
    case "money":
      return readMoney(json, member.per);
    case "purse":
      return map(readPurse(json), (purse) => ({ kind: "purse", purse }));
    case "wmid":
      return map(readWmid(json), (wmid) => ({ kind: "wmid", wmid }));
    case "payee":
      return readPayee(json);
    case "rate":
      return map(readRate(json), (rate) => ({ kind: "rate", rate, ...periodOf(member.per) }));
    case "days":
      return map(readInteger(json, 1, MOST_DAYS), (days) => ({ kind: "days", days }));
    case "integer":
      return map(readInteger(json, 0, Number.MAX_SAFE_INTEGER), (integer) => ({ kind: "integer", integer }));
    case "text":
      return map(readText(json), (text) => ({ kind: "text", text }));
    case "name":
      return map(readName(json), (name) => ({ kind: "name", name }));
    case "choice":
      return map(readChoice(json, Object.keys(member.choices)), (choice) => ({ kind: "choice", choice }));
    case "changes":
      return readChanges(json);
    default:
      return member satisfies never;
  }
}

/** One line that a person can see: text of blanks alone would be bound and not shown. */
export function readText(json: unknown, most: number = TEXT_LENGTH): Read<string> {
  if (typeof json !== "string") return fault("must be text");
  if (json.trim() === "") return fault("must not be empty: leave it out, or say in words what nothing means");
  const text = parseText(json, most);
  if (text.ok) return text;
  return fault(text.reason === "too-long" ? `must have at most ${most} characters` : TEXT[text.reason]);
}

function readName(json: unknown): Read<string> {
  const name = readText(json, NAME_LENGTH);
  if (name.ok && readsAsRecipient(name.value))
    return fault("must not read as a purse or a WMID: leave it out, since both are shown by themselves");
  if (name.ok && readsAsAddress(name.value))
    return fault("must not be a web address: the site's own is shown by itself");
  return name;
}

function readMoney(json: unknown, per: Period | undefined): Read<Money> {
  const members = membersOf(json, ["value", "currency"], ["value", "currency"]);
  if (!members.ok) return members;
  const amount = readAmount(members.value["value"]);
  if (!amount.ok) return below(".value", amount);
  const currency = readCurrency(members.value["currency"]);
  if (!currency.ok) return below(".currency", currency);
  return read({ kind: "money", amount: amount.value, currency: currency.value, ...periodOf(per) });
}

function readPayee(json: unknown): Read<Value> {
  const members = membersOf(json, ["purse"], ["purse", "wmid", "name"]);
  if (!members.ok) return members;
  const purse = readPurse(members.value["purse"]);
  if (!purse.ok) return below(".purse", purse);
  const wmid = optional(members.value, "wmid", readWmid);
  if (!wmid.ok) return wmid;
  const name = optional(members.value, "name", readName);
  if (!name.ok) return name;
  return read({ kind: "payee", purse: purse.value, ...wmid.value, ...name.value });
}

function readChanges(json: unknown): Read<Value> {
  if (!Array.isArray(json)) return fault("must be a list");
  const changes: Change[] = [];
  for (const [index, item] of json.entries()) {
    const change = readChange(item);
    if (!change.ok) return below(`[${index}]`, change);
    changes.push(change.value);
  }
  const [first, ...more] = changes;
  return first === undefined ? fault("must hold a change") : read({ kind: "changes", changes: [first, ...more] });
}

function readChange(json: unknown): Read<Change> {
  const members = membersOf(json, ["field", "to"], ["field", "from", "to"]);
  if (!members.ok) return members;
  const field = readText(members.value["field"]);
  if (!field.ok) return below(".field", field);
  const from = optional(members.value, "from", readText);
  if (!from.ok) return from;
  const to = readText(members.value["to"]);
  return to.ok ? read({ field: field.value, ...from.value, to: to.value }) : below(".to", to);
}

function readAmount(json: unknown): Read<Amount> {
  if (typeof json !== "string") return fault("must be decimal text such as 10.5, not a number");
  const amount = parseAmount(json);
  return amount.ok ? amount : fault(AMOUNT[amount.reason]);
}

// A credit may cost nothing; otherwise a rate is written as amounts are, so that one rate has one text.
function readRate(json: unknown): Read<string> {
  return json === "0" ? read("0") : readAmount(json);
}

function readCurrency(json: unknown): Read<Currency> {
  const currency = typeof json === "string" ? parseCurrency(json) : undefined;
  return currency?.ok === true ? currency : fault("must be WM and the letter of a purse, such as WMZ");
}

function readPurse(json: unknown): Read<Purse> {
  if (typeof json !== "string") return fault(PURSE["not-a-purse"]);
  const purse = parsePurse(json);
  return purse.ok ? purse : fault(PURSE[purse.reason]);
}

// Through parseRecipient: the kernel's own parser drops spaces and hyphens, which a site must not send.
function readWmid(json: unknown): Read<Wmid> {
  const strict = typeof json === "string" && json.length === 12 && parseRecipient(json).ok;
  const wmid = strict ? parseWmid(json) : undefined;
  return wmid === undefined ? fault("must be a WMID: 12 digits, as text") : read(wmid);
}

function readInteger(json: unknown, least: number, most: number): Read<number> {
  if (typeof json !== "number" || !Number.isSafeInteger(json)) return fault("must be a whole number below 2^53");
  return json >= least && json <= most ? read(json) : fault(`must be from ${least} to ${most}`);
}

function readChoice(json: unknown, choices: readonly string[]): Read<string> {
  const choice = choices.find((one) => one === json);
  return choice === undefined ? fault(`must be ${choices.join(" or ")}`) : read(choice);
}

type Members = Readonly<Record<string, unknown>>;

function membersOf(json: unknown, required: readonly string[], allowed: readonly string[]): Read<Members> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return fault("must be an object");
  const members: Members = { ...json };
  const unknown = Object.keys(members).find((name) => !allowed.includes(name));
  if (unknown !== undefined) return below(`.${unknown}`, fault("is not a member that is known here"));
  const missing = required.find((name) => members[name] === undefined);
  return missing === undefined ? read(members) : below(`.${missing}`, fault("is missing"));
}

function optional<Name extends string, T>(
  members: Members,
  name: Name,
  parse: (json: unknown) => Read<T>,
): Read<{ readonly [name in Name]?: T }> {
  const none: { readonly [name in Name]?: T } = {};
  if (!Object.hasOwn(members, name)) return read(none);
  const value = parse(members[name]);
  return value.ok ? read({ ...none, [name]: value.value }) : below(`.${name}`, value);
}

function periodOf(per: Period | undefined): { readonly per?: Period } {
  return per === undefined ? {} : { per };
}

function read<T>(value: T): Read<T> {
  return { ok: true, value };
}

function fault(reason: string): ValueFault {
  return { ok: false, at: "", reason };
}

function below(at: string, inner: ValueFault): ValueFault {
  return { ...inner, at: at + inner.at };
}

function map<From, To extends Value>(from: Read<From>, to: (value: From) => To): Read<Value> {
  return from.ok ? read(to(from.value)) : from;
}
