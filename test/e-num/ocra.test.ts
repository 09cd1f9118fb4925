import { describe, expect, it } from "vitest";
import { ocra, ocraDataInput } from "../../src/e-num/ocra.ts";
import { parseOcraSuite } from "../../src/e-num/ocra-suite.ts";
import rfc from "../vectors/ocra-rfc6287.json" with { type: "json" };

type Vector = {
  suite: string;
  key: string;
  question: string;
  response: string;
  counter?: number;
  pin?: string;
  timestep?: number;
};

const vectors: readonly Vector[] = rfc.vectors;
const keys: ReadonlyMap<string, string> = new Map(Object.entries(rfc.keys));

function suiteOf(text: string) {
  const suite = parseOcraSuite(text);
  if (!suite.ok) throw new Error(`${text}: ${suite.reason}`);
  return suite.value;
}

function answer(text: string, key: Uint8Array, input: Parameters<typeof ocraDataInput>[1]) {
  const suite = suiteOf(text);
  const data = ocraDataInput(suite, input);
  return data.ok ? ocra(suite, key, data.value) : data.reason;
}

const key = new TextEncoder().encode(rfc.keys.K32);

describe("RFC 6287 appendix C", () => {
  it.each(vectors)("$suite answers $question with $response", (vector) => {
    const input = {
      question: vector.question,
      ...(vector.counter === undefined ? {} : { counter: BigInt(vector.counter) }),
      ...(vector.pin === undefined ? {} : { pinHash: Uint8Array.from(Buffer.from(rfc.pinSha1, "hex")) }),
      ...(vector.timestep === undefined ? {} : { timeStep: BigInt(vector.timestep) }),
    };
    const secret = new TextEncoder().encode(keys.get(vector.key));
    expect(answer(vector.suite, secret, input)).toBe(vector.response);
  });
});

describe("RFC 6287 section 6: suites", () => {
  it("a suite is taken apart into what it asks for", () => {
    expect(suiteOf("OCRA-1:HOTP-SHA512-10:C-QH40-PSHA256-S128-T48H")).toEqual({
      text: "OCRA-1:HOTP-SHA512-10:C-QH40-PSHA256-S128-T48H",
      hash: "sha512",
      digits: 10,
      counter: true,
      question: { format: "H", length: 40 },
      pinHash: "sha256",
      sessionLength: 128,
      timeStep: 48 * 3600,
    });
  });

  it.each([
    ["OCRA-2:HOTP-SHA1-6:QN08", "not-ocra-1"],
    ["OCRA-1:HOTP-SHA1-6:QN08:more", "not-ocra-1"],
    ["", "not-ocra-1"],
    ["OCRA-1", "unknown-crypto-function"],
    ["OCRA-1:HOTP-SHA1-3:QN08", "unknown-crypto-function"],
    ["OCRA-1:HOTP-SHA1-11:QN08", "unknown-crypto-function"],
    ["OCRA-1:HOTP-SHA384-6:QN08", "unknown-crypto-function"],
    ["OCRA-1:HOTP-MD5-6:QN08", "unknown-crypto-function"],
    ["OCRA-1:HOTP-SHA1-6:", "no-question"],
    ["OCRA-1:HOTP-SHA1-6:C-PSHA1", "no-question"],
    ["OCRA-1:HOTP-SHA1-6:QN8", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QX08", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN03", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN65", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN08-C", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN08-T1M-S064", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN08-S000", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN08-S513", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN08-T0S", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN08-T60M", "unknown-data-input"],
    ["OCRA-1:HOTP-SHA1-6:QN08-T49H", "unknown-data-input"],
    ["ocra-1:hotp-sha1-6:qn08", "not-ocra-1"],
  ])("%s is refused: %s", (text, reason) => {
    expect(parseOcraSuite(text)).toEqual({ ok: false, reason });
  });
});

describe("RFC 6287 section 5: input", () => {
  it("what the suite does not ask for is refused, so that nobody thinks it is bound", () => {
    const bytes = new Uint8Array(32);
    expect(answer("OCRA-1:HOTP-SHA256-6:QN08", key, { question: "1", counter: 1n })).toBe("bad-counter");
    expect(answer("OCRA-1:HOTP-SHA256-6:QN08", key, { question: "1", pinHash: bytes })).toBe("bad-pin-hash");
    expect(answer("OCRA-1:HOTP-SHA256-6:QN08", key, { question: "1", session: bytes })).toBe("bad-session");
    expect(answer("OCRA-1:HOTP-SHA256-6:QN08", key, { question: "1", timeStep: 1n })).toBe("bad-time-step");
  });

  it("what the suite asks for must be there, and of the length that it says", () => {
    const short = new Uint8Array(31);
    expect(answer("OCRA-1:HOTP-SHA256-6:C-QN08", key, { question: "1" })).toBe("bad-counter");
    expect(answer("OCRA-1:HOTP-SHA256-6:C-QN08", key, { question: "1", counter: -1n })).toBe("bad-counter");
    expect(answer("OCRA-1:HOTP-SHA256-6:C-QN08", key, { question: "1", counter: 2n ** 64n })).toBe("bad-counter");
    expect(answer("OCRA-1:HOTP-SHA256-6:QN08-PSHA256", key, { question: "1", pinHash: short })).toBe("bad-pin-hash");
    expect(answer("OCRA-1:HOTP-SHA256-6:QN08-S032", key, { question: "1", session: short })).toBe("bad-session");
    expect(answer("OCRA-1:HOTP-SHA256-6:QN08-T1M", key, { question: "1" })).toBe("bad-time-step");
  });

  it.each([
    ["N", "1234567a"],
    ["N", "12 4"],
    ["N", ""],
    ["N", "٣٤٥٦"],
    ["N", "12345678901234567"],
    ["H", "abcg"],
    ["A", "with space"],
    ["A", "é"],
  ])("a Q%s08 question is refused: %j", (format, question) => {
    expect(answer(`OCRA-1:HOTP-SHA256-6:Q${format}08`, key, { question })).toBe("bad-question");
  });

  it("a number's hexadecimal digits are padded on the right with the digit 0, also an odd number of them", () => {
    const data = ocraDataInput(suiteOf("OCRA-1:HOTP-SHA256-7:QN08"), { question: "48219370" });
    const question = data.ok ? Buffer.from(data.value).toString("hex").slice(-256) : data.reason;
    expect(question).toBe("2dfc4ea".padEnd(256, "0"));
  });

  it("hexadecimal questions count in either case", () => {
    const suite = "OCRA-1:HOTP-SHA256-6:QH08";
    expect(answer(suite, key, { question: "ABCDEF1" })).toBe(answer(suite, key, { question: "abcdef1" }));
  });

  it("a suite with 0 digits gives the whole HMAC", () => {
    expect(answer("OCRA-1:HOTP-SHA256-0:QN08", key, { question: "1" })).toMatch(/^[0-9a-f]{64}$/);
  });
});
