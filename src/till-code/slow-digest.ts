import { type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import type { Random } from "../random.ts";

/** What is kept of a code that a person has chosen, and how another is compared with it. */
export interface SlowDigest {
  /** `scrypt-14-8-1.<salt>.<digest>`, both in base64url. */
  of(text: string): Promise<string>;
  /** Against nothing at all it takes as long, and is false. */
  fits(text: string, kept: string | undefined): Promise<boolean>;
}

/**
 * 16 MB and about 50 ms (RFC 7914: N = 2^14, r = 8, p = 1), which its author means for whoever waits. OWASP has p = 5 for that memory where the
 * digest is all that is in the way: here the text is an HMAC under a key of the installation's already.
 */
const COST: ScryptOptions = { N: 2 ** 14, r: 8, p: 1 };
const NAME = "scrypt-14-8-1";
const SALT_BYTES = 16;
const DIGEST_BYTES = 32;
const NOTHING = Buffer.alloc(SALT_BYTES);

export function createSlowDigest({ random }: { random: Random }): SlowDigest {
  return {
    async of(text) {
      const salt = Buffer.from(random.bytes(SALT_BYTES));
      return [NAME, salt.toString("base64url"), (await derived(text, salt)).toString("base64url")].join(".");
    },
    async fits(text, kept) {
      const [name, salt, digest] = kept?.split(".") ?? [];
      const found = await derived(text, salt === undefined ? NOTHING : Buffer.from(salt, "base64url"));
      const expected = Buffer.from(digest ?? "", "base64url");
      return name === NAME && expected.length === DIGEST_BYTES && timingSafeEqual(found, expected);
    },
  };
}

function derived(text: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((done, fail) =>
    scrypt(text, salt, DIGEST_BYTES, COST, (error, key) => (error === null ? done(key) : fail(error))),
  );
}
