import { HOUR, MINUTE, type Millis, SECOND } from "../clock.ts";

/**
 * After each attempt but the last. A site that is started anew is back within a minute, one that is repaired within the hour;
 * after that its own session has mostly ended by itself.
 */
const PAUSES: readonly Millis[] = [5 * SECOND, MINUTE, 10 * MINUTE, HOUR];

/** How many attempts there are. */
export const ATTEMPTS = PAUSES.length + 1;

/** How long to wait after the attempt of this number, from 1; undefined after the last. */
export function pauseAfter(attempt: number): Millis | undefined {
  return PAUSES[attempt - 1];
}
