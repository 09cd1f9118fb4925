import type { Amount } from "../e-num/amount.ts";

/**
 * An amount in two whole numbers, so that both databases add and compare exactly: 15 digits before the point, and the eight decimals after
 * it as a number of 10^-8. Floating point would lose a payment's last digits.
 */
export interface Sum {
  readonly whole: number;
  /** From 0 to 99,999,999. */
  readonly fraction: number;
}

export const FRACTIONS = 100_000_000;
export const NOTHING: Sum = { whole: 0, fraction: 0 };

export function sumOf(amount: Amount): Sum {
  const [whole = "0", fraction = ""] = amount.split(".");
  return { whole: Number(whole), fraction: Number(fraction.padEnd(8, "0")) };
}

export function add(one: Sum, other: Sum): Sum {
  const fraction = one.fraction + other.fraction;
  return { whole: one.whole + other.whole + Math.floor(fraction / FRACTIONS), fraction: fraction % FRACTIONS };
}

export function exceeds(sum: Sum, limit: Sum): boolean {
  return sum.whole > limit.whole || (sum.whole === limit.whole && sum.fraction > limit.fraction);
}

/** Decimal text without insignificant zeros. */
export function textOf({ whole, fraction }: Sum): string {
  const decimals = String(fraction).padStart(8, "0").replace(/0+$/, "");
  return decimals === "" ? String(whole) : `${whole}.${decimals}`;
}
