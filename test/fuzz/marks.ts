/** Marks that the fuzz plants, and that must never come back where they would do harm. */

/** An element of its own in a page: what was typed was not escaped. */
export const TAG = "<fuzz-tag>";
/** A header of its own in an answer: a line break got through. */
export const HEADER = "x-fuzz-injected";
/** An address in an answer: a forged Host or target was believed. */
export const HOST = "fuzz-host.example";
