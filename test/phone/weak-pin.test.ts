import { describe, expect, it } from "vitest";
import { type Pin, parsePin } from "../../src/phone/pad.ts";
import { isWeak } from "../../src/phone/weak-pin.ts";

function pin(typed: string): Pin {
  const parsed = parsePin(typed);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.value;
}

describe("a PIN that anybody would try", () => {
  it.each([
    "000000",
    "777777",
    "123456",
    "654321",
    "098765",
    "1234567890",
    "135791",
    "121212",
    "696969",
    "123123",
    "12341234",
    "112233",
    "998877",
    "123321",
    "147258",
    "159753",
    "789456",
    "102030",
  ])("%s is refused", (typed) => {
    expect(isWeak(pin(typed))).toBe(true);
  });

  it.each(["271828", "314159", "907856", "804713", "1984726", "550912", "123457"])("%s is taken", (typed) => {
    expect(isWeak(pin(typed))).toBe(false);
  });

  it("is one of few: what remains is as hard to guess", () => {
    // Every 53rd of a million: no number with a pattern is more often a multiple of 53 than any other.
    const some = Array.from({ length: 18_868 }, (_, at) => pin(String(at * 53).padStart(6, "0")));
    const weak = some.filter(isWeak).length;
    expect(weak).toBeGreaterThan(0);
    expect(weak / some.length).toBeLessThan(0.002);
  });
});
