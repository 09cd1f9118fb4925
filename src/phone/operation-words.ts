import * as z from "zod/mini";

/** A text in every language. */
const words = z.record(z.enum(["en", "ru"]), z.string());

const member = z.object({
  label: words,
  format: z.string(),
  per: z.exactOptional(z.enum(["day", "week", "month"])),
  choices: z.exactOptional(z.record(z.string(), words)),
});

const type = z.object({
  noun: words,
  /** The member that is the operation's sum, where it has one. */
  amount: z.exactOptional(z.string()),
  /** The member that says who gets it, where there is one. */
  recipient: z.exactOptional(z.string()),
  members: z.record(z.string(), member),
});

/**
 * How a provider's pages call operations and their members, for a client that shows them (PROTOCOL section 9).
 * They are no part of what is bound: a type or a member that is not in here is shown by its own name, and nothing is left out.
 */
export const operationWords = z.object({
  types: z.record(z.string(), type),
  /** Of members that every type has, and of members within members. */
  common: z.record(z.string(), words),
});

export type OperationWords = z.infer<typeof operationWords>;
export type TypeWords = z.infer<typeof type>;
export type MemberWords = z.infer<typeof member>;

/** `names` are JSON's own: one that an object has by itself, such as `constructor`, names nothing here. */
export function wordsOf<Value>(names: Readonly<Record<string, Value>> | undefined, name: string): Value | undefined {
  return names !== undefined && Object.hasOwn(names, name) ? names[name] : undefined;
}
