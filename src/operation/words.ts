import type { PeopleLanguage } from "../e-num/people.ts";
import type { Locale } from "../locale/locale.ts";
import { datum } from "../locale/markup.ts";
import { bracketed } from "../locale/pseudo.ts";
import type { Words } from "./type-file.ts";

/** The registry's few words of its own; all others stand in the types' files. */

/** Every file has its words in these. */
export const LANGUAGES: readonly PeopleLanguage[] = ["en", "ru"];

/** Of the members that every type has; `type` is shown by the type's noun and heading. */
export const COMMON_LABELS = {
  description: { en: "Description", ru: "Описание" },
  operation_id: { en: "Request number", ru: "Номер запроса" },
} as const satisfies Record<string, Words>;

/** Of a change's parts, where they cannot stand in one line. */
export const CHANGE_PARTS = {
  field: { en: "what", ru: "что" },
  from: { en: "from", ru: "было" },
  to: { en: "to", ru: "станет" },
} as const satisfies Record<string, Words>;

/** A place between braces in a sentence: the member whose value stands there. */
export const PLACE = /\{([^{}]*)\}/g;

/** The pseudo-language writes figures and periods as English does. */
export function languageOf(locale: Locale): PeopleLanguage {
  return locale === "qps" ? "en" : locale;
}

/** `build` makes the sentence of one language's words. */
export function say(locale: Locale, words: Words, build: (words: string) => string = (plain) => plain): string {
  const sentence = build(words[languageOf(locale)]);
  return locale === "qps" ? bracketed(sentence) : sentence;
}

/** A name within a sentence of ours: Russian puts it in quotation marks. */
export function named(name: string, language: PeopleLanguage): string {
  return language === "ru" ? quoted(name, language) : datum(name);
}

/** A site's own words within a sentence of ours. */
export function quoted(text: string, language: PeopleLanguage): string {
  return language === "ru" ? `«${datum(text)}»` : `“${datum(text)}”`;
}
