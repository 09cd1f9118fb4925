import { dropSeparators } from "../typed.ts";
import { type Brand, ok, type Parsed, refused } from "./parsed.ts";

/** A check number: 8 ASCII digits, the first is never 0. */
export type Challenge = Brand<string, "Challenge">;
/** The phone's answer to a challenge: 7 ASCII digits. */
export type Response = Brand<string, "Response">;

/** `is-a-response`: seven digits, so the response was put where the check number belongs. */
export type ChallengeReason = "empty" | "not-digits" | "leading-zero" | "is-a-response" | "wrong-length";
/** `is-a-challenge`: eight digits, so the check number was put where the response belongs. */
export type ResponseReason = "empty" | "not-digits" | "is-a-challenge" | "wrong-length";

// Written out: \d would do, but says less plainly that other scripts' digits are refused.
const DIGITS = /^[0-9]+$/;

/** Reads a check number as typed or scanned; spaces and hyphens do not count. */
export function parseChallenge(typed: string): Parsed<Challenge, ChallengeReason> {
  const digits = dropSeparators(typed);
  if (digits === "") return refused("empty");
  if (!DIGITS.test(digits)) return refused("not-digits");
  if (digits.length === 7) return refused("is-a-response");
  if (digits.length !== 8) return refused("wrong-length");
  // OCRA pads a number's hexadecimal digits on the right, so n, 16n and 256n would answer alike: fixed length prevents it.
  if (digits.startsWith("0")) return refused("leading-zero");
  return ok(digits as Challenge);
}

/** Reads a response as typed; spaces and hyphens do not count. */
export function parseResponse(typed: string): Parsed<Response, ResponseReason> {
  const digits = dropSeparators(typed);
  if (digits === "") return refused("empty");
  if (!DIGITS.test(digits)) return refused("not-digits");
  if (digits.length === 8) return refused("is-a-challenge");
  if (digits.length !== 7) return refused("wrong-length");
  return ok(digits as Response);
}

/** As pages and phones show it: `4821 9370`. */
export function formatChallenge(challenge: Challenge): string {
  return `${challenge.slice(0, 4)} ${challenge.slice(4)}`;
}

/** As pages and phones show it: `675 4654`. */
export function formatResponse(response: Response): string {
  return `${response.slice(0, 3)} ${response.slice(3)}`;
}
