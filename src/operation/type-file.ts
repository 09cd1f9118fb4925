import { z } from "zod";
import { parseFile } from "../config/file-faults.ts";
import { parseText } from "../e-num/text.ts";

/** What a file of `config/operations` may hold. What its parts must have to do with one another is in `type-rules.ts`. */

/** The strictest is the one without a word: an operator lowers it (PROTOCOL 9). */
const ACRS = ["urn:e-num:acr:operation", "urn:e-num:acr:sms"] as const;
/** Seconds. PSD2 RTS art. 4(3)(d) has five minutes, NIST SP 800-63B ten at most; in less than one nobody can read. */
const LIFETIME = { least: 60, usual: 300, most: 600 } as const;

const line = z.string().check((context) => {
  if (parseText(context.value).ok && context.value.trim() !== "") return;
  const message = "must be one line of 1 to 140 visible characters";
  context.issues.push({ code: "custom", input: context.value, message });
});

/** The same in every language; `type-rules.ts` has the places between braces. */
const words = z.strictObject({ en: line, ru: line });
const memberName = z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, "must be a name of a-z, 0-9 and _");
const label = words;
const per = z.enum(["day", "week", "month"]).exactOptional();

const PLAIN_FORMATS = ["purse", "wmid", "payee", "days", "integer", "text", "name", "changes"] as const;

const member = z.discriminatedUnion("format", [
  z.strictObject({ format: z.literal("money"), label, per }),
  z.strictObject({ format: z.literal("rate"), label, per }),
  z.strictObject({ format: z.literal("choice"), label, choices: z.record(z.string().min(1), words) }),
  z.strictObject({ format: z.literal(PLAIN_FORMATS), label }),
]);

const file = z.strictObject({
  heading: words,
  submit: words,
  noun: words,
  typed: z.discriminatedUnion("screen", [
    z.strictObject({ screen: z.literal("payment"), recipient: z.string(), amount: z.string() }),
    z.strictObject({ screen: z.literal("confirm") }),
  ]),
  demands: z.enum(["payment", "confirm", "operation"]),
  acr: z.enum(ACRS).default("urn:e-num:acr:operation"),
  lifetime: z.int().min(LIFETIME.least).max(LIFETIME.most).default(LIFETIME.usual),
  own_wmids: z.array(z.string()).default([]),
  members: z.record(memberName, member),
  schema: z.looseObject({
    type: z.literal("object"),
    properties: z.record(z.string(), z.looseObject({})),
    required: z.array(z.string()).default([]),
  }),
  example: z.looseObject({}),
});

/** How a member is read, called and shown. */
export type Member = z.output<typeof member>;
/** A text in every language. */
export type Words = z.output<typeof words>;
export type TypeFile = z.output<typeof file>;
export type LowestAcr = (typeof ACRS)[number];

/** One file by itself; every fault is a sentence that begins with the place within the file. */
export function parseTypeFile(text: string) {
  return parseFile(text, file);
}
