import { drawReadable, type Random, randomBelow } from "../random.ts";

/** Eight characters, 40 bits, three tries (PROTOCOL 11). */
export function drawEmailCode(random: Random): string {
  return drawReadable(random, 8);
}

/** Six digits, three tries: 3 in 10^6. */
export function drawPhoneCode(random: Random): string {
  return String(randomBelow(random, 1_000_000)).padStart(6, "0");
}
