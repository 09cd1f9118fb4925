import type { WebPhoneWords } from "../../locale/en/web-phone.ts";
import { webPhone as en } from "../../locale/en/web-phone.ts";
import { webPhone as ru } from "../../locale/ru/web-phone.ts";

export type Words = WebPhoneWords;
export type Language = "en" | "ru";

/** By their own names; the tag is BCP 47's. */
export const languages: readonly { readonly language: Language; readonly name: string }[] = [
  { language: "en", name: "English" },
  { language: "ru", name: "Русский" },
];

const words: Readonly<Record<Language, Words>> = { en, ru };

export function wordsOf(language: Language): Words {
  return words[language];
}

function parseLanguage(tag: string | undefined): Language | undefined {
  const primary = tag?.split("-")[0]?.toLowerCase();
  return languages.find(({ language }) => language === primary)?.language;
}

/** The person's own choice, else the first of the browser's that we have, else English. */
export function chooseLanguage(chosen: string | undefined, browser: readonly string[]): Language {
  return parseLanguage(chosen) ?? browser.map(parseLanguage).find((language) => language !== undefined) ?? "en";
}
