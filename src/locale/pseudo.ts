/**
 * A language that is none: English accented, 40 % longer and in brackets.
 *
 * Text on a page without brackets is hard-wired; a bracket that cannot be seen is clipped. For tests and development.
 */
import { en, type Messages } from "./en.ts";
import { parts } from "./markup.ts";

const FROM = "aceinorsuyACEINORSUY";
const TO = "åçéîñöŕšûýÅÇÉÎÑÖŔŠÛÝ";

/** Languages that are longer than English are so by 30 to 40 %. */
const LONGER = 0.4;

// Mails and SMS stay English: the pseudo-language is for pages, and tests read codes from mails.
export const pseudo: Messages = {
  ...derive(en),
  mail: en.mail,
  sms: en.sms,
  contactMessages: en.contactMessages,
  recoveryMessages: en.recoveryMessages,
  noticeMessages: en.noticeMessages,
};

// One signature for every shape of message; the shape is kept by construction, which the type system cannot follow.
function derive<Shape>(value: Shape): Shape;
function derive(value: unknown): unknown {
  if (typeof value === "string") return bracketed(value);
  if (typeof value === "function") return (...given: unknown[]) => derive(value(...given));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, derive(inner)]));
  }
  return value;
}

/** One message in the pseudo-language. */
export function bracketed(message: string): string {
  if (message === "") return "";
  const length = parts(message).reduce((sum, part) => sum + (part.kind === "datum" ? 0 : part.text.length), 0);
  return `⟦${accented(message)}${" ~".repeat(Math.ceil((length * LONGER) / 2))}⟧`;
}

/** Leaves data, times and `{placeholders}` as they are. */
function accented(message: string): string {
  return message.replace(/\uE000[^\uE003]*\uE003|\uE001[^\uE003]*\uE003|\{[a-z]+\}|[a-z]/gi, (found) =>
    found.length === 1 ? (TO[FROM.indexOf(found)] ?? found) : found,
  );
}
