import type { Problem } from "../device-client.ts";
import type { Words } from "./words.ts";

/** A refusal of the provider, or none at all, in a sentence. */
export function problemText({ code, retryAfter, triesLeft }: Problem, { errors }: Words): string {
  if (code === "too-many" || code === "locked") return errors.tooMany(Math.ceil((retryAfter ?? 60) / 60));
  const known = isKnown(code, errors.problems) ? errors.problems[code] : errors.problems.other;
  return triesLeft === undefined ? known : `${known} ${errors.triesLeft(triesLeft)}`;
}

function isKnown<Known extends object>(code: string, known: Known): code is string & keyof Known {
  return Object.hasOwn(known, code);
}
