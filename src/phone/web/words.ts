import type { WebPhoneWords } from "../../locale/en/web-phone.ts";
import { webPhone as en } from "../../locale/en/web-phone.ts";
import { webPhone as ru } from "../../locale/ru/web-phone.ts";
import type { Language } from "./languages.ts";

export type Words = WebPhoneWords;

const words: Readonly<Record<Language, Words>> = { en, ru };

export function wordsOf(language: Language): Words {
  return words[language];
}
