import { z } from "zod";
import { parseFile } from "../config/file-faults.ts";
import { type Amount, parseAmount } from "../e-num/amount.ts";
import { CURRENCY_NAMES } from "../e-num/purse.ts";

/** What the operator's policy file may hold. What its parts must have to do with clients, types and one another is in `file-rules.ts`. */

const CURRENCIES = Object.keys(CURRENCY_NAMES).map((letter) => `WM${letter}`);

const amount = z.string().transform((text, context): Amount => {
  const parsed = parseAmount(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: "must be an amount as text, such as 1000 or 10.5" });
  return z.NEVER;
});

const timeZone = z.string().refine(isTimeZone, { error: "must be a time zone such as UTC or Europe/Moscow" });
const names = z.array(z.string().min(1)).min(1).exactOptional();

const limit = z.strictObject({
  currency: z.enum(CURRENCIES),
  /** For one operation; for a calendar day, a week from Monday on, and a month, of one account under this rule. */
  each: amount.exactOptional(),
  day: amount.exactOptional(),
  week: amount.exactOptional(),
  month: amount.exactOptional(),
  /** What more than that leads to: nothing is confirmed, or only the scanned statement confirms. */
  above: z.enum(["refuse", "operation"]),
});

const rule = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9 ._-]{0,63}$/, "must be 1 to 64 of a-z, 0-9, blank, dot, underscore and hyphen"),
  clients: names,
  types: names,
  demands: z.enum(["payment", "confirm", "operation"]).exactOptional(),
  acr: z.enum(["urn:e-num:acr:operation", "urn:e-num:acr:sms"]).exactOptional(),
  limits: z.array(limit).default([]),
});

const file = z.strictObject({ time_zone: timeZone.default("UTC"), rules: z.array(rule).default([]) });

export type PolicyFile = z.output<typeof file>;
export type Rule = z.output<typeof rule>;
export type Limit = z.output<typeof limit>;

/** The windows of a limit that are counted, in the order in which their rows are locked. */
export const WINDOWS = ["day", "week", "month"] as const;
export type Window = (typeof WINDOWS)[number];

/** The file by itself; every fault is a sentence that begins with the place within the file. */
export function parsePolicyFile(text: string) {
  return parseFile(text, file);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
