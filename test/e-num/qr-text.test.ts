import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseActivationCode } from "../../src/e-num/activation-code.ts";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { isPurse } from "../../src/e-num/purse.ts";
import { type PrintableText, parseQrText, printQrText } from "../../src/e-num/qr-text.ts";
import { amounts, challenges, parsedValue, recipients } from "./arbitraries.ts";

const challenge = parsedValue(parseChallenge("48219370"));
const z = { ok: true, value: "Z123456789012" };
const half = { ok: true, value: "10.5" };
const login = { kind: "login", challenge, request: "rq-7" };
const payment = { kind: "payment", challenge, recipient: z, amount: half, request: "rq-7" };
const enrolment = {
  kind: "enrolment",
  issuer: "https://id.example",
  identifier: "alice+wm@example.org",
  code: "K7QF29XWTA",
};

describe("the original's format", () => {
  it.each([
    ["enum:login?challenge=48219370&r=rq-7", login],
    ["enum:l?c=48219370&r=rq-7", login],
    ["enum:l?c=48219370", { kind: "login", challenge }],
    ["enum:payment?challenge=48219370&purse=Z123456789012&amount=10.5&r=rq-7", payment],
    ["enum:p?c=48219370&p=Z123456789012&a=10.5&r=rq-7", payment],
    ["enum:p?a=10,5&r=rq-7&p=z123456789012&c=4821%209370", payment],
  ])("%s", (text, value) => {
    expect(parseQrText(text)).toEqual({ ok: true, value });
  });

  it("a purse without its letter is asked about, and so is an unclear sign", () => {
    expect(parseQrText("enum:p?c=48219370&p=123456789012&a=1,500")).toEqual({
      ok: true,
      value: {
        kind: "payment",
        challenge,
        recipient: { ok: false, reason: "letter-needed", digits: "123456789012" },
        amount: { ok: false, reason: "unclear-sign", typed: "1,500", readings: ["1.5", "1500"] },
      },
    });
  });
});

describe("what stands around", () => {
  it.each([
    "enum:a?i=https%3A%2F%2Fid.example&u=alice+wm@example.org&c=K7QF2-9XWTA",
    "https://id.example/phone#enum:a?i=https://id.example&u=alice%2Bwm%40example.org&c=k7qf29xwta",
    "https://enum:8443/phone#enum:a?c=K7QF29XWTA&u=alice%2Bwm%40example.org&i=https://id.example",
    "  ENUM:A?i=https://id.example&u=alice+wm@example.org&c=K7QF29XWTA\n",
    "enum:a?i=https://id.example&u=alice+wm@example.org&c=K7QF29XWTA&later=1&",
  ])("%j is one enrolment; + is a plus, and what is unknown is ignored", (text) => {
    expect(parseQrText(text)).toEqual({ ok: true, value: enrolment });
  });
});

describe("refused with a reason", () => {
  it.each([
    ["", "not-enum"],
    ["https://example.org/", "not-enum"],
    ["renum:l?c=48219370", "not-enum"],
    ["enum:l", "not-enum"],
    ["enum:x?c=48219370", "unknown-kind"],
    ["enum:operation?c=48219370&r=1", "unknown-kind"],
    ["enum:l?c=48219370&c=48219371", "repeated-parameter"],
    ["enum:l?c=48219370&challenge=48219370", "repeated-parameter"],
    ["enum:l?c=48219370&x=1&x=1", "repeated-parameter"],
    ["enum:l?c=%E0%A4%A", "bad-encoding"],
    ["enum:l?c=04821937", "bad-challenge"],
    ["enum:l?r=rq-7", "bad-challenge"],
    ["enum:l?c=6754654", "bad-challenge"],
    ["enum:l?c=48219370&r=../device", "bad-request"],
    ["enum:p?c=48219370&p=Q123456789012&a=1", "bad-recipient"],
    ["enum:p?c=48219370&a=1", "bad-recipient"],
    ["enum:p?c=48219370&p=Z123456789012&a=1.0.0", "bad-amount"],
    ["enum:p?c=48219370&p=Z123456789012&a=0", "bad-amount"],
    ["enum:o?c=48219370", "bad-request"],
    ["enum:o?c=48219370&r=rq-7&t=no.token", "bad-token"],
    ["enum:a?i=ftp://id.example&u=a@b.example&c=K7QF29XWTA", "bad-issuer"],
    ["enum:a?i=http://id.example&u=a@b.example&c=K7QF29XWTA", "bad-issuer"],
    ["enum:a?i=https://me:secret@id.example&u=a@b.example&c=K7QF29XWTA", "bad-issuer"],
    ["enum:a?i=https://id.example&u=alice&c=K7QF29XWTA", "bad-identifier"],
    ["enum:a?i=https://id.example&u=a@b.example&c=K7QF2", "bad-code"],
    [`enum:l?c=48219370&x=${"1".repeat(20_000)}`, "too-long"],
  ])("%.70s: %s", (text, reason) => {
    expect(parseQrText(text)).toEqual({ ok: false, reason });
  });

  it("whatever a camera reads, the answer is a text or a reason", () => {
    const query = fc.array(
      fc.oneof(fc.constantFrom("c=48219370", "p=Z1", "a=%", "&", "=", "t=a.b.c", "i=https://["), fc.string()),
    );
    fc.assert(
      fc.property(fc.constantFrom("l", "p", "o", "a", "login"), query, (kind, parts) => {
        const parsed = parseQrText(`enum:${kind}?${parts.join("&")}`);
        if (!parsed.ok) expect(parsed.reason).toMatch(/^[a-z-]+$/);
      }),
    );
  });
});

describe("what a page prints", () => {
  const request = fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/);
  const printable: fc.Arbitrary<PrintableText> = fc.oneof(
    fc.record({ kind: fc.constant("login"), challenge: challenges, request }),
    fc.record({ kind: fc.constant("payment"), challenge: challenges, recipient: recipients, amount: amounts, request }),
    fc.record({ kind: fc.constant("operation"), challenge: challenges, request }),
    fc.record({ kind: fc.constant("operation"), challenge: challenges, request, token: fc.constant("ey.Jh_bG-.ci0") }),
    fc.record({
      kind: fc.constant("enrolment"),
      issuer: fc.constantFrom("https://id.example", "http://localhost:3000", "https://id.example/e-num"),
      identifier: fc.stringMatching(/^[a-zé+&=%#]{1,20}@[a-z]{1,10}\.example$/),
      code: fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{10}$/).map((code) => parsedValue(parseActivationCode(code))),
    }),
  );

  it("is read back by the phone, short or long, with or without a prefix", () => {
    fc.assert(
      fc.property(
        printable,
        fc.constantFrom("short", "long"),
        fc.constantFrom("", "https://id.example/phone#"),
        (text, form, prefix) => {
          const parsed = parsedValue(parseQrText(prefix + printQrText(text, form)));
          if (parsed.kind !== "payment" || text.kind !== "payment") {
            expect(parsed).toEqual(text);
            return;
          }
          const { recipient, amount, ...rest } = parsed;
          expect(rest).toEqual({ kind: "payment", challenge: text.challenge, request: text.request });
          if (isPurse(text.recipient)) expect(recipient).toEqual({ ok: true, value: text.recipient });
          else expect(recipient).toMatchObject({ reason: "letter-needed", digits: text.recipient });
          if (amount.ok) expect(amount.value).toBe(text.amount);
          else expect(amount.readings[0]).toBe(text.amount);
        },
      ),
    );
  });

  it("looks as published", () => {
    expect(printQrText({ kind: "login", challenge, request: "rq-7" })).toBe("enum:l?c=48219370&r=rq-7");
    expect(printQrText({ kind: "login", challenge, request: "rq-7" }, "long")).toBe(
      "enum:login?challenge=48219370&r=rq-7",
    );
  });
});
