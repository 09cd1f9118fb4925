import { type Brand, ok, type Parsed, type Refused, refused } from "./parsed.ts";

/**
 * Decimal text in its one canonical form, more than zero: `0` or at most 15 digits without leading zeros,
 * then at most 8 decimals without insignificant zeros (`10.5`, `0.5`, `9`). Its currency stands beside it.
 */
export type Amount = Brand<string, "Amount">;

export type AmountReason = "empty" | "not-canonical" | "not-positive" | "too-large" | "too-fine";
export type TypedAmountReason = "empty" | "not-a-number" | "two-signs" | "not-positive" | "too-large" | "too-fine";

/**
 * One sign and exactly three digits after it, as in `1,500`: only the person knows which number that is.
 * `typed` is what was typed, without its spaces; `readings` holds first the one with the sign as decimal sign, then the one with it between thousands, where that is a number.
 */
export type UnclearSign = Refused<"unclear-sign"> & {
  readonly typed: string;
  readonly readings: readonly [Amount, ...Amount[]];
};

const DECIMAL = /^(?<minus>[-−])?(?<whole>[0-9]*)(?:[.,](?<fraction>[0-9]*))?$/;
const CANONICAL = /^(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?$/;

/** An amount as a site must send it: canonical, or refused. */
export function parseAmount(text: string): Parsed<Amount, AmountReason> {
  if (text === "") return refused("empty");
  if (!CANONICAL.test(text)) return refused("not-canonical");
  const [whole = "", fraction = ""] = text.split(".");
  return inRange(whole, fraction);
}

/**
 * An amount as a person types it on the phone: spaces are dropped, one `.` or `,` is the decimal sign.
 * Show the canonical value before a response is computed for it.
 */
export function readAmount(typed: string): Parsed<Amount, TypedAmountReason> | UnclearSign {
  const text = typed.replace(/\s/gu, "");
  if (text === "") return refused("empty");
  if ((text.match(/[.,]/g) ?? []).length > 1) return refused("two-signs");
  const groups = DECIMAL.exec(text)?.groups;
  const whole = groups?.["whole"] ?? "";
  const fraction = groups?.["fraction"] ?? "";
  if (whole === "" && fraction === "") return refused("not-a-number");
  if (groups?.["minus"] !== undefined) return refused("not-positive");

  const asDecimal = canonical(whole, fraction);
  if (!asDecimal.ok || fraction.length !== 3) return asDecimal;
  return { ...refused("unclear-sign"), typed: text, readings: [asDecimal.value, ...asThousands(whole, fraction)] };
}

// `0,500` and `,500` are no way to write thousands, nor is `1234,567`.
function asThousands(whole: string, fraction: string): Amount[] {
  if (!/^[1-9][0-9]{0,2}$/.test(whole)) return [];
  const reading = canonical(whole + fraction, "");
  return reading.ok ? [reading.value] : [];
}

function canonical(whole: string, fraction: string) {
  return inRange(whole.replace(/^0+(?=.)/, "") || "0", fraction.replace(/0+$/, ""));
}

function inRange(whole: string, fraction: string): Parsed<Amount, "not-positive" | "too-large" | "too-fine"> {
  if (whole.length > 15) return refused("too-large");
  if (fraction.length > 8) return refused("too-fine");
  if (whole === "0" && fraction === "") return refused("not-positive");
  return ok((fraction === "" ? whole : `${whole}.${fraction}`) as Amount);
}
