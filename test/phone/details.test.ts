import { describe, expect, test } from "vitest";
import { parseStatement } from "../../src/e-num/statement.ts";
import { nounOf, operationDetails } from "../../src/phone/details.ts";
import { operationWords } from "../../src/phone/operation-words.ts";
import { readerOf } from "../../src/phone/web/parts/asked.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { example, parsed, SHOP, shipped, TYPES } from "../operation/registry.ts";
import { accountOf, appOf } from "./web-app.ts";

/** As a client gets them: over the network. */
const words = operationWords.parse(JSON.parse(JSON.stringify(shipped.phoneWords)));

function statementOf(operation: unknown) {
  const statement = parsedValue(parseStatement({ mode: "operation", client: SHOP, operation }));
  if (statement.mode !== "operation") throw new Error("no operation");
  return statement;
}

const shown = (operation: unknown, language: "en" | "ru") =>
  operationDetails(statementOf(operation), { language, words }).map(({ label, value }) => `${label}: ${value}`);

const PART_OF_CHANGE = /(?:change|изменение).*\d/i;

describe("what a phone shows of an operation", () => {
  test("has the labels, figures and choices of the page, in the person's language", () => {
    expect(shown(example("credit_request"), "ru")).toEqual([
      "Кредит: 1\u00a0500 WMC",
      "Ваш кредитный кошелёк: C 1234 5678 9012",
      "Описание: Credit for the shop",
      "Срок: 30 дней",
      "Процент: 0,25 % в день",
      "Погашение: в конце срока",
      "Номер запроса: cr-2026-11-000317",
    ]);
  });

  test.each(TYPES)("%s: everything that the page shows is there, and the sum is marked", (type) => {
    for (const language of ["en", "ru"] as const) {
      const operation = parsed(example(type));
      const page = shipped.describe(operation, language);
      const details = operationDetails(statementOf(operation), { language, words });
      expect(nounOf(statementOf(operation), { language, words })).toBe(page.noun);
      const wanted = [
        ...(page.amount === undefined ? [] : [`${page.amount.value} ${page.amount.currency}`]),
        ...[page.payee?.name, page.payee?.purse, page.payee?.wmid].filter((value) => value !== undefined),
        ...page.rows.map(({ value }) => value),
      ];
      // Changes stand in one line on the page, and part by part here.
      const lines = details.filter(({ label }) => !PART_OF_CHANGE.test(label)).map(({ value }) => value);
      const expected = wanted.filter((value) => !value.includes("→"));
      expect(lines.map((line, place) => line.slice(0, expected[place]?.length))).toEqual(expected);
      const changes = wanted.filter((value) => value.includes("→")).join(" ");
      for (const { label, value } of details) if (PART_OF_CHANGE.test(label)) expect(changes).toContain(value);
      expect(details.filter(({ sum }) => sum)).toHaveLength(page.amount === undefined ? 0 : 1);
      expect(details.filter(({ payee }) => payee !== undefined)).toHaveLength(
        [page.payee?.name, page.payee?.purse, page.payee?.wmid].filter((value) => value !== undefined).length,
      );
      // A member without words would be called by its name in the JSON.
      for (const { label } of details) expect(label).not.toMatch(/_/);
      if (language === "ru") for (const { label } of details) expect(label).toMatch(/[а-яё]|WMID/i);
    }
  });

  test("sets who gets it apart: name, purse and WMID, however the site orders them", () => {
    const payee = { wmid: "301234567890", note: "x", purse: "Z123456789012", name: "Book shop" };
    const details = operationDetails(statementOf({ ...example("payment"), payee }), { language: "en", words });
    expect(details.slice(0, 5).map(({ payee, label, value }) => [payee?.part, payee?.label, label, value])).toEqual([
      [undefined, undefined, "Amount", expect.stringMatching(/WMZ$/)],
      ["name", "Payee", "Payee, name", "Book shop"],
      ["purse", "Payee", "Payee, purse", "Z 1234 5678 9012"],
      ["wmid", "Payee", "Payee, WMID", "3012 3456 7890"],
      [undefined, undefined, "Payee, note", "x"],
    ]);
  });

  test("is told in the provider's words to its own accounts alone: another's mean what they mean there", async () => {
    const own = await accountOf("alice@example.org");
    const { app } = await appOf([own], { client: {}, operations: words });
    const read = (issuer: string) => readerOf(app, { ...own, issuer });
    const payment = statementOf(example("payment"));
    expect(nounOf(payment, read(app.ports.issuer))).toBe("Payment");
    expect(nounOf(payment, read("https://id.example.net"))).toBeUndefined();
    expect(operationDetails(payment, read("https://id.example.net"))[0]).toMatchObject({
      label: "type",
      value: "payment",
    });
    expect(nounOf(payment, readerOf(app, undefined))).toBeUndefined();
  });

  test("leaves nothing out that nobody has words for", () => {
    const operation = { type: "payment", constructor: "x", tip: { value: "1.50", currency: "WMZ" }, more: [] };
    expect(shown(operation, "en")).toEqual(["constructor: x", 'tip: "1.50" WMZ', "more: (empty)"]);
    expect(shown({ type: "toString", note: null }, "ru")).toEqual(["Вид: toString", "note: (нет)"]);
  });
});
