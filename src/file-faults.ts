import type { z } from "zod";

/** What is wrong at one place of an operator's file, for the one who wrote it: sentences that begin with the place within the file. */
export function sentencesOf(issue: z.core.$ZodIssue): string[] {
  const place = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) => `${place}${place && "."}${key} is not a member that is known here: correct or remove it.`,
    );
  }
  return [`${place === "" ? "the whole" : place} ${wordsOf(issue)}.`];
}

function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_value":
      return `must be ${issue.values.join(" or ")}`;
    case "invalid_type":
      return `must be there as ${issue.expected}`;
    case "invalid_union":
      return "options" in issue ? `must be ${(issue.options ?? []).join(" or ")}` : issue.message;
    case "invalid_key":
      return issue.issues[0]?.message ?? "is no name for a member";
    case "too_small":
      return issue.origin === "array" ? `must name at least ${issue.minimum}` : `must be at least ${issue.minimum}`;
    case "too_big":
      return `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}
