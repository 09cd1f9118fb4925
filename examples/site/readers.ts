/** What people type, read into what operations are made of (PROTOCOL 3 and 9), or a sentence that says what to correct. */
import type { Read } from "./form.ts";

/** `1 500,50` becomes `1500.5`: the one form in which an amount is bound. */
export function readAmount(text: string): Read<string> {
  const read = readDecimal(text, "10.50");
  // `1,500` is fifteen hundred for one person and one and a half for another.
  const [, whole = "", fraction = ""] = /^([1-9]\d{0,2})[.,](\d{3})$/.exec(text.replace(/\s/g, "")) ?? [];
  return whole !== "" && "value" in read
    ? { error: `Is it ${whole}${fraction} or ${read.value}? Write one of them.` }
    : read;
}

/** Per cent; `0` is a rate too. */
export function readRate(text: string): Read<string> {
  return /^0+(?:[.,]0*)?$/.test(text) ? { value: "0" } : readDecimal(text, "0.25");
}

export function readDays(text: string): Read<number> {
  if (text === "") return { error: "Enter a number of days, such as 30." };
  const days = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return days >= 1 && days <= 3650 ? { value: days } : { error: "Enter a whole number of days, from 1 to 3650." };
}

/** Spaces and hyphens, as people group digits, do not count. */
export function readWmid(text: string): Read<string> {
  const digits = text.replace(/[\s-]/g, "");
  return /^\d{12}$/.test(digits) ? { value: digits } : { error: "Enter the 12 digits of the WMID." };
}

/** Of certain letters, or of any that there is. */
export function readPurse(letters = "ZEKBGXHLFTYCD"): (text: string) => Read<string> {
  return (text) => {
    const purse = text.replace(/[\s-]/g, "").toUpperCase();
    if (!/^[A-Z]\d{12}$/.test(purse))
      return { error: `Enter a letter and 12 digits, such as ${letters.charAt(0)}123456789012.` };
    return letters.includes(purse.charAt(0))
      ? { value: purse }
      : { error: `Enter a purse that begins with ${[...letters].join(", ")}.` };
  };
}

/** One line of text that may be left out. */
export function readLine(most: number): (text: string) => Read<string> {
  return (text) => (text.length <= most ? { value: text } : { error: `Use at most ${most} characters.` });
}

export function oneOf<Choice extends string>(choices: readonly Choice[]): (text: string) => Read<Choice> {
  return (text) => {
    const chosen = choices.find((choice) => choice === text);
    return chosen === undefined ? { error: "Choose one." } : { value: chosen };
  };
}

/** Left out it is null. */
export function optional<T>(reader: (text: string) => Read<T>): (text: string) => Read<T | null> {
  return (text) => (text === "" ? { value: null } : reader(text));
}

/** Of two amounts as they were read; not by `Number`, which has fifteen digits. */
export function isMore(one: string, other: string): boolean {
  const units = (amount: string) => {
    const [whole = "", fraction = ""] = amount.split(".");
    return BigInt(whole + fraction.padEnd(8, "0"));
  };
  return units(one) > units(other);
}

function readDecimal(text: string, example: string): Read<string> {
  const [, whole = "", fraction = ""] = /^(\d*)(?:[.,](\d*))?$/.exec(text.replace(/\s/g, "")) ?? [];
  if (whole === "" && fraction === "") return { error: `Enter a number, such as ${example}.` };
  const [units, parts] = [whole.replace(/^0+(?=.)/, "") || "0", fraction.replace(/0+$/, "")];
  if (units.length > 15 || parts.length > 8) return { error: "Use at most 15 digits, and 8 behind the point." };
  if (units === "0" && parts === "") return { error: "Enter more than zero." };
  return { value: parts === "" ? units : `${units}.${parts}` };
}
