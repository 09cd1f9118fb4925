import { describe, expect, test } from "vitest";
import { parseStatement } from "../../src/e-num/statement.ts";
import { nounOf, operationDetails } from "../../src/phone/details.ts";
import { operationWords } from "../../src/phone/operation-words.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { example, parsed, SHOP, shipped, TYPES } from "../operation/registry.ts";

/** As a client gets them: over the network. */
const words = operationWords.parse(JSON.parse(JSON.stringify(shipped.phoneWords)));

function statementOf(operation: unknown) {
  const statement = parsedValue(parseStatement({ mode: "operation", client: SHOP, operation }));
  if (statement.mode !== "operation") throw new Error("no operation");
  return statement;
}

const shown = (operation: unknown, language: "en" | "ru") =>
  operationDetails(statementOf(operation), { language, words }).map(({ label, value }) => `${label}: ${value}`);

describe("what a phone shows of an operation", () => {
  test("has the labels, figures and choices of the page, in the person's language", () => {
    expect(shown(example("credit_request"), "ru")).toEqual([
      "Вид: Заявка на кредит",
      "Номер запроса: cr-2026-11-000317",
      "Описание: Credit for the shop",
      "Ваш кредитный кошелёк: C 1234 5678 9012",
      "Кредит: 1\u00a0500 WMC",
      "Срок: 30 дней",
      "Процент: 0,25 % в день",
      "Погашение: в конце срока",
    ]);
  });

  test.each(TYPES)("%s: everything that the page shows is there, and the sum is marked", (type) => {
    for (const language of ["en", "ru"] as const) {
      const operation = parsed(example(type));
      const page = shipped.describe(operation, language);
      const details = operationDetails(statementOf(operation), { language, words });
      const values = details.map(({ value }) => value);
      expect(nounOf(statementOf(operation), { language, words })).toBe(page.noun);
      expect(values).toContain(page.noun);
      const wanted = [
        ...(page.amount === undefined ? [] : [`${page.amount.value} ${page.amount.currency}`]),
        ...[page.payee?.name, page.payee?.purse, page.payee?.wmid].filter((value) => value !== undefined),
        // Changes stand in one line on the page, and part by part here.
        ...page.rows.map(({ value }) => value).filter((value) => !value.includes("→")),
      ];
      for (const value of wanted) expect(values.some((each) => each.startsWith(value))).toBe(true);
      expect(details.filter(({ sum }) => sum)).toHaveLength(page.amount === undefined ? 0 : 1);
      // A member without words would be called by its name in the JSON.
      for (const { label } of details) expect(label).not.toMatch(/_/);
      if (language === "ru") for (const { label } of details) expect(label).toMatch(/[а-яё]|WMID/i);
    }
  });

  test("leaves nothing out that nobody has words for", () => {
    const operation = { type: "payment", constructor: "x", tip: { value: "1.50", currency: "WMZ" }, more: [] };
    expect(shown(operation, "en")).toEqual(["Kind: Payment", "constructor: x", 'tip: "1.50" WMZ', "more: (empty)"]);
    expect(shown({ type: "toString", note: null }, "ru")).toEqual(["Вид: toString", "note: (нет)"]);
  });
});
