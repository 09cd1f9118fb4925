/** Chance, as a port: `main.ts` gives Node's CSPRNG, a test may give bytes of its own. */
export interface Random {
  bytes(length: number): Uint8Array;
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

/** `length` characters, each drawn from `alphabet`. */
export function randomText(random: Random, alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomBelow(random, alphabet.length))).join("");
}
