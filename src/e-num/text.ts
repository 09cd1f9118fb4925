import { ok, type Parsed, refused } from "./parsed.ts";

/** Text that a person reads: at most so many characters (PROTOCOL section 3). */
export const TEXT_LENGTH = 140;
/** Names of sites, payees and people. */
export const NAME_LENGTH = 64;

export type TextReason = "not-normalised" | "more-than-one-line" | "invisible-character" | "piled-marks" | "too-long";

const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/u;

// Control, format (with all bidirectional controls), surrogate, private-use and ignorable characters.
// U+2800 is a braille pattern without dots: it is drawn as nothing, but is in none of the classes.
// Unassigned characters pass: what is assigned depends on each side's Unicode version.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/u;

// Marks that pile up on a letter are drawn over the lines above and below, and one without a letter over what stands before it.
// Four are more than any language needs (Unicode UTS 39 section 5.4).
const PILED_MARKS = /(?:^|[^\p{L}\p{M}\p{N}\p{P}\p{S}])\p{M}|(?:[\p{Mn}\p{Me}]\p{Mc}*){5}/u;

// Blocks whose characters Unicode draws from right to left, assigned or not (DerivedBidiClass.txt: R, AL and AN).
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Whether anything in it is written from right to left, so that what stands beside it on the same line may be drawn in another order. */
export function isRightToLeft(text: string): boolean {
  return RIGHT_TO_LEFT.test(text);
}

/**
 * One line of text in NFC, as it may be shown to a person and hashed.
 * Nothing is corrected: what is not canonical is refused.
 * `max` counts code points.
 */
export function parseText(text: string, max: number = TEXT_LENGTH): Parsed<string, TextReason> {
  if (LINE_BREAK.test(text)) return refused("more-than-one-line");
  if (INVISIBLE.test(text)) return refused("invisible-character");
  if (text !== text.normalize("NFC")) return refused("not-normalised");
  if (PILED_MARKS.test(text)) return refused("piled-marks");
  if (codePoints(text) > max) return refused("too-long");
  return ok(text);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
