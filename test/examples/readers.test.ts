import { expect, test } from "vitest";
import type { Read } from "../../examples/site/form.ts";
import {
  isMore,
  oneOf,
  optional,
  readAmount,
  readDays,
  readLine,
  readPurse,
  readRate,
  readWmid,
} from "../../examples/site/readers.ts";
import { parseAmount } from "../../src/e-num/amount.ts";

/** The value, or the error's first words. */
function said(read: Read<unknown>): unknown {
  return "value" in read ? read.value : read.error;
}

test.each([
  ["10.5", "10.5"],
  ["10,50", "10.5"],
  ["1 500", "1500"],
  ["007", "7"],
  [".5", "0.5"],
  ["9.", "9"],
  ["0.125", "0.125"],
  ["123456789012345.12345678", "123456789012345.12345678"],
])("the sum %s is %s, as it is bound", (typed, value) => {
  expect(readAmount(typed)).toEqual({ value });
  expect(parseAmount(value)).toMatchObject({ ok: true });
});

test.each([
  ["", "Enter a number, such as 10.50."],
  ["ten", "Enter a number, such as 10.50."],
  ["-5", "Enter a number, such as 10.50."],
  ["1e3", "Enter a number, such as 10.50."],
  ["1.000.000", "Enter a number, such as 10.50."],
  ["0", "Enter more than zero."],
  ["0.00", "Enter more than zero."],
  ["1,500", "Is it 1500 or 1.5? Write one of them."],
  ["1.000", "Is it 1000 or 1? Write one of them."],
  ["1234567890123456", "Use at most 15 digits, and 8 behind the point."],
  ["1.123456789", "Use at most 15 digits, and 8 behind the point."],
])("the sum %j is answered with what to correct", (typed, error) => {
  expect(readAmount(typed)).toEqual({ error });
});

test("a rate may be nothing, and has no thousands", () => {
  expect(["0", "0,00", "0.125", "1.125"].map((typed) => said(readRate(typed)))).toEqual(["0", "0", "0.125", "1.125"]);
  expect(said(readRate(""))).toBe("Enter a number, such as 0.25.");
});

test("a term is a whole number of days", () => {
  expect(["1", "3650"].map((typed) => said(readDays(typed)))).toEqual([1, 3650]);
  for (const typed of ["0", "3651", "1.5", "-1", "1e2", "a week", "99999999999999999999"])
    expect(said(readDays(typed))).toBe("Enter a whole number of days, from 1 to 3650.");
});

test("WMIDs and purses are read as people group them", () => {
  expect(said(readWmid("3012 3456-7890"))).toBe("301234567890");
  expect(said(readWmid("30123456789"))).toBe("Enter the 12 digits of the WMID.");
  expect(said(readPurse()("z 1234 5678 9012"))).toBe("Z123456789012");
  expect(said(readPurse()("123456789012"))).toBe("Enter a letter and 12 digits, such as Z123456789012.");
  expect(said(readPurse()("Q123456789012"))).toMatch(/^Enter a purse that begins with Z, E, /);
  expect(said(readPurse("C")("Z123456789012"))).toBe("Enter a purse that begins with C.");
});

test("what may be left out is nothing then, and what has choices takes no other", () => {
  expect([said(optional(readAmount)("")), said(optional(readAmount)("5"))]).toEqual([null, "5"]);
  expect(said(optional(readAmount)("x"))).toBe("Enter a number, such as 10.50.");
  expect([said(oneOf(["end"])("end")), said(oneOf(["end"])(""))]).toEqual(["end", "Choose one."]);
  expect([said(readLine(3)("abc")), said(readLine(3)("abcd"))]).toEqual(["abc", "Use at most 3 characters."]);
});

test("amounts are compared to the last of their digits", () => {
  expect(isMore("123456789012345.00000001", "123456789012345")).toBe(true);
  expect(isMore("123456789012345", "123456789012345.00000001")).toBe(false);
  expect(isMore("10", "9.5")).toBe(true);
  expect(isMore("5", "5")).toBe(false);
});
