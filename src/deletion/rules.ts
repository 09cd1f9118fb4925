import { DAY, type Millis } from "../clock.ts";

/** Long enough that who is on a journey, or whose mailbox somebody else reads, learns of it and stops it. */
export const WAIT: Millis = 14 * DAY;
/**
 * After the time at which it was first due. Three recoveries by e-mail and number fit in, one after the other (each lives nine days): who is robbed
 * of the phone has that long to come back. Whoever begins them again and again cannot keep somebody else's account from ending.
 */
const PUT_OFF_AT_MOST: Millis = 28 * DAY;

/** To when a deletion that is due is put off by a recovery that lives until then; undefined where it has been put off for long enough. */
export function putOffTo(askedAt: Millis, recoveringUntil: Millis, now: Millis): Millis | undefined {
  const last = askedAt + WAIT + PUT_OFF_AT_MOST;
  return now < last ? Math.min(recoveringUntil, last) : undefined;
}
