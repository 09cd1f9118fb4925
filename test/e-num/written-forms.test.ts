import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatActivationCode, parseActivationCode } from "../../src/e-num/activation-code.ts";
import { parseAmount, readAmount } from "../../src/e-num/amount.ts";
import { formatChallenge, formatResponse, parseChallenge, parseResponse } from "../../src/e-num/challenge.ts";
import {
  CURRENCY_NAMES,
  currencyOf,
  formatRecipient,
  isPurse,
  isPurseLetter,
  parseCurrency,
  parsePurse,
  parseRecipient,
  purseOf,
  readRecipient,
} from "../../src/e-num/purse.ts";
import { parseText } from "../../src/e-num/text.ts";
import published from "../vectors/enum-responses.json" with { type: "json" };
import { amounts, challenges, parsedValue, recipients } from "./arbitraries.ts";

describe("check numbers", () => {
  it.each(published.refuse.challenges)("a phone computes nothing for %j", (text) => {
    expect(parseChallenge(text).ok).toBe(false);
  });

  it("parse and print back", () => {
    fc.assert(
      fc.property(challenges, (challenge) => {
        expect(formatChallenge(challenge)).toMatch(/^[1-9][0-9]{3} [0-9]{4}$/);
        expect(parseChallenge(formatChallenge(challenge))).toEqual({ ok: true, value: challenge });
      }),
    );
  });

  it.each(["4821 9370", "4821-9370", "4821\u00a09370", "48\u200921\u202f9370", " 48219370 ", "4821\u20139370"])(
    "spaces and hyphens do not count: %j",
    (typed) => {
      expect(parseChallenge(typed)).toEqual({ ok: true, value: "48219370" });
    },
  );

  it.each([
    ["", "empty"],
    [" - ", "empty"],
    ["4821937O", "not-digits"],
    ["٤٨٢١٩٣٧٠", "not-digits"],
    ["４８２１９３７０", "not-digits"],
    ["4821937.0", "not-digits"],
    ["+48219370", "not-digits"],
    ["482193701", "wrong-length"],
    ["482193", "wrong-length"],
    ["04821937", "leading-zero"],
    ["675 4654", "is-a-response"],
  ])("%j is refused: %s", (typed, reason) => {
    expect(parseChallenge(typed)).toEqual({ ok: false, reason });
  });
});

describe("responses", () => {
  it("parse and print back", () => {
    expect(parseResponse("675 4654")).toEqual({ ok: true, value: "6754654" });
    expect(formatResponse(parsedValue(parseResponse("0000042")))).toBe("000 0042");
  });

  it.each([
    ["", "empty"],
    ["675465O", "not-digits"],
    ["675465", "wrong-length"],
    ["4821 9370", "is-a-challenge"],
  ])("%j is refused: %s", (typed, reason) => {
    expect(parseResponse(typed)).toEqual({ ok: false, reason });
  });
});

describe("activation codes (Crockford base32)", () => {
  it.each(["K7QF2-9XWTA", "k7qf29xwta", "K7QF2 9XWTA", " k7qf2-9xwta "])("%j is read", (typed) => {
    expect(parseActivationCode(typed)).toEqual({ ok: true, value: "K7QF29XWTA" });
  });

  it("O is read as 0, I and L as 1", () => {
    expect(parseActivationCode("oOiIl LZZZZ")).toEqual({ ok: true, value: "001111ZZZZ" });
  });

  it.each([
    ["", "empty"],
    ["K7QF2-9XWTU", "wrong-characters"],
    ["K7QF2-9XWT", "wrong-length"],
    ["K7QF2-9XWTAA", "wrong-length"],
  ])("%j is refused: %s", (typed, reason) => {
    expect(parseActivationCode(typed)).toEqual({ ok: false, reason });
  });

  it("is shown in two groups of five", () => {
    expect(formatActivationCode(parsedValue(parseActivationCode("K7QF29XWTA")))).toBe("K7QF2-9XWTA");
  });
});

describe("amounts from a site", () => {
  it.each(published.refuse.amounts)("%j is refused", (text) => {
    expect(parseAmount(text).ok).toBe(false);
  });

  it.each(["10.5", "0.5", "9", "0.00000001", "999999999999999.99999999"])("%j is canonical", (text) => {
    expect(parseAmount(text)).toEqual({ ok: true, value: text });
  });

  it.each([
    ["", "empty"],
    ["10.50", "not-canonical"],
    ["1 000", "not-canonical"],
    ["0", "not-positive"],
    ["1234567890123456", "too-large"],
    ["0.000000001", "too-fine"],
  ])("%j is refused: %s", (text, reason) => {
    expect(parseAmount(text)).toEqual({ ok: false, reason });
  });
});

describe("amounts as typed on a phone", () => {
  it.each([
    ["10,50", "10.5"],
    ["10.50", "10.5"],
    ["1 000", "1000"],
    ["1\u00a0000,5", "1000.5"],
    [".5", "0.5"],
    ["9.", "9"],
    ["007", "7"],
    ["10.00", "10"],
  ])("%j is taken for %s", (typed, amount) => {
    expect(readAmount(typed)).toEqual({ ok: true, value: amount });
  });

  it.each([
    ["", "empty"],
    ["1,000.50", "two-signs"],
    ["1.000.000", "two-signs"],
    ["10 WMZ", "not-a-number"],
    ["-", "not-a-number"],
    ["5-", "not-a-number"],
    ["1e3", "not-a-number"],
    [".", "not-a-number"],
    ["١٠", "not-a-number"],
    ["0", "not-positive"],
    ["0,000", "not-positive"],
    ["-1", "not-positive"],
    ["−1,5", "not-positive"],
    ["1234567890123456", "too-large"],
    ["0.000000001", "too-fine"],
  ])("%j is refused: %s", (typed, reason) => {
    expect(readAmount(typed)).toEqual({ ok: false, reason });
  });

  it.each([
    ["1,234", ["1.234", "1234"]],
    ["10.500", ["10.5", "10500"]],
    ["5.000", ["5", "5000"]],
    ["0,500", ["0.5"]],
    ["1234,567", ["1234.567"]],
  ])("a sign before exactly three digits is asked about: %j", (typed, readings) => {
    expect(readAmount(typed)).toEqual({ ok: false, reason: "unclear-sign", typed, readings });
  });

  it("every canonical amount is read as itself, or asked about with itself first", () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        const read = readAmount(amount);
        if (read.ok) expect(read.value).toBe(amount);
        else expect(read).toMatchObject({ reason: "unclear-sign", readings: { 0: amount } });
      }),
    );
  });

  it("whatever is typed, the value shown is canonical", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9., ]{0,20}$/), (typed) => {
        const read = readAmount(typed);
        if (read.ok) expect(parseAmount(read.value)).toEqual(read);
      }),
    );
  });
});

describe("purses and WMIDs", () => {
  it.each(published.refuse.purses_from_a_site)("%j is refused as a site's purse", (text) => {
    expect(parsePurse(text).ok).toBe(false);
  });

  it("parse, print in digits that can be compared, and are read back by a phone", () => {
    fc.assert(
      fc.property(recipients, (recipient) => {
        expect(parseRecipient(recipient)).toEqual({ ok: true, value: recipient });
        expect(formatRecipient(recipient)).toMatch(/^([A-Z] )?[0-9]{4} [0-9]{4} [0-9]{4}$/);
        const read = readRecipient(formatRecipient(recipient).toLowerCase());
        if (isPurse(recipient)) expect(read).toEqual({ ok: true, value: recipient });
        else expect(read).toEqual({ ok: false, reason: "letter-needed", digits: recipient });
      }),
    );
  });

  it("the letter says the currency", () => {
    expect(currencyOf(parsedValue(parsePurse("Z123456789012")))).toBe("WMZ");
    expect(CURRENCY_NAMES.Z).toBe("USD");
    expect(parseCurrency("WME")).toEqual({ ok: true, value: "WME" });
    expect(parseCurrency("USD")).toEqual({ ok: false, reason: "unknown-currency" });
    expect(parseCurrency("WMtoString")).toEqual({ ok: false, reason: "unknown-currency" });
    expect(["Z", "Q", "toString"].map(isPurseLetter)).toEqual([true, false, false]);
  });

  it("a phone asks for a missing letter and puts it before the digits", () => {
    const read = readRecipient("1234 5678 9012");
    if (read.ok || read.reason !== "letter-needed") throw new Error("12 digits have no letter");
    expect(purseOf("Z", read.digits)).toBe("Z123456789012");
  });

  it.each([
    ["", "empty"],
    ["Q123456789012", "unknown-letter"],
    ["Z12345678901", "not-a-purse"],
    ["ZZ123456789012", "not-a-purse"],
    ["З123456789012", "not-a-purse"],
  ])("a phone refuses %j: %s", (typed, reason) => {
    expect(readRecipient(typed)).toEqual({ ok: false, reason });
  });
});

describe("text for people", () => {
  it.each(published.refuse.texts)("%j is refused", (text) => {
    expect(parseText(text).ok).toBe(false);
  });

  it.each([
    ["e\u0301", "not-normalised"],
    ["two\nlines", "more-than-one-line"],
    ["two\u2028lines", "more-than-one-line"],
    ["a\u001b[2Kb", "invisible-character"],
    ["a\u202eb", "invisible-character"],
    ["a\u2066b", "invisible-character"],
    ["a\u200bb", "invisible-character"],
    ["a\u00adb", "invisible-character"],
    ["a\u{e0041}b", "invisible-character"],
    ["a\ud800b", "invisible-character"],
    [`x${"\u0336\u0489\u0337\u20dd\u0338"}`, "piled-marks"],
    ["\u0338 5", "piled-marks"],
    ["x \u0338\u0338 y", "piled-marks"],
    ["\u0915\u0336\u0337\u0903\u0338\u0489\u20dd", "piled-marks"],
    ["a".repeat(141), "too-long"],
  ])("%j is refused: %s", (text, reason) => {
    expect(parseText(text)).toEqual({ ok: false, reason });
  });

  it.each([
    "Книжный магазин «Ё»",
    "書店",
    "Ünïcödé – 5 €",
    "😀".repeat(140),
    "שָׁ֑לוֹם",
    "ที่นี้",
    "हिन्दी",
    "x\u0336\u0489\u0337\u20dd",
    "",
  ])("%j is taken as it stands", (text) => {
    expect(parseText(text)).toEqual({ ok: true, value: text });
  });

  it("a name has at most 64 characters", () => {
    expect(parseText("a".repeat(65), 64)).toEqual({ ok: false, reason: "too-long" });
  });
});
