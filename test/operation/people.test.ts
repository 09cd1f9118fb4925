import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readAmount } from "../../src/e-num/amount.ts";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import {
  currencyName,
  formatAmount,
  formatDays,
  formatDecimal,
  formatMoney,
  formatRate,
} from "../../src/e-num/people.ts";
import { CURRENCY_NAMES, parseCurrency } from "../../src/e-num/purse.ts";
import { parseStatement } from "../../src/e-num/statement.ts";
import { operationLines } from "../../src/phone/command-line/lines.ts";
import { amounts, parsedValue } from "../e-num/arbitraries.ts";
import { example, SHOP } from "./registry.ts";

describe("amounts for people", () => {
  it.each([
    ["9", "9", "9"],
    ["10.5", "10.50", "10,50"],
    ["0.05", "0.05", "0,05"],
    ["999", "999", "999"],
    ["1250.5", "1 250.50", "1 250,50"],
    ["1000000", "1 000 000", "1 000 000"],
    ["0.00000001", "0.00000001", "0,00000001"],
    ["1234.5678", "1 234.5678", "1 234,5678"],
    ["999999999999999.99999999", "999 999 999 999 999.99999999", "999 999 999 999 999,99999999"],
  ])("%s is %s, and %s in Russian", (amount, en, ru) => {
    expect(formatAmount(amount, "en")).toBe(en);
    expect(formatAmount(amount, "ru")).toBe(ru.replaceAll(" ", "\u00a0"));
  });

  it("are read back by the phone as the very same, or asked about with it first", () => {
    fc.assert(
      fc.property(amounts, (amount) => {
        for (const shown of [formatAmount(amount, "ru"), formatAmount(amount, "en").replaceAll(",", "")]) {
          const read = readAmount(shown);
          expect(read.ok ? read.value : "readings" in read && read.readings[0]).toBe(amount);
        }
      }),
    );
  });

  it("keep every digit in its place, and two are never shown alike", () => {
    fc.assert(
      fc.property(amounts, amounts, (one, two) => {
        for (const language of ["en", "ru"] as const) {
          const digits = formatDecimal(one, language).replace(/[^0-9]/g, "");
          expect(digits).toBe(one.replace(".", ""));
          expect(formatAmount(one, language) === formatAmount(two, language)).toBe(one === two);
        }
      }),
    );
  });

  it("text that is no decimal stays as it is", () => {
    for (const text of ["1.2.3", "1e5", "-1000", "1000 ", "", "１０００"]) expect(formatDecimal(text, "en")).toBe(text);
  });
});

describe("currencies, periods, rates and terms", () => {
  it("every currency has a name in each language", () => {
    for (const letter of Object.keys(CURRENCY_NAMES)) {
      const currency = parsedValue(parseCurrency(`WM${letter}`));
      expect(currencyName(currency, "en")).toMatch(/^[A-Za-z][A-Za-z, ]+$/);
      expect(currencyName(currency, "ru")).toMatch(/^[A-Za-zА-Яа-яё, ]+$/);
    }
    expect(currencyName("WMZ", "en")).toBe("US dollars");
    expect(currencyName("WMG", "ru")).toBe("граммы золота");
  });

  it("a sum says how often it may be taken, a rate when it is due", () => {
    expect(formatMoney("50", "WMZ", "en", "day")).toBe("50 WMZ per day");
    expect(formatMoney("150.5", "WMZ", "ru", "week")).toBe("150,50 WMZ в неделю");
    expect(formatMoney("50", "WMZ", "ru", "month")).toBe("50 WMZ в месяц");
    expect(formatMoney("50", "WMZ", "en")).toBe("50 WMZ");
    expect(formatRate("0.5", "en", "day")).toBe("0.5 % per day");
    expect(formatRate("0.5", "ru", "day")).toBe("0,5 % в день");
    expect(formatRate("12", "en")).toBe("12 %");
  });

  it.each([
    [1, "1 day", "1 день"],
    [2, "2 days", "2 дня"],
    [5, "5 days", "5 дней"],
    [11, "11 days", "11 дней"],
    [21, "21 days", "21 день"],
    [30, "30 days", "30 дней"],
    [112, "112 days", "112 дней"],
    [124, "124 days", "124 дня"],
    [3650, "3 650 days", "3\u00a0650 дней"],
  ])("%i is %s, and %s in Russian", (days, en, ru) => {
    expect([formatDays(days, "en"), formatDays(days, "ru")]).toEqual([en, ru]);
  });
});

describe("the phone", () => {
  const challenge = parsedValue(parseChallenge("48219370"));
  const linesOf = (operation: unknown) => {
    const statement = parsedValue(parseStatement({ mode: "operation", client: SHOP, operation }));
    return statement.mode === "operation" ? operationLines(statement, challenge).map((line) => line.trim()) : [];
  };

  it("shows the same figures as the page", () => {
    const credit = linesOf(example("credit_issue")).join("\n");
    expect(credit).toMatch(/^amount +1 000 000 WMZ$/m);
    expect(credit).toMatch(/^term days +365 days$/m);
    expect(credit).toMatch(/^daily rate +0\.5 % per day$/m);
    expect(credit).toMatch(/^source purse +Z 1234 5678 9012$/m);
  });

  it("does not show what is not canonical as if it were", () => {
    const [one, two] = ["10.5", "10.50"].map((value) => linesOf({ type: "x", amount: { value, currency: "WMZ" } }));
    expect(one).toContainEqual(expect.stringMatching(/^amount +10\.50 WMZ$/));
    expect(two).toContainEqual(expect.stringMatching(/^amount +"10\.50" WMZ$/));
  });
});
