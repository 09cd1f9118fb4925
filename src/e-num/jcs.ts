import { ok, type Parsed, refused } from "./parsed.ts";
import { NAME_LENGTH, parseText, type TextReason } from "./text.ts";

/** JSON as statements may hold it: numbers are integers below 2^53. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export type JsonObject = { readonly [member: string]: Json };

/** `not-ascii-key`: a member's name beyond ASCII; `not-an-integer`: a fraction, 2^53 or more, or no JSON number at all. */
export type JsonReason = TextReason | "not-json" | "not-an-integer" | "not-ascii-key" | "too-deep";

// An operation has four levels at most; a limit keeps hostile nesting from exhausting the stack.
const DEPTH = 16;
const ASCII = /^[\x21-\x7e]+$/;

/**
 * Any value as JSON that can be shown line by line and hashed: what is not canonical is refused, nothing is corrected.
 * Every text is shown to the person, so every text keeps the rules for such text, and a member `name` the one for names.
 */
export function parseJson(value: unknown): Parsed<Json, JsonReason> {
  return checkValue(value, undefined, DEPTH);
}

export function parseJsonObject(value: unknown): Parsed<JsonObject, JsonReason> {
  return isPlainObject(value) ? checkObject(value, DEPTH) : refused("not-json");
}

/** RFC 8785, JSON canonicalisation, of JSON that `parseJson` let pass. */
export function canonicalise(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalise).join(",")}]`;
  // The default order is that of UTF-16 code units, as section 3.2.3 demands.
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalise(member)}`).join(",")}}`;
}

function checkValue(value: unknown, key: string | undefined, depth: number): Parsed<Json, JsonReason> {
  if (depth === 0) return refused("too-deep");
  if (value === null || typeof value === "boolean") return ok(value);
  if (typeof value === "string") return parseText(value, key === "name" ? NAME_LENGTH : undefined);
  if (typeof value === "number") return Number.isSafeInteger(value) ? ok(value) : refused("not-an-integer");
  if (Array.isArray(value)) return checkList(value, key, depth);
  return isPlainObject(value) ? checkObject(value, depth) : refused("not-json");
}

function checkList(list: readonly unknown[], key: string | undefined, depth: number): Parsed<Json, JsonReason> {
  const items: Json[] = [];
  for (const item of list) {
    const checked = checkValue(item, key, depth - 1);
    if (!checked.ok) return checked;
    items.push(checked.value);
  }
  return ok(items);
}

function checkObject(object: object, depth: number): Parsed<JsonObject, JsonReason> {
  const members: [string, Json][] = [];
  for (const [key, member] of Object.entries(object)) {
    if (!ASCII.test(key)) return refused("not-ascii-key");
    const checked = checkValue(member, key, depth - 1);
    if (!checked.ok) return checked;
    members.push([key, checked.value]);
  }
  // fromEntries defines members, so that one called __proto__ stays a member.
  return ok(Object.fromEntries(members));
}

// Array.isArray does not narrow a readonly list away.
function isList(value: readonly Json[] | JsonObject): value is readonly Json[] {
  return Array.isArray(value);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
