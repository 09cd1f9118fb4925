import { type Random, randomBelow, randomText } from "../random.ts";

/** Digits and letters that are read and typed without doubt: no I, L, O or U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Eight characters, 40 bits, three tries (PROTOCOL 11). */
export function drawEmailCode(random: Random): string {
  return randomText(random, ALPHABET, 8);
}

/** Six digits, three tries: 3 in 10^6. */
export function drawPhoneCode(random: Random): string {
  return String(randomBelow(random, 1_000_000)).padStart(6, "0");
}

/** As typed: case, spaces and hyphens do not count, O is 0, I and L are 1. */
export function normaliseCode(typed: string): string {
  return typed.replace(/[\s-]/g, "").toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
}
