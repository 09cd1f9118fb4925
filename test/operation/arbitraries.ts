import fc from "fast-check";
import type { Operation } from "../../src/operation/operation.ts";
import { parsed, TYPES } from "./registry.ts";

/** Elements of every type, few enough in each place that two often differ in one thing alone. */

/** Texts that look like our own words and signs, and like one another. */
const texts = fc.oneof(
  fc.constantFrom("a", "b", "a: b", "b → a", "→ a", "a →", ":", "→", "Change 2", "30 days", "10.50 WMZ", "“a”", "a  b"),
  fc.stringMatching(/^[ab:→ ]{0,5}[ab]$/),
);
const names = texts;
const digits = fc.constantFrom("123456789012", "123456789013", "012345678901");
const letters = fc.constantFrom("Z", "E");
const values = fc.constantFrom("10.5", "10.05", "1", "1000", "1000.5", "10", "0.00000001", "999999999999999.99999999");
const days = fc.constantFrom(1, 2, 5, 21, 100, 1000, 3650);
const rates = fc.constantFrom("0", "0.5", "0.05", "5", "1000");

const money = (letter: string) => values.map((value) => ({ value, currency: `WM${letter}` }));
const purse = (letter: string) => digits.map((number) => letter + number);
const payee = (letter: string) =>
  fc.record({ purse: purse(letter), wmid: digits, name: names }, { requiredKeys: ["purse"] });

function own(type: (typeof TYPES)[number], letter: string): fc.Arbitrary<object> {
  const [sum, from] = [money(letter), purse(letter)];
  switch (type) {
    case "payment":
      return fc.record(
        { payee: payee(letter), amount: sum, payer_purse: from, invoice_id: texts },
        { requiredKeys: ["payee", "amount"] },
      );
    case "trust_transfer":
      return fc.record({ payee: payee(letter), amount: sum, owner_wmid: digits, owner_purse: from });
    case "trust_limit":
      return fc.record(
        { trusted_wmid: digits, purse: from, limit: sum, per_day: sum, per_week: sum, per_month: sum, term_days: days },
        { requiredKeys: ["trusted_wmid", "purse", "limit"] },
      );
    case "credit_request":
      return fc.record({
        purse: purse("C"),
        amount: money("C"),
        term_days: days,
        daily_rate: rates,
        repayment: fc.constantFrom("end", "daily"),
      });
    case "credit_issue":
      return fc.record({ borrower_wmid: digits, source_purse: from, amount: sum, term_days: days, daily_rate: rates });
    case "profile_update":
      return fc.record({
        changes: fc.array(fc.record({ field: texts, from: texts, to: texts }, { requiredKeys: ["field", "to"] }), {
          minLength: 1,
          maxLength: 3,
        }),
      });
    case "security_settings":
      return fc.record({ setting: texts, from: texts, to: texts }, { requiredKeys: ["setting", "to"] });
    case "correspondent_add":
      return fc.record({ wmid: digits, name: names }, { requiredKeys: ["wmid"] });
    case "keys":
      return fc.record({ wmid: digits, action: fc.constantFrom("change", "move", "back_up", "retrieve", "delete") });
    default:
      return type satisfies never;
  }
}

export function operationsOf(type: (typeof TYPES)[number]): fc.Arbitrary<Operation> {
  const common = fc.record(
    { operation_id: fc.constantFrom("a", "b", "1042"), description: texts },
    { requiredKeys: ["operation_id"] },
  );
  return letters
    .chain((letter) => fc.tuple(common, own(type, letter)))
    .map(([shared, members]) => parsed({ type, ...shared, ...members }));
}

export const operations: fc.Arbitrary<Operation> = fc.constantFrom(...TYPES).chain(operationsOf);
