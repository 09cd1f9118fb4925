import { dropSeparators } from "./typed.ts";

/** A WMID: 12 digits, a person's WebMoney identifier; public, not a secret (PROTOCOL 1). */
export type Wmid = string & { readonly brand: "Wmid" };

/** Spaces and hyphens are dropped; undefined for anything that is not 12 digits then. */
export function parseWmid(text: string): Wmid | undefined {
  const digits = dropSeparators(text);
  return /^[0-9]{12}$/.test(digits) ? (digits as Wmid) : undefined;
}
