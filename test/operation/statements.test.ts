import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalStatement } from "../../src/e-num/statement.ts";
import type { Operation } from "../../src/operation/operation.ts";
import { operations, operationsOf } from "./arbitraries.ts";
import { example, parsed, SHOP, shipped } from "./registry.ts";

const typed = (element: unknown) => shipped.statementsOf(parsed(element), SHOP).typed;

describe("what a person types", () => {
  it.each([
    ["payment", { mode: "payment", amount: "10.5", recipient: "Z123456789012" }],
    ["trust_transfer", { mode: "payment", amount: "1250.5", recipient: "Z123456789012" }],
    ["trust_limit", { mode: "payment", amount: "500", currency: "WMZ", recipient: "301234567890" }],
    ["credit_request", { mode: "payment", amount: "1500", recipient: "C123456789012" }],
    ["credit_issue", { mode: "payment", amount: "1000000", currency: "WMZ", recipient: "301234567890" }],
    ["profile_update", { mode: "confirm" }],
    ["security_settings", { mode: "confirm" }],
    ["correspondent_add", { mode: "confirm" }],
    ["keys", { mode: "confirm" }],
  ])("for %s is %j", (type, statement) => {
    expect(typed(example(type))).toEqual(statement);
  });

  it("another amount or recipient gives another statement, and nothing else does", () => {
    const bound = (payment: Operation) => {
      const { payee, amount } = JSON.parse(JSON.stringify(payment));
      return `${payee.purse} ${amount.value}`;
    };
    fc.assert(
      fc.property(operationsOf("payment"), operationsOf("payment"), (one, two) => {
        const same = canonicalStatement(typed(one)) === canonicalStatement(typed(two));
        expect(same).toBe(bound(one) === bound(two));
      }),
      { numRuns: 500 },
    );
  });

  it("to a WMID another currency gives another statement", () => {
    const limit = (purse: string, currency: string) =>
      typed({
        type: "trust_limit",
        operation_id: "1",
        trusted_wmid: "301234567890",
        purse,
        limit: { value: "5", currency },
      });
    expect(canonicalStatement(limit("Z123456789012", "WMZ"))).not.toBe(
      canonicalStatement(limit("E123456789012", "WME")),
    );
  });
});

describe("what is scanned", () => {
  it("holds the element as it was sent, and the client's id and name", () => {
    const { scanned } = shipped.statementsOf(parsed(example("keys")), { ...SHOP, ...{ logo: "x" } });
    expect(scanned).toEqual({ mode: "operation", client: SHOP, operation: example("keys") });
  });

  it("any changed member gives another statement, the client's id and name among them", () => {
    const clients = fc.record({ id: fc.constantFrom("shop", "bank"), name: fc.constantFrom("Shop", "Bank") });
    fc.assert(
      fc.property(operations, operations, clients, clients, (one, two, seller, buyer) => {
        const text = (operation: typeof one, client: typeof SHOP) =>
          canonicalStatement(shipped.statementsOf(operation, client).scanned);
        // The order of members is no member.
        const equal = sorted(one) === sorted(two) && sorted(seller) === sorted(buyer);
        expect(text(one, seller) === text(two, buyer)).toBe(equal);
        expect(text(one, seller) === text(one, buyer)).toBe(sorted(seller) === sorted(buyer));
      }),
      { numRuns: 500 },
    );
  });

  it.each(["description", "payer_purse", "invoice_id"])("%s that is left out gives another statement", (member) => {
    const whole = shipped.statementsOf(parsed(example("payment")), SHOP);
    const less = shipped.statementsOf(parsed(example("payment", { [member]: undefined })), SHOP);
    expect(canonicalStatement(less.scanned)).not.toBe(canonicalStatement(whole.scanned));
    expect(less.typed).toEqual(whole.typed);
  });
});

/** JSON with every object's members in one order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
