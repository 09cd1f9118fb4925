import type { Currency } from "./purse.ts";

/**
 * Money, rates, terms and periods in the words and figures of people, the same on page and phone.
 *
 * A decimal is formatted as the text that it is: its digits are grouped, and none is ever rounded, dropped or made a
 * floating-point number. What is shown is bound, so two different quantities are never shown alike.
 */
export type PeopleLanguage = "en" | "ru";

/** How often a sum may be taken or interest is due. */
export type Period = "day" | "week" | "month";

// Groups stay on one line: U+00A0, which a phone's amount field drops with every other space.
const SIGNS: Readonly<Record<PeopleLanguage, { readonly group: string; readonly decimal: string }>> = {
  // No comma: the phone takes one sign, so that an amount can be typed as it is shown (PROTOCOL 3).
  en: { group: "\u00a0", decimal: "." },
  ru: { group: "\u00a0", decimal: "," },
};

const PER: Readonly<Record<PeopleLanguage, Readonly<Record<Period, string>>>> = {
  en: { day: "per day", week: "per week", month: "per month" },
  ru: { day: "в день", week: "в неделю", month: "в месяц" },
};

const CURRENCIES: Readonly<Record<PeopleLanguage, Readonly<Record<Currency, string>>>> = {
  en: {
    WMZ: "US dollars",
    WME: "euros",
    WMK: "Kazakhstani tenge",
    WMB: "Belarusian roubles",
    WMG: "grams of gold",
    WMX: "thousandths of a bitcoin",
    WMH: "thousandths of a bitcoin cash",
    WML: "thousandths of a litecoin",
    WMF: "thousandths of an ether",
    WMT: "Tether, USDT",
    WMY: "Uzbekistani soums",
    WMC: "credit",
    WMD: "credit",
  },
  ru: {
    WMZ: "доллары США",
    WME: "евро",
    WMK: "казахстанские тенге",
    WMB: "белорусские рубли",
    WMG: "граммы золота",
    WMX: "тысячные доли биткойна",
    WMH: "тысячные доли Bitcoin Cash",
    WML: "тысячные доли лайткойна",
    WMF: "тысячные доли эфира",
    WMT: "Tether, USDT",
    WMY: "узбекские сумы",
    WMC: "кредит",
    WMD: "кредит",
  },
};

/** What the letters stand for: `WMZ` is US dollars. */
export function currencyName(currency: Currency, language: PeopleLanguage): string {
  return CURRENCIES[language][currency];
}

const DECIMAL = /^(?<whole>[0-9]+)(?:\.(?<fraction>[0-9]+))?$/;

/** Canonical decimal text in groups of three: `1250.5` is `1,250.5`, or `1 250,5` in Russian. Other text stays as it is. */
export function formatDecimal(text: string, language: PeopleLanguage): string {
  const groups = DECIMAL.exec(text)?.groups;
  if (groups === undefined) return text;
  const { group, decimal } = SIGNS[language];
  const { whole = "", fraction } = groups;
  const grouped = whole.replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, group);
  return fraction === undefined ? grouped : grouped + decimal + fraction;
}

/** As prices are written: `10.5` is `10.50`. A whole amount and a finer one stay as they are. */
export function formatAmount(amount: string, language: PeopleLanguage): string {
  return formatDecimal(/\.[0-9]$/.test(amount) ? `${amount}0` : amount, language);
}

/** `10.50 WMZ`, or `50 WMZ per day`. */
export function formatMoney(amount: string, currency: string, language: PeopleLanguage, per?: Period): string {
  const money = `${formatAmount(amount, language)} ${currency}`;
  return per === undefined ? money : `${money} ${PER[language][per]}`;
}

/** `0.5 % per day`; `rate` is canonical decimal text in per cent. */
export function formatRate(rate: string, language: PeopleLanguage, per?: Period): string {
  const percent = `${formatDecimal(rate, language)} %`;
  return per === undefined ? percent : `${percent} ${PER[language][per]}`;
}

/** `30 days`; «30 дней». `days` is a whole number, not negative. */
export function formatDays(days: number, language: PeopleLanguage): string {
  return `${formatDecimal(String(days), language)} ${language === "en" ? englishDays(days) : russianDays(days)}`;
}

function englishDays(days: number): string {
  return days === 1 ? "day" : "days";
}

function russianDays(days: number): string {
  const [tens, ones] = [days % 100, days % 10];
  if (tens >= 11 && tens <= 14) return "дней";
  if (ones === 1) return "день";
  return ones >= 2 && ones <= 4 ? "дня" : "дней";
}
