/** Numbers and times in a language's own way, on `Intl`. */
import { datum, moment } from "./markup.ts";

type Forms = { readonly [rule in Intl.LDMLPluralRule]?: string } & { readonly other: string };

/** `count(2, { one: "try", other: "tries" })` is the word alone, in the right form. */
export function plurals(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  return (count, forms) => forms[rules.select(count)] ?? forms.other;
}

/**
 * The time of day, by UTC and saying so: the server does not know the person's zone.
 * Where scripts run, the page rewrites it by the person's own clock.
 */
export function timeOfDay(language: string): (time: Date) => string {
  const format = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
  });
  return (time) => moment(time, `${format.format(time)} UTC`);
}

/** Day and time of day, likewise; with scripts by the person's own clock. */
export function dayAndTimeOfDay(language: string): (time: Date) => string {
  const day = dayOf(language);
  const clock = new Intl.DateTimeFormat(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
  });
  return (time) => moment(time, `${day(time)}, ${clock.format(time)} UTC`);
}

/** A day alone, for what is long ago. */
export function dayOf(language: string): (time: Date) => string {
  const format = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  return (time) => format.format(time);
}

/** Day and time to the second, by UTC and saying so: for what is kept as evidence, and must read alike everywhere. */
export function dayAndTime(language: string): (time: Date) => string {
  const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium", hourCycle: "h23", timeZone: "UTC" });
  return (time) => `${day.format(time)}, ${clock.format(time)} UTC`;
}

/** `Germany, 192.0.2.1`: a country by its two letters (ISO 3166-1), an address, or what there is of both. */
export function placeIn(language: string): (country: string | undefined, ip?: string) => string {
  const names = new Intl.DisplayNames(language, { type: "region", fallback: "code" });
  return (country, ip) =>
    [country === undefined ? undefined : names.of(country), ip === undefined ? undefined : datum(ip)]
      .filter((part) => part !== undefined)
      .join(", ");
}

/** Names that are data, one after another. */
export function inList(names: readonly string[]): string {
  return names.map(datum).join(", ");
}
