import { expect, it } from "vitest";
import { createCookieSigner } from "../../src/http/cookies.ts";

it("a cookie is taken as it was signed, and in no other way", () => {
  const signer = createCookieSigner(["key"]);
  const signature = signer.sign("enum-browser=abc");
  expect(signature).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(signer.verify("enum-browser=abc", signature)).toBe(true);
  expect(signer.verify("enum-browser=abd", signature)).toBe(false);
  expect(signer.verify("enum-browser=abc", "")).toBe(false);
  expect(createCookieSigner(["other"]).verify("enum-browser=abc", signature)).toBe(false);
});

it("after a new key was put in front, what the old one signed is still good, and known to be old", () => {
  const signature = createCookieSigner(["old"]).sign("enum-browser=abc");
  const signer = createCookieSigner(["new", "old"]);
  expect(signer.index("enum-browser=abc", signature)).toBe(1);
  expect(signer.index("enum-browser=abc", signer.sign("enum-browser=abc"))).toBe(0);
  expect(signer.index("enum-browser=abc", "forged")).toBe(-1);
});

it("there is no signer without a key", () => {
  expect(() => createCookieSigner([])).toThrow("a cookie key is needed");
});
