/** What people type, paste and let a browser fill in brings signs along that nobody sees or means. */

// \s holds the no-break, thin and narrow spaces as well; beside it the hyphens and dashes that keyboards and sites put in numbers, and the marks
// of width nothing: address books and messengers put those of direction round a phone number that is copied from them.
const SEPARATORS = /[\s\u002d\u2010-\u2015\u2212\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069]/gu;
// A run in the middle is looked at once, from its first sign, and not from each: else a long one costs its square.
const AROUND =
  /^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069]+|(?<![\s\u200b-\u200f\u202a-\u202e\u2060-\u2069])[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069]+$/gu;

/** Without the spaces and hyphens by which people and pages group digits (PROTOCOL 7). */
export function dropSeparators(typed: string): string {
  return typed.replace(SEPARATORS, "");
}

/** Without what stands before and behind it unseen. */
export function trimTyped(typed: string): string {
  return typed.replace(AROUND, "");
}
