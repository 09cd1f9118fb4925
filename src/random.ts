import { dropSeparators } from "./typed.ts";

/** Chance, as a port: `main.ts` gives Node's CSPRNG, a test may give bytes of its own. */
export interface Random {
  bytes(length: number): Uint8Array;
}

/** Drawn at once where little is asked for: a call to the generator costs as much for these as for the sixteen bytes of an id. */
const RESERVE = 4096;

/** Draws from `source` in large pieces. Each byte is given out once, and wiped where it lay. */
export function drawingAhead(source: Random): Random {
  let reserve: Uint8Array = new Uint8Array();
  let used = 0;
  return {
    bytes(length) {
      if (length > RESERVE / 16) return source.bytes(length);
      if (used + length > reserve.length) {
        reserve = source.bytes(RESERVE);
        used = 0;
      }
      const given = new Uint8Array(reserve.subarray(used, used + length));
      reserve.fill(0, used, used + length);
      used += length;
      return given;
    },
  };
}

/** An identifier nobody can guess: 128 bits as 22 characters of base64url. */
export function randomId(random: Random): string {
  return Buffer.from(random.bytes(16)).toString("base64url");
}

/** A whole number from 0 to `below` - 1, each equally likely; `below` is from 1 to 2^32, and anything else throws. */
export function randomBelow(random: Random, below: number): number {
  if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) throw new RangeError(`no random number below ${below}`);
  // Values above the largest multiple of `below` are drawn again, or the small numbers would come more often.
  const limit = 2 ** 32 - (2 ** 32 % below);
  for (;;) {
    const drawn = Buffer.from(random.bytes(4)).readUInt32BE();
    if (drawn < limit) return drawn % below;
  }
}

/** Crockford's base32: no I, L, O or U, so that a code is read and typed without doubt; 5 bits a character. */
const READABLE = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** `length` characters of Crockford's base32. */
export function drawReadable(random: Random, length: number): string {
  return Array.from({ length }, () => READABLE.charAt(randomBelow(random, READABLE.length))).join("");
}

/** A code of `drawReadable` as a person types it: case, spaces and hyphens do not count, O is 0, I and L are 1. */
export function normaliseReadable(typed: string): string {
  return dropSeparators(typed).toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
}
