import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseAmount } from "../../src/e-num/amount.ts";
import { canonicalise, parseJson } from "../../src/e-num/jcs.ts";
import { parsePurse, parseRecipient } from "../../src/e-num/purse.ts";
import { canonicalStatement, parseStatement, paymentStatement } from "../../src/e-num/statement.ts";
import { parsedValue, statements } from "./arbitraries.ts";

const operation = {
  mode: "operation",
  client: { id: "shop", name: "Книжный магазин" },
  operation: { type: "payment", amount: { value: "10.5", currency: "WMZ" } },
};

describe("RFC 8785", () => {
  it("sorts members by UTF-16 code units, writes letters as UTF-8 and nothing between", () => {
    const json = parsedValue(parseJson({ b: [1, true, null], a: { z: 'é"\\', A: "€" }, _: -5 }));
    expect(canonicalise(json)).toBe('{"_":-5,"a":{"A":"€","z":"é\\"\\\\"},"b":[1,true,null]}');
  });

  it("a member called __proto__ is a member", () => {
    expect(canonicalise(parsedValue(parseJson(JSON.parse('{"__proto__":{"a":1}}'))))).toBe('{"__proto__":{"a":1}}');
  });

  it("what it wrote is read back as the same, whatever the order of members", () => {
    fc.assert(
      fc.property(statements, (statement) => {
        const text = canonicalStatement(statement);
        const back = parsedValue(parseStatement(JSON.parse(text)));
        expect(back).toEqual(statement);
        const turned = Object.fromEntries(Object.entries(JSON.parse(text)).reverse());
        expect(canonicalStatement(parsedValue(parseStatement(turned)))).toBe(text);
      }),
    );
  });
});

describe("statements", () => {
  it.each([
    [null, "not-json"],
    ["login", "not-json"],
    [[], "not-json"],
    [{}, "unknown-mode"],
    [{ mode: "Login" }, "unknown-mode"],
    [{ mode: "login", amount: "1" }, "unknown-member"],
    [{ mode: "payment", amount: "10.5" }, "missing-member"],
    [{ mode: "payment", amount: 10, recipient: "Z123456789012" }, "wrong-type"],
    [{ mode: "payment", amount: "10.50", recipient: "Z123456789012" }, "not-canonical"],
    [{ mode: "payment", amount: "10.5", recipient: "z123456789012" }, "not-a-purse"],
    [{ mode: "payment", amount: "10.5", recipient: "123456789012" }, "currency-needed"],
    [{ mode: "payment", amount: "10.5", recipient: "123456789012", currency: "USD" }, "unknown-currency"],
    [{ mode: "payment", amount: "10.5", recipient: "Z123456789012", currency: "WMZ" }, "currency-not-allowed"],
    [{ mode: "payment", amount: "10.5", recipient: "Z123456789012", note: "x" }, "unknown-member"],
    [{ ...operation, operation: undefined }, "not-json"],
    [{ mode: "operation", client: operation.client }, "missing-member"],
    [{ ...operation, operation: [] }, "wrong-type"],
    [{ ...operation, client: { id: "shop" } }, "missing-member"],
    [{ ...operation, client: { id: "shop", name: " " } }, "empty-name"],
    [{ ...operation, client: { id: "shop", name: 5 } }, "wrong-type"],
    [{ ...operation, client: { id: "shop", name: "Shop", uri: "x" } }, "unknown-member"],
    [{ ...operation, client: { id: "shop", name: "a".repeat(65) } }, "too-long"],
    [{ ...operation, operation: { rate: 0.5 } }, "not-an-integer"],
    [{ ...operation, operation: { count: 2 ** 53 } }, "not-an-integer"],
    [{ ...operation, operation: { count: Number.NaN } }, "not-an-integer"],
    [{ ...operation, operation: { ключ: "x" } }, "not-ascii-key"],
    [{ ...operation, operation: { note: "e\u0301" } }, "not-normalised"],
    [{ ...operation, operation: { changes: [{ to: "a\u202eb" }] } }, "invisible-character"],
    [{ ...operation, operation: { payee: { name: "a".repeat(65) } } }, "too-long"],
    [{ ...operation, operation: { description: "a".repeat(141) } }, "too-long"],
    [{ ...operation, operation: { at: new Date() } }, "not-json"],
    [{ ...operation, operation: nested(200) }, "too-deep"],
  ])("%j is refused: %s", (json, reason) => {
    expect(parseStatement(json)).toEqual({ ok: false, reason });
  });

  it("a payment to a WMID says its currency, one to a purse does not", () => {
    const amount = parsedValue(parseAmount("500"));
    const wmid = parsedValue(parseRecipient("301234567890"));
    const purse = parsedValue(parsePurse("Z123456789012"));
    expect(paymentStatement(wmid, amount, "WMZ").ok).toBe(true);
    expect(paymentStatement(wmid, amount)).toEqual({ ok: false, reason: "currency-needed" });
    expect(paymentStatement(purse, amount).ok).toBe(true);
    expect(paymentStatement(purse, amount, "WMZ")).toEqual({ ok: false, reason: "currency-not-allowed" });
  });

  it("whatever JSON comes, the answer is a statement or a reason", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const statement = parseStatement(json);
        if (!statement.ok) expect(statement.reason).toMatch(/^[a-z-]+$/);
      }),
    );
  });
});

function nested(levels: number): unknown {
  return levels === 0 ? 1 : { in: nested(levels - 1) };
}
