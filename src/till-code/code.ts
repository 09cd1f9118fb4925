import { dropSeparators } from "../typed.ts";

/** What a person may say at a till. */
const SHORTEST = 4;
const LONGEST = 16;

export type ParsedCode = { ok: true; value: string } | { ok: false; fault: CodeFault };
export type CodeFault = "empty" | "malformed" | "too-easy";

/** As it is compared: capitals and digits, without what is only put between them to be read or said. */
export function normaliseCode(typed: string): string {
  return dropSeparators(typed).toUpperCase();
}

/** A code that a person chooses: 4 to 16 letters and digits of ASCII, which every till can type; not the first that anybody would try. */
export function parseCode(typed: string): ParsedCode {
  const value = normaliseCode(typed);
  if (value === "") return { ok: false, fault: "empty" };
  if (!/^[A-Z0-9]+$/.test(value) || value.length < SHORTEST || value.length > LONGEST)
    return { ok: false, fault: "malformed" };
  return isEasy(value) ? { ok: false, fault: "too-easy" } : { ok: true, value };
}

/** One sign all over, or one after the other up or down: `0000`, `1234`, `DCBA`. */
function isEasy(value: string): boolean {
  const steps = Array.from(value.slice(1), (sign, place) => sign.charCodeAt(0) - value.charCodeAt(place));
  return [0, 1, -1].some((step) => steps.every((each) => each === step));
}
