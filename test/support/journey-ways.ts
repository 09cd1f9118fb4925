import type { Way } from "./journey-walk.ts";

/** What the page of an operation of our own asks, and the word on its button. */
const ENGLISH = { change: (setting: string) => `Change the security setting “${setting}”?`, submit: "Confirm change" };
const RUSSIAN: typeof ENGLISH = {
  change: (setting) => `Изменить настройку безопасности «${setting}»?`,
  submit: "Подтвердить изменение",
};

export interface OwnWay extends Way {
  how: string;
  words: typeof ENGLISH;
  /** Whether scripts run. */
  scripted: boolean;
}

/** How a person goes through what is the account's own. */
export const OWN_WAYS: readonly OwnWay[] = [
  {
    how: "in Russian on a phone of 360 pixels",
    context: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
    locale: "ru",
    words: RUSSIAN,
    scripted: true,
  },
  { how: "with JavaScript off", context: { javaScriptEnabled: false }, words: ENGLISH, scripted: false },
  { how: "by the keyboard alone", keyboard: true, words: ENGLISH, scripted: true },
];
