import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Challenge, parseChallenge, parseResponse } from "../../src/e-num/challenge.ts";
import { computeResponse, responseInput, sameResponse } from "../../src/e-num/e-num.ts";
import { canonicalStatement, parseStatement, type Statement, statementHash } from "../../src/e-num/statement.ts";
import published from "../vectors/enum-responses.json" with { type: "json" };
import { challenges, statements } from "./arbitraries.ts";

function challengeOf(text: string): Challenge {
  const challenge = parseChallenge(text);
  if (!challenge.ok) throw new Error(`${text}: ${challenge.reason}`);
  return challenge.value;
}

function statementOf(json: unknown): Statement {
  const statement = parseStatement(json);
  if (!statement.ok) throw new Error(`${JSON.stringify(json)}: ${statement.reason}`);
  return statement.value;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const pad = Uint8Array.from(Buffer.from("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "hex"));
const login: Statement = { mode: "login" };

describe("the published vectors", () => {
  it.each(published.vectors)("$challenge, $jcs: $response", (vector) => {
    const statement = statementOf(vector.statement);
    expect(canonicalStatement(statement)).toBe(vector.jcs);
    expect(hex(statementHash(statement))).toBe(vector.statement_sha256);
    const bytes = Uint8Array.from(Buffer.from(vector.pad_hex, "hex"));
    expect(computeResponse(bytes, challengeOf(vector.challenge), statement)).toBe(vector.response);
  });
});

describe("a response belongs to one pad, one check number and one statement", () => {
  it("another statement is another input to OCRA", () => {
    fc.assert(
      fc.property(challenges, statements, statements, (challenge, one, other) => {
        fc.pre(canonicalStatement(one) !== canonicalStatement(other));
        expect(hex(responseInput(challenge, one))).not.toBe(hex(responseInput(challenge, other)));
      }),
    );
  });

  it("another check number is another input to OCRA", () => {
    fc.assert(
      fc.property(challenges, challenges, statements, (one, other, statement) => {
        fc.pre(one !== other);
        expect(hex(responseInput(one, statement))).not.toBe(hex(responseInput(other, statement)));
      }),
    );
  });

  it("check numbers n and 16n, both of eight digits, are told apart", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (number) => {
        const parsed = [number, number * 16, number * 256].map((n) => parseChallenge(String(n)));
        const inputs = parsed.flatMap((challenge) =>
          challenge.ok ? [hex(responseInput(challenge.value, login))] : [],
        );
        expect(new Set(inputs).size).toBe(inputs.length);
      }),
    );
  });

  it("of 300 pads hardly two give one check number the same response", () => {
    const responses = Array.from({ length: 300 }, (_, index) => {
      const other = Uint8Array.from(pad);
      other[0] = index % 256;
      other[1] = index >> 8;
      return computeResponse(other, challengeOf("48219370"), login);
    });
    expect(new Set(responses).size).toBe(300);
  });

  it("the amount, the payee, the mode and the site are each bound", () => {
    const payment = { mode: "payment", amount: "10.5", recipient: "Z123456789012" };
    const operation = { mode: "operation", client: { id: "shop", name: "Shop" }, operation: { type: "keys" } };
    const agreed = [
      login,
      { mode: "confirm" },
      payment,
      { ...payment, amount: "10.51" },
      { ...payment, recipient: "E123456789012" },
      { ...payment, recipient: "123456789012", currency: "WMZ" },
      { ...payment, recipient: "123456789012", currency: "WME" },
      operation,
      { ...operation, client: { id: "shop2", name: "Shop" } },
      { ...operation, client: { id: "shop", name: "shop" } },
      { ...operation, operation: { type: "keys", wmid: "123456789012" } },
    ];
    const responses = agreed.map((json) => computeResponse(pad, challengeOf("48219370"), statementOf(json)));
    expect(new Set(responses).size).toBe(agreed.length);
  });
});

describe("computing", () => {
  it("a statement's hash does as well as the statement, so that a server hashes once for several pads", () => {
    const challenge = challengeOf("48219370");
    expect(computeResponse(pad, challenge, statementHash(login))).toBe(computeResponse(pad, challenge, login));
  });

  it("a pad of another length is a fault of the program", () => {
    expect(() => computeResponse(pad.slice(1), challengeOf("48219370"), login)).toThrow(RangeError);
  });

  it("responses are compared", () => {
    const [one, other] = [parseResponse("6754654"), parseResponse("675 4655")];
    if (!one.ok || !other.ok) throw new Error("both are responses");
    expect(sameResponse(one.value, one.value)).toBe(true);
    expect(sameResponse(one.value, other.value)).toBe(false);
  });
});
