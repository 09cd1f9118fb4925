import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createSealedTexts } from "../../src/provider/sealed-texts.ts";
import { createSealer, type Sealer } from "../../src/secrecy.ts";

const here = { table: "oidc", column: "payload", row: "Session:alice" };
const there = { ...here, row: "Session:mallory" };

/** Notes what is really opened. */
function counting(): { sealer: Sealer; opened: string[] } {
  const inner = createSealer([randomBytes(32)], { bytes: randomBytes });
  const opened: string[] = [];
  const sealer: Sealer = {
    seal: inner.seal,
    open(sealed, place) {
      opened.push(sealed);
      return inner.open(sealed, place);
    },
  };
  return { sealer, opened };
}

test("what was sealed or opened a moment ago is known, and comes back as it was", () => {
  const { sealer, opened } = counting();
  const texts = createSealedTexts(sealer, 10);
  const mine = texts.seal("Ωмега", here);
  const others = sealer.seal("from another process", here);
  expect([texts.open(mine, here), texts.open(mine, here)]).toEqual(["Ωмега", "Ωмега"]);
  expect([texts.open(others, here), texts.open(others, here)]).toEqual(Array(2).fill("from another process"));
  expect(opened).toEqual([others]);
});

test("a known text opens in no other place, and not where it was changed", () => {
  const texts = createSealedTexts(counting().sealer, 10);
  const sealed = texts.seal("secret", here);
  const changed = `${sealed.slice(0, -3)}${sealed.endsWith("AAA") ? "BBB" : "AAA"}`;
  expect(() => texts.open(sealed, there)).toThrow();
  expect(() => texts.open(changed, here)).toThrow();
  expect(texts.open(sealed, here)).toBe("secret");
});

test("no more are kept than said, and the oldest goes first", () => {
  const { sealer, opened } = counting();
  const texts = createSealedTexts(sealer, 2);
  const [first = "", second = "", third = ""] = ["1", "2", "3"].map((text) => texts.seal(text, here));
  expect([texts.open(second, here), texts.open(third, here)]).toEqual(["2", "3"]);
  expect(opened).toEqual([]);
  expect(texts.open(first, here)).toBe("1");
  expect(opened).toEqual([first]);
});
