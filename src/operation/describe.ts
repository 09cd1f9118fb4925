import { currencyName, formatAmount, formatDays, formatDecimal, formatMoney, formatRate } from "../e-num/people.ts";
import { formatRecipient } from "../e-num/purse.ts";
import { isRightToLeft } from "../e-num/text.ts";
import type { Locale } from "../locale/locale.ts";
import { datum } from "../locale/markup.ts";
import { bracketed } from "../locale/pseudo.ts";
import type { Operation } from "./parse.ts";
import type { Member, TypeFile } from "./type-file.ts";
import type { Change, Value } from "./values.ts";
import { CHANGE_PARTS, COMMON_LABELS, languageOf, named, PLACE, quoted, say } from "./words.ts";

/** An operation for people: every member stands in `amount`, `payee` or `rows`, once; its type is the noun's. */
export interface Described {
  /** A message: it holds the markup of `locale/markup.ts`, so that a site's words within it stay apart from ours. */
  readonly heading: string;
  /** The words on the button. */
  readonly submit: string;
  /** For lists: `Payment`. */
  readonly noun: string;
  /** What is paid, lent or the limit; `value` is grouped and signed as the language does, `currency` is `WMZ`. */
  readonly amount?: {
    readonly label: string;
    readonly value: string;
    readonly currency: string;
    readonly currencyName: string;
  };
  /** Who gets it; purse and WMID in groups of digits. The name is the site's word alone. */
  readonly payee?: { readonly label: string; readonly name?: string; readonly purse?: string; readonly wmid?: string };
  /** Plain texts without markup: show them as data, every blank of theirs too (`white-space: pre-wrap`), since each is bound. */
  readonly rows: readonly Row[];
}

/** `figures`: to be compared digit by digit, so it is set in tabular figures. */
export interface Row {
  readonly label: string;
  readonly value: string;
  readonly figures: boolean;
}

/** `values`: the type's own members that are there, in the file's order. */
export function describe(
  file: TypeFile,
  { operation_id, description }: Operation,
  values: ReadonlyMap<string, Value>,
  locale: Locale,
): Described {
  const rows: Row[] = [];
  let amount: Described["amount"];
  let payee: Described["payee"];
  if (description !== undefined) {
    rows.push({ label: say(locale, COMMON_LABELS.description), value: description, figures: false });
  }
  for (const [name, value] of values) {
    const member = file.members[name];
    if (member === undefined) throw new Error("a value without its member");
    const label = say(locale, member.label);
    const shown = headlineOf(file, name, value, locale);
    if (shown?.as === "amount") amount = { label, ...shown.amount };
    else if (shown?.as === "payee") payee = { label, ...shown.payee };
    else rows.push(...rowsOf(label, member, value, locale));
  }
  rows.push({ label: say(locale, COMMON_LABELS.operation_id), value: operation_id, figures: true });
  return {
    heading: say(locale, file.heading, (words) => filled(words, file, values, locale)),
    submit: say(locale, file.submit),
    noun: say(locale, file.noun),
    ...(amount === undefined ? {} : { amount }),
    ...(payee === undefined ? {} : { payee }),
    rows,
  };
}

type Amount = Omit<NonNullable<Described["amount"]>, "label">;
type Payee = Omit<NonNullable<Described["payee"]>, "label">;

/** What the page sets large: amount and recipient of the typed statement, and a payee wherever there is one. */
function headlineOf(
  { typed }: TypeFile,
  name: string,
  value: Value,
  locale: Locale,
): { as: "amount"; amount: Amount } | { as: "payee"; payee: Payee } | undefined {
  if (value.kind === "payee") {
    const payee = {
      ...(value.name === undefined ? {} : { name: value.name }),
      purse: formatRecipient(value.purse),
      ...(value.wmid === undefined ? {} : { wmid: formatRecipient(value.wmid) }),
    };
    return { as: "payee", payee };
  }
  if (typed.screen === "confirm") return undefined;
  if (value.kind === "money" && name === typed.amount) {
    const { currency } = value;
    const [shown, stands] = [
      formatAmount(value.amount, languageOf(locale)),
      currencyName(currency, languageOf(locale)),
    ];
    const amount = { value: shown, currency, currencyName: locale === "qps" ? bracketed(stands) : stands };
    return { as: "amount", amount };
  }
  if (name !== typed.recipient) return undefined;
  if (value.kind === "purse") return { as: "payee", payee: { purse: formatRecipient(value.purse) } };
  return value.kind === "wmid" ? { as: "payee", payee: { wmid: formatRecipient(value.wmid) } } : undefined;
}

function rowsOf(label: string, member: Member, value: Value, locale: Locale): Row[] {
  if (value.kind === "changes") {
    const numbered = (index: number) => say(locale, member.label, (words) => `${words} ${index + 1}`);
    return value.changes.flatMap((change, index) => changeRows(numbered(index), change, locale));
  }
  const figures = value.kind !== "text" && value.kind !== "name" && value.kind !== "choice";
  return [{ label, value: inWords(member, value, locale), figures }];
}

// What people take for a colon (Unicode UTS 39, confusables), and whatever may be drawn as an arrow.
const LIKE_COLON =
  /[:\u02D0\u02F8\u0589\u0903\u0A83\u16EC\u1803\u1809\u205A\u2236\uA4FD\uA789\uFE13\uFE30\uFE55\uFF1A]/u;
const LIKE_ARROW = /(?![+<=|~])[\p{Sm}\p{So}]/u;

/**
 * `field: from → to`, in one line wherever that can be read in one way only.
 * A site's text may itself hold the signs between the parts, or what looks like them; and behind right-to-left letters a line is drawn from
 * its end, but its arrow is not turned (Unicode UAX 9): `500 → 100` for what changes from 100 to 500. Then each part has a row of its own.
 */
function changeRows(label: string, { field, from, to }: Change, locale: Locale): Row[] {
  const all = [field, from ?? "", to];
  const clear = !LIKE_COLON.test(field) && !all.some((text) => LIKE_ARROW.test(text) || isRightToLeft(text));
  if (clear) return [{ label, value: `${field}: ${from === undefined ? "" : `${from} `}→ ${to}`, figures: false }];
  const part = (name: keyof typeof CHANGE_PARTS, value: string) => ({
    label: `${label}, ${say(locale, CHANGE_PARTS[name])}`,
    value,
    figures: false,
  });
  return [part("field", field), ...(from === undefined ? [] : [part("from", from)]), part("to", to)];
}

function filled(words: string, file: TypeFile, values: ReadonlyMap<string, Value>, locale: Locale): string {
  return words.replace(PLACE, (_, name: string) => {
    const [member, value] = [file.members[name], values.get(name)];
    if (member === undefined || value === undefined) throw new Error("a sentence about a member that is not there");
    return inSentence(member, value, locale);
  });
}

/** Choices and terms are our words, everything else is data. */
function inSentence(member: Member, value: Value, locale: Locale): string {
  const language = languageOf(locale);
  switch (value.kind) {
    case "choice":
    case "days":
      return inWords(member, value, locale);
    case "payee":
      return value.name === undefined ? datum(unbroken(formatRecipient(value.purse))) : named(value.name, language);
    case "purse":
    case "wmid":
      return datum(unbroken(inWords(member, value, locale)));
    case "name":
      return named(value.name, language);
    case "text":
      return quoted(value.text, language);
    default:
      return datum(inWords(member, value, locale));
  }
}

/** Digits that are compared stay on one line. */
function unbroken(figures: string): string {
  return figures.replaceAll(" ", "\u00a0");
}

function inWords(member: Member, value: Value, locale: Locale): string {
  const language = languageOf(locale);
  switch (value.kind) {
    case "money":
      return formatMoney(value.amount, value.currency, language, value.per);
    case "purse":
      return formatRecipient(value.purse);
    case "wmid":
      return formatRecipient(value.wmid);
    case "rate":
      return formatRate(value.rate, language, value.per);
    case "days":
      return formatDays(value.days, language);
    case "integer":
      return formatDecimal(String(value.integer), language);
    case "text":
      return value.text;
    case "name":
      return value.name;
    case "choice":
      return choiceWords(member, value.choice, locale);
    case "payee":
    case "changes":
      throw new Error("a payee or a list of changes in one line");
    default:
      return value satisfies never;
  }
}

function choiceWords(member: Member, choice: string, locale: Locale): string {
  const words = member.format === "choice" ? member.choices[choice] : undefined;
  if (words === undefined) throw new Error("a choice without its words");
  return say(locale, words);
}
