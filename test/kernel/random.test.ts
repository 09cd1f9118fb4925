import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { drawingAhead, drawReadable, normaliseReadable, type Random, randomBelow, randomId } from "../../src/random.ts";

const random: Random = { bytes: randomBytes };

/** Gives these 32-bit numbers, one after the other. */
function drawing(...numbers: number[]): Random {
  const left = [...numbers];
  return {
    bytes(length) {
      const bytes = Buffer.alloc(length);
      bytes.writeUInt32BE(left.shift() ?? 0);
      return bytes;
    },
  };
}

describe("a random number", () => {
  test("is whole and below the bound, whatever the bound", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 32 }), (below) => {
        const number = randomBelow(random, below);
        return Number.isInteger(number) && number >= 0 && number < below;
      }),
    );
  });

  test("is drawn again where the last, incomplete round of numbers would favour the small ones", () => {
    const limit = 2 ** 32 - (2 ** 32 % 10);
    expect(randomBelow(drawing(limit - 1), 10)).toBe(9);
    expect(randomBelow(drawing(limit, 2 ** 32 - 1, 7), 10)).toBe(7);
  });

  test("below 2^32 is any four bytes", () => {
    expect(randomBelow(drawing(2 ** 32 - 1), 2 ** 32)).toBe(2 ** 32 - 1);
  });

  test("takes each value about equally often", () => {
    const counts = Array.from({ length: 10 }, () => 0);
    for (let turn = 0; turn < 20_000; turn += 1) {
      const digit = randomBelow(random, 10);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    // 2000 each, with a standard deviation of 42: seven of them is once in 10^11 runs.
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(300);
  });
});

describe("bytes that are drawn ahead", () => {
  /** Counts up from zero, so that each byte can be told. */
  function counting() {
    const drawn: Uint8Array[] = [];
    const source: Random = {
      bytes(length) {
        const before = drawn.reduce((sum, piece) => sum + piece.length, 0);
        const piece = Uint8Array.from({ length }, (_, at) => before + at);
        drawn.push(piece);
        return piece;
      },
    };
    return { drawn, ahead: drawingAhead(source) };
  }

  test("are given out once each, in order, and are drawn in large pieces", () => {
    const { drawn, ahead } = counting();
    const given = Array.from({ length: 171 }, () => ahead.bytes(24));
    expect(given.slice(0, 170).flatMap((bytes) => [...bytes])).toEqual(
      Array.from({ length: 4080 }, (_, at) => at % 256),
    );
    // The 16 that are left of the first piece are too few, and are not used.
    expect(given[170]?.[0]).toBe(4096 % 256);
    expect(drawn.map(({ length }) => length)).toEqual([4096, 4096]);
  });

  test("are wiped where they lay, and what was given out is not wiped with them", () => {
    const { drawn, ahead } = counting();
    const first = ahead.bytes(8);
    ahead.bytes(8);
    expect([...first]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect([...(drawn[0] ?? new Uint8Array()).subarray(0, 17)]).toEqual([...Array(16).fill(0), 16]);
  });

  test("are not kept where much is asked for at once", () => {
    const { drawn, ahead } = counting();
    expect(ahead.bytes(257)).toHaveLength(257);
    expect(drawn.map(({ length }) => length)).toEqual([257]);
  });
});

describe("a code that people read and type", () => {
  test("has the length that was asked for, without letters that look like others, and comes back however it is typed", () => {
    fc.assert(
      fc.property(fc.nat(64), (length) => {
        const code = drawReadable(random, length);
        return (
          new RegExp(`^[0-9A-HJKMNP-TV-Z]{${length}}$`).test(code) &&
          normaliseReadable(` ${code.toLowerCase()} -`) === code
        );
      }),
    );
    expect(normaliseReadable("oO-iI lL")).toBe("001111");
  });

  test("uses every letter of its alphabet", () => {
    expect(new Set(drawReadable(random, 2000)).size).toBe(32);
  });
});

describe("a random id", () => {
  test("is 128 bits in 22 characters that a URL takes as they are", () => {
    expect(randomId(random)).toMatch(/^[\w-]{22}$/);
    expect(randomId({ bytes: (length) => new Uint8Array(length).fill(255) })).toBe("_____________________w");
  });

  test("never comes twice", () => {
    expect(new Set(Array.from({ length: 10_000 }, () => randomId(random))).size).toBe(10_000);
  });
});
