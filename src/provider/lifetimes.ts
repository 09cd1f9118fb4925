import { DAY, HOUR, MINUTE, SECOND } from "../clock.ts";

/** Seconds. A tenth of the tokens' lives is measured in minutes: a stolen one is of little use. */
export const TTL = {
  AccessToken: (10 * MINUTE) / SECOND,
  AuthorizationCode: MINUTE / SECOND,
  /** To find a phone and type eight letters; the interaction that follows has a time of its own (RFC 8628 section 5.1). */
  DeviceCode: (10 * MINUTE) / SECOND,
  IdToken: (5 * MINUTE) / SECOND,
  /** A person with a phone may need two or three check numbers, five minutes each. */
  Interaction: (30 * MINUTE) / SECOND,
  /** A working day without use. */
  Session: (12 * HOUR) / SECOND,
  RefreshToken: (30 * DAY) / SECOND,
} as const;

/** Seconds from a person's last proof to the end of a session, however much it is used (NIST SP 800-63B-4 section 2.2.3). */
export const LONGEST_SESSION = DAY / SECOND;

/** How long refresh tokens follow one another, the last one's life included, before the person has to sign in again, in seconds. */
export const FAMILY = (365 * DAY) / SECOND;

/** How long a site may use what it was let have, as a person counts it (OWASP ASVS 10.7.2). */
export const LASTING = {
  /** After a sign-in. */
  minutes: (TTL.AccessToken * SECOND) / MINUTE,
  /** In the person's absence: after its last use, and in all. */
  away: { days: (TTL.RefreshToken * SECOND) / DAY, most: (FAMILY * SECOND) / DAY },
} as const;
