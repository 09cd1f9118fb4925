import { describe, expect, test } from "vitest";
import { parseEmail, parseIdentifier, parsePhone } from "../../src/account/identifier.ts";
import { parseCode } from "../../src/code/digits.ts";
import { parseResponse } from "../../src/e-num/challenge.ts";
import { readRecipient } from "../../src/e-num/purse.ts";
import { normaliseReadable } from "../../src/random.ts";
import { trimTyped } from "../../src/typed.ts";
import { parseWmid } from "../../src/wmid.ts";

/** As an address book gives a number out: marks of direction round it, and hyphens at which no line is broken. */
const COPIED = "\u202a+7\u00a0(912)\u00a0345\u201167\u201189\u202c";

describe("what is copied from elsewhere is read as it looks", () => {
  test.each(["+7 912 345-67-89", "+7–912–345–67–89", "\u200e+79123456789", "+7.912.345.67.89", COPIED])(
    "a phone number: %j",
    (typed) => {
      expect(parsePhone(typed)).toBe("+79123456789");
      expect(parseIdentifier(typed)).toEqual({ kind: "phone", value: "+79123456789" });
    },
  );

  test("an e-mail, with nothing dropped inside of it", () => {
    expect(parseEmail("\u200b ann@example.com\u2060\n")).toBe("ann@example.com");
    expect(parseEmail("an\u200bn@example.com")).toBeUndefined();
    expect(parseEmail("ann-lee@example.com")).toBe("ann-lee@example.com");
  });

  test("a WMID, a purse, a response, a code by SMS and one by mail", () => {
    expect(parseWmid("3012\u20113456\u20117890")).toBe("301234567890");
    expect(readRecipient("\u202aZ1234\u20115678\u20119012\u202c")).toMatchObject({ ok: true, value: "Z123456789012" });
    expect(parseResponse("\u200e675\u20114654")).toMatchObject({ ok: true, value: "6754654" });
    expect(parseCode("123\u2011456\u200b")).toBe("123456");
    expect(normaliseReadable("k7qf2\u20119xwta")).toBe("K7QF29XWTA");
  });

  test("digits of other scripts stay what they are, and are refused", () => {
    expect(parsePhone("+٧٩١٢٣٤٥٦٧٨٩")).toBeUndefined();
    expect(parseWmid("１２３４５６７８９０１２")).toBeUndefined();
  });

  test("a long run of spaces in the middle costs its length, and not its square", () => {
    // By its square this would take longer than a test may.
    const long = `x${" ".repeat(500_000)}x`;
    expect(trimTyped(`  ${long}  `)).toBe(long);
  });
});
