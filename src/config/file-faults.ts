import type { z } from "zod";

/** An operator's file of JSON by itself; every fault is a sentence that begins with the place within the file. No file that comes here holds a secret. */
export function parseFile<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): { readonly ok: true; readonly file: z.output<Schema> } | { readonly ok: false; readonly faults: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The parser's message names line and column, and may repeat some of the text.
    return { ok: false, faults: [`is not JSON: ${error instanceof Error ? error.message : "it cannot be read"}.`] };
  }
  const parsed = schema.safeParse(json);
  return parsed.success ? { ok: true, file: parsed.data } : { ok: false, faults: faultsOf(parsed.error) };
}

/** What is wrong with a document of JSON, for the one who wrote it; no value of it is repeated. */
export function faultsOf(error: z.ZodError): string[] {
  return error.issues.flatMap(sentencesOf);
}

/** What is wrong at one place of the file, for the one who wrote it. */
function sentencesOf(issue: z.core.$ZodIssue): string[] {
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
      return issue.origin === "string"
        ? `must have at most ${issue.maximum} characters`
        : `must be at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}
