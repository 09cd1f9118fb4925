import { createHash, randomBytes } from "node:crypto";
import type { SlowDigest } from "../../src/till-code/slow-digest.ts";

/** In the place of scrypt, by which each code that is set or tried takes a twentieth of a second of a processor. */
export const QUICK_DIGEST: SlowDigest = {
  async of(text) {
    const salt = randomBytes(16).toString("base64url");
    return ["quick", salt, digestOf(text, salt)].join(".");
  },
  async fits(text, kept) {
    const [name, salt = "", digest] = kept?.split(".") ?? [];
    return name === "quick" && digest === digestOf(text, salt);
  },
};

function digestOf(text: string, salt: string): string {
  return createHash("sha256").update(`${salt} ${text}`).digest("base64url");
}
