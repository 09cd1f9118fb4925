import { dropSeparators } from "../typed.ts";
import { type Brand, ok, type Parsed, refused } from "./parsed.ts";

/** 10 characters of Crockford base32, 50 bits, upper case, without hyphen (PROTOCOL section 5). */
export type ActivationCode = Brand<string, "ActivationCode">;

/** `wrong-characters`: a sign that is no digit or letter of Crockford's alphabet, such as U. */
export type ActivationCodeReason = "empty" | "wrong-characters" | "wrong-length";

const ALPHABET = /^[0-9A-HJKMNP-TV-Z]+$/;

/** Reads a code as typed: case, spaces and hyphens do not count, O is 0, I and L are 1. */
export function parseActivationCode(typed: string): Parsed<ActivationCode, ActivationCodeReason> {
  const code = dropSeparators(typed).toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
  if (code === "") return refused("empty");
  if (!ALPHABET.test(code)) return refused("wrong-characters");
  if (code.length !== 10) return refused("wrong-length");
  return ok(code as ActivationCode);
}

/** As pages show it: `K7QF2-9XWTA`. */
export function formatActivationCode(code: ActivationCode): string {
  return `${code.slice(0, 5)}-${code.slice(5)}`;
}
