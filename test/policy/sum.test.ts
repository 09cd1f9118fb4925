import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAmount } from "../../src/e-num/amount.ts";
import { add, exceeds, sumOf, textOf } from "../../src/policy/sum.ts";

/** Any canonical amount, by its parts, so that the expectation is counted in other units than the code's. */
const units = fc.bigInt({ min: 1n, max: 10n ** 22n });

function amountOf(value: bigint) {
  const whole = value / 10n ** 8n;
  const decimals = (value % 10n ** 8n).toString().padStart(8, "0").replace(/0+$/, "");
  const parsed = parseAmount(decimals === "" ? String(whole) : `${whole}.${decimals}`);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

describe("a sum of amounts", () => {
  it("is exact to the last decimal, and printed as an amount is written", () => {
    fc.assert(
      fc.property(units, units, (one, other) => {
        expect(textOf(add(sumOf(amountOf(one)), sumOf(amountOf(other))))).toBe(amountOf(one + other));
      }),
    );
  });

  it("exceeds a limit exactly when it is more", () => {
    fc.assert(
      fc.property(units, units, (one, limit) => {
        expect(exceeds(sumOf(amountOf(one)), sumOf(amountOf(limit)))).toBe(one > limit);
      }),
    );
  });
});
