/** Which languages there are, and which is a person's; without the words, so that the service worker need not have them all. */
import type { Vault } from "./vault.ts";

export type Language = "en" | "ru";

/** By their own names; the tag is BCP 47's. */
export const languages: readonly { readonly language: Language; readonly name: string }[] = [
  { language: "en", name: "English" },
  { language: "ru", name: "Русский" },
];

export function parseLanguage(tag: string | undefined): Language | undefined {
  const primary = tag?.split("-")[0]?.toLowerCase();
  return languages.find(({ language }) => language === primary)?.language;
}

/** Chosen in this client, else for the account. */
export async function chosenLanguage(vault: Pick<Vault, "choice">): Promise<string | undefined> {
  return (await vault.choice("language")) ?? vault.choice("account-language");
}

/** The person's own choice, else the first of the browser's that we have, else English. */
export function chooseLanguage(chosen: string | undefined, browser: readonly string[]): Language {
  return parseLanguage(chosen) ?? browser.map(parseLanguage).find((language) => language !== undefined) ?? "en";
}
