/**
 * The languages of pages, mails and SMS.
 *
 * Owns every word that people read (`en/`, `ru/`) and the choice of language. Does not own markup or pages.
 * Enter by `negotiate` and `messagesFor`; messages may hold the markup of `markup.ts`.
 */
import { en, type Messages } from "./en.ts";
import { pseudo } from "./pseudo.ts";
import { ru } from "./ru.ts";

export type { Messages } from "./en.ts";

/** `qps` is the pseudo-language, for tests and development only. */
export type Locale = "en" | "ru" | "qps";

/** The languages that a person can choose, by their own names. */
export const languages: readonly { readonly locale: Locale; readonly name: string }[] = [
  { locale: "en", name: "English" },
  { locale: "ru", name: "Русский" },
];

const catalogue: { readonly [locale in Locale]: Messages } = { en, ru, qps: pseudo };

export function messagesFor(locale: Locale): Messages {
  return catalogue[locale];
}

/** The value of `<html lang>`, BCP 47; `en-XA` is the customary tag for accented English. */
export function languageTag(locale: Locale): string {
  return locale === "qps" ? "en-XA" : locale;
}

/** A language that a person may choose (`?lang=ru`); `qps` only where the pseudo-language is allowed. */
export function parseLocale(text: string | undefined, pseudoAllowed = false): Locale | undefined {
  if (text === "qps") return pseudoAllowed ? "qps" : undefined;
  return languages.find(({ locale }) => locale === text)?.locale;
}

export interface Wishes {
  /** OpenID Connect's `ui_locales`: tags divided by spaces, the best first. */
  readonly uiLocales?: string | undefined;
  /** What the person chose on our pages before. */
  readonly cookie?: string | undefined;
  /** The language of the account that is signed in. */
  readonly account?: Locale | undefined;
  /** The header (RFC 9110 section 12.5.4). */
  readonly acceptLanguage?: string | undefined;
  readonly pseudoAllowed?: boolean;
}

/** What the person chose in this browser, else the site's wish, else what the person chose for the account, else the browser's, else English. */
export function negotiate(wishes: Wishes): Locale {
  return (
    parseLocale(wishes.cookie, wishes.pseudoAllowed) ??
    firstKnown(wishes.uiLocales?.split(" ") ?? [], wishes.pseudoAllowed) ??
    wishes.account ??
    firstKnown(byQuality(wishes.acceptLanguage ?? ""), wishes.pseudoAllowed) ??
    "en"
  );
}

/** `ru-RU` is served by `ru` (RFC 4647 section 3.4, lookup). */
function firstKnown(tags: readonly string[], pseudoAllowed: boolean | undefined): Locale | undefined {
  for (const tag of tags) {
    const known = parseLocale(tag.split("-")[0]?.toLowerCase(), pseudoAllowed);
    if (known !== undefined) return known;
  }
  return undefined;
}

function byQuality(header: string): string[] {
  return header
    .split(",")
    .map((range) => {
      const [tag = "", ...parameters] = range.split(";").map((part) => part.trim());
      const quality = parameters.find((parameter) => parameter.startsWith("q="));
      return { tag, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}
