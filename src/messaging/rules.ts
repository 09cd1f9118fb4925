import { DAY, MINUTE, type Millis, SECOND } from "../clock.ts";

/** So many copies of one message may reach a person at most: an attempt whose end nobody knows may have been one. */
export const COPIES = 3;
/** What tells of a change is old news after two days, which is as long as mail servers commonly queue (RFC 5321 section 4.5.4.1 says four). */
const NEWS_LIFETIME: Millis = 2 * DAY;
const FIRST_PAUSE: Millis = 5 * SECOND;
/** Mail servers that greylist want a quarter of an hour at most, and a server that is away is not asked more often than each half. */
const LONGEST_PAUSE: Millis = 30 * MINUTE;

/** After the `attempts`th attempt: doubled each time, and between its half and its whole by chance, so that a server that comes back is not asked by all at once. */
export function pauseAfter(attempts: number, chance: number): Millis {
  const whole = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1));
  return Math.round(whole / 2 + (whole / 2) * chance);
}

/** When it is worth nothing any more: the moment at which its code expires, for what has one. */
export function worthUntil({ created_at, expires_at }: { created_at: Millis; expires_at: Millis | null }): Millis {
  return expires_at ?? created_at + NEWS_LIFETIME;
}
