/** Which languages there are, and which is a person's; without the words, so that the service worker need not have them all. */
export type Language = "en" | "ru";

/** By their own names; the tag is BCP 47's. */
export const languages: readonly { readonly language: Language; readonly name: string }[] = [
  { language: "en", name: "English" },
  { language: "ru", name: "Русский" },
];

function parseLanguage(tag: string | undefined): Language | undefined {
  const primary = tag?.split("-")[0]?.toLowerCase();
  return languages.find(({ language }) => language === primary)?.language;
}

/** The person's own choice, else the first of the browser's that we have, else English. */
export function chooseLanguage(chosen: string | undefined, browser: readonly string[]): Language {
  return parseLanguage(chosen) ?? browser.map(parseLanguage).find((language) => language !== undefined) ?? "en";
}
