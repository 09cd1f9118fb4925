/** Milliseconds since 1970-01-01T00:00:00Z; every `*_at` column of the database holds these. */
export type Millis = number;

/** The time, as a port: tests move it, `main.ts` gives `Date.now`. */
export type Clock = () => Millis;

export const SECOND: Millis = 1000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;

/** Whole seconds since 1970, as OAuth and JWT count (`iat`, `exp`, `auth_time`; RFC 7519 section 2, NumericDate). */
export function epochSeconds(time: Millis): number {
  return Math.floor(time / SECOND);
}
