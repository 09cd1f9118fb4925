import { parseAmount } from "../e-num/amount.ts";
import type { Json, JsonObject } from "../e-num/jcs.ts";
import { formatDays, formatDecimal, formatMoney, formatRate, type PeopleLanguage } from "../e-num/people.ts";
import { formatRecipient, parseRecipient } from "../e-num/purse.ts";
import type { OperationStatement } from "../e-num/statement.ts";
import { type MemberWords, type OperationWords, type TypeWords, wordsOf } from "./operation-words.ts";

/**
 * One member of an operation for people. `figures`: to be compared digit by digit; `sum`: what is paid, lent or the limit;
 * `payee`: what it tells of who gets it, and how both are called.
 */
export type Detail = {
  readonly label: string;
  readonly value: string;
  readonly figures: boolean;
  readonly sum: boolean;
  readonly payee?: { readonly label: string; readonly part: PayeePart; readonly partLabel: string };
};

export type PayeePart = (typeof PAYEE_PARTS)[number];

/** In the page's order. */
const PAYEE_PARTS = ["name", "purse", "wmid"] as const;

/** In whose words: without a provider's, members are called by their own names. */
export type Reader = { readonly language: PeopleLanguage; readonly words?: OperationWords | undefined };

/**
 * Every member of the operation: nothing that is bound is left out. By the provider's words they come in the page's order, since people compare
 * the two, and the type is what `nounOf` gives; without them they come in the site's.
 */
export function operationDetails({ operation }: OperationStatement, reader: Reader): Detail[] {
  const type = typeOf(operation, reader);
  return membersOf(operation, type).flatMap(([name, value]) => {
    const words = wordsOf(type?.members, name);
    const label = words?.label[reader.language] ?? labelOf(name, reader);
    const place: Place = { labels: [label], name, words };
    if (type !== undefined && isPayee(type, name)) return payeeDetails(place, value, reader);
    const details = detailsOf(place, value, reader);
    return name === type?.amount ? details.map((each) => ({ ...each, sum: true })) : details;
  });
}

function membersOf(operation: JsonObject, type: TypeWords | undefined): [name: string, value: Json][] {
  const members = Object.entries(operation);
  if (type === undefined) return members;
  const payees = Object.keys(type.members).filter((name) => isPayee(type, name));
  const first = [type.amount ?? "", ...payees, "description", ...Object.keys(type.members)];
  const [last, others] = [["operation_id"], members.filter(([name]) => name !== "type")];
  return others.sort(
    ([one], [other]) => placeIn(last, other) - placeIn(last, one) || placeIn(first, one) - placeIn(first, other),
  );
}

/** Behind all others where it is not in there. */
function placeIn(order: readonly string[], name: string): number {
  const place = order.indexOf(name);
  return place < 0 ? order.length : place;
}

function isPayee({ recipient, members }: TypeWords, name: string): boolean {
  return name === recipient || wordsOf(members, name)?.format === "payee";
}

/** A purse or WMID alone, or with the name that the site gives it. */
function payeeDetails(place: Place, value: Json, reader: Reader): Detail[] {
  const [label = place.name] = place.labels;
  const marked = (details: readonly Detail[], name: string) => {
    const part = PAYEE_PARTS.find((each) => each === name);
    return details.map((each) =>
      part === undefined ? each : { ...each, payee: { label, part, partLabel: labelOf(part, reader) } },
    );
  };
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return marked(detailsOf(place, value, reader), place.words?.format ?? "");
  const members = Object.entries(value).sort(
    ([one], [other]) => placeIn(PAYEE_PARTS, one) - placeIn(PAYEE_PARTS, other),
  );
  if (members.length === 0) return detailsOf(place, value, reader);
  return members.flatMap(([name, member]) =>
    marked(detailsOf({ labels: [...place.labels, labelOf(name, reader)], name }, member, reader), name),
  );
}

/** What the operation is called; undefined where nobody has told. */
export function nounOf({ operation }: OperationStatement, reader: Reader): string | undefined {
  return typeOf(operation, reader)?.noun[reader.language];
}

/** Where a value stands: what it is called, from the outside in, and by what name it is known last. */
type Place = {
  readonly labels: readonly string[];
  readonly name: string;
  readonly words?: MemberWords | undefined;
};

const EMPTY = { en: "(empty)", ru: "(пусто)" } as const;
const NONE = { en: "(none)", ru: "(нет)" } as const;

function typeOf(operation: JsonObject, { words }: Reader) {
  const { type } = operation;
  return typeof type === "string" ? wordsOf(words?.types, type) : undefined;
}

function labelOf(name: string, { words, language }: Reader): string {
  return wordsOf(words?.common, name)?.[language] ?? name.replaceAll("_", " ");
}

function detailsOf(place: Place, value: Json, reader: Reader): Detail[] {
  if (typeof value !== "object" || value === null) return [detail(place, reader, ...written(place, value, reader))];
  const money = moneyOf(place, value, reader);
  if (money !== undefined) return [detail(place, reader, money, true)];
  // Without its members an empty list or object would vanish from the screen, though it is bound.
  const members = Object.entries(value);
  if (members.length === 0) return [detail(place, reader, EMPTY[reader.language])];
  return members.flatMap(([name, member]) => {
    const label = Array.isArray(value) ? String(Number(name) + 1) : labelOf(name, reader);
    return detailsOf({ labels: [...place.labels, label], name }, member, reader);
  });
}

function detail({ labels }: Place, { words }: Reader, value: string, figures = false): Detail {
  return { label: labels.join(words === undefined ? " " : ", "), value, figures, sum: false };
}

/** The value in words and figures, and whether it is to be compared digit by digit. */
function written(
  { name, words }: Place,
  value: Exclude<Json, object> | null,
  { language }: Reader,
): [value: string, figures?: boolean] {
  if (value === null) return [NONE[language]];
  if (value === "") return [EMPTY[language]];
  const is = (format: string, ending: RegExp) => (words === undefined ? ending.test(name) : words.format === format);
  if (typeof value === "number") {
    if (value < 0) return [String(value), true];
    return [is("days", /(?:^|_)days$/) ? formatDays(value, language) : formatDecimal(String(value), language), true];
  }
  if (typeof value !== "string") return [String(value)];
  const choice = wordsOf(words?.choices, value);
  if (choice !== undefined) return [choice[language]];
  if (is("rate", /(?:^|_)rate$/) && (value === "0" || parseAmount(value).ok))
    return [formatRate(value, language, words === undefined && name === "daily_rate" ? "day" : words?.per), true];
  if (!is("purse", /purse$/) && !is("wmid", /wmid$/)) return [value];
  const recipient = parseRecipient(value);
  return recipient.ok ? [formatRecipient(recipient.value), true] : [value];
}

/** `{"value":"10.5","currency":"WMZ"}` and nothing else beside. */
function moneyOf({ words }: Place, members: readonly Json[] | JsonObject, { language }: Reader): string | undefined {
  if (!("value" in members && "currency" in members) || Object.keys(members).length !== 2) return undefined;
  const { value, currency } = members;
  if (typeof value !== "string" || typeof currency !== "string") return undefined;
  // What is not canonical is in quotation marks: it is no 10.5, though 10.5 is shown as 10.50.
  return parseAmount(value).ok ? formatMoney(value, currency, language, words?.per) : `"${value}" ${currency}`;
}
