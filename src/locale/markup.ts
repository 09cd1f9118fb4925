/**
 * The little markup that messages may hold: `*emphasis*`, a person's or site's own data, and a time.
 *
 * Data and times are marked with private-use characters, so that a site that calls itself `*x*` or `<b>` changes nothing,
 * and so that pages can isolate them (`<bdi translate="no">`): a name in right-to-left letters cannot reorder our words.
 */

/** Private-use characters (Unicode 16, U+E000..); they are taken out of all data. */
const DATUM = "\uE000";
const MOMENT = "\uE001";
const TEXT = "\uE002";
const END = "\uE003";
const RESERVED = /[\uE000-\uE003]/g;
const ANY_RESERVED = /[\uE000-\uE003]/;
const MARKED = /\uE000([^\uE000-\uE003]*)\uE003|\uE001([^\uE000-\uE003]*)\uE002([^\uE000-\uE003]*)\uE003/g;

/** Somebody's own text within a message: a name, an address, a number. */
export function datum(text: string): string {
  return `${DATUM}${text.replace(RESERVED, "")}${END}`;
}

/** A time within a message; where scripts run, the page shows it by the person's own clock. */
export function moment(time: Date, text: string): string {
  return `${MOMENT}${time.toISOString()}${TEXT}${text}${END}`;
}

/** Whether anything but our own words is in it. */
export function hasData(message: string): boolean {
  return ANY_RESERVED.test(message);
}

/** A part of a message, for who renders it. */
export type Part =
  | { readonly kind: "words"; readonly text: string }
  | { readonly kind: "strong"; readonly text: string }
  | { readonly kind: "datum"; readonly text: string }
  | { readonly kind: "moment"; readonly text: string; readonly iso: string };

/** The parts of a message, in order. Emphasis holds no data. */
export function parts(message: string): Part[] {
  const found: Part[] = [];
  let from = 0;
  for (const match of message.matchAll(MARKED)) {
    found.push(...words(message.slice(from, match.index)));
    const [whole, text, iso, shown] = match;
    found.push(iso === undefined ? { kind: "datum", text: text ?? "" } : { kind: "moment", text: shown ?? "", iso });
    from = match.index + whole.length;
  }
  found.push(...words(message.slice(from)));
  return found;
}

function words(text: string): Part[] {
  return text
    .split(/\*([^*]+)\*/)
    .map((piece, index): Part => ({ kind: index % 2 === 0 ? "words" : "strong", text: piece }))
    .filter((part) => part.text !== "");
}

/** The message without its markup: for titles, attributes, mails and SMS. */
export function plain(message: string): string {
  return parts(message)
    .map((part) => part.text)
    .join("");
}
