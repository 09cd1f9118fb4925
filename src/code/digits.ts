import { type Random, randomBelow } from "../random.ts";
import { dropSeparators } from "../typed.ts";

/** PROTOCOL 11. */
const LENGTH = 6;

/** Six digits, each code equally likely. */
export function drawCode(random: Random): string {
  return String(randomBelow(random, 10 ** LENGTH)).padStart(LENGTH, "0");
}

/** As a person types it or a phone fills it in: spaces and hyphens do not count (PROTOCOL 7). Undefined for what no code can be. */
export function parseCode(typed: string): string | undefined {
  const digits = dropSeparators(typed);
  return /^[0-9]+$/.test(digits) && digits.length === LENGTH ? digits : undefined;
}
