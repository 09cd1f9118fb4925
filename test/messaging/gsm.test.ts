import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { languages } from "../../src/locale/locale.ts";
import { isGsm, segmentsOf } from "../../src/messaging/gsm.ts";
import { createWriter } from "../../src/messaging/templates.ts";

describe("the GSM alphabet", () => {
  test.each([
    ["482193 is your code for id.example.com.\n\n@id.example.com #482193", true],
    ["Grüße, £5, {x} [y] ~ €", true],
    ["482193 — your code", false],
    ["Ваш код 482193", false],
    ["ок 👍", false],
    ["a\tb", false],
  ])("%j", (text, gsm) => {
    expect(isGsm(text)).toBe(gsm);
  });
});

describe("a text takes as many SMS as a phone joins", () => {
  test.each([
    ["", 1],
    ["a".repeat(160), 1],
    ["a".repeat(161), 2],
    ["a".repeat(306), 2],
    ["a".repeat(307), 3],
    ["€".repeat(80), 1],
    ["€".repeat(81), 2],
    // Of 153 septets a character of two leaves one empty: 76 in a part, not 76 and a half.
    ["€".repeat(152), 2],
    ["€".repeat(153), 3],
    ["я".repeat(70), 1],
    ["я".repeat(71), 2],
    ["я".repeat(134), 2],
    ["я".repeat(135), 3],
    ["👍".repeat(35), 1],
    ["👍".repeat(36), 2],
    ["👍".repeat(66), 2],
    ["👍".repeat(67), 3],
  ])("%# %s", (text, segments) => {
    expect(segmentsOf(text)).toBe(segments);
  });

  test("and never fewer than its length asks for", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "€", "я", "👍"), maxLength: 400 }), (text) => {
        const least = isGsm(text) ? text.length / 153 : text.length / 67;
        const whole = isGsm(text) ? text.replaceAll("€", "€€").length <= 160 : text.length <= 70;
        expect(segmentsOf(text)).toBeGreaterThanOrEqual(whole ? 1 : least);
      }),
    );
  });
});

test.each(languages.map(({ locale }) => locale))(
  "a code in %s takes at most two SMS, for a host of usual length",
  (locale) => {
    const { text } = createWriter({ issuer: "https://id.example.com" })({
      channel: "sms",
      template: "phone-code",
      params: { code: "482193" },
      expiresAt: 0,
      locale,
    });
    expect(segmentsOf(text)).toBe(locale === "en" ? 1 : 2);
  },
);
