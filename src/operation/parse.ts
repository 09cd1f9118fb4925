import { type JsonObject, parseJsonObject } from "../e-num/jcs.ts";
import type { Brand } from "../e-num/parsed.ts";
import { type Currency, currencyOf, type Purse } from "../e-num/purse.ts";
import { COMMON, OPERATION_ID, type SchemaFault, type Validate } from "./schema.ts";
import type { TypeFile } from "./type-file.ts";
import { readText, readValue, type Value } from "./values.ts";

/** An RFC 9396 element as the site sent it, member for member; only the registry hands it out. */
export type Operation = Brand<
  JsonObject & { readonly type: string; readonly operation_id: string; readonly description?: string },
  "Operation"
>;

export interface OperationType {
  readonly type: string;
  readonly file: TypeFile;
  readonly validate: Validate;
}

/** `member` is a path such as `payee.purse` or `changes[0].to`, `reason` the rest of the sentence; both are ASCII, as OAuth's error texts are. */
export type ParsedOperation =
  | { readonly ok: true; readonly operation: Operation }
  | { readonly ok: false; readonly member: string; readonly reason: string };

/** What is told of the element as a whole is told of the parameter that holds it. */
const WHOLE = "authorization_details";
/** PROTOCOL 9. */
const LIMIT_BYTES = 5 * 1024;

/** Strict: nothing is added, filled in or corrected, and what is not canonical is refused with the first member that is not. */
export function parseOperation(types: ReadonlyMap<string, OperationType>, element: unknown): ParsedOperation {
  if (typeof element !== "object" || element === null || Array.isArray(element))
    return refused(WHOLE, "must be an object");
  const members: Members = new Map(Object.entries(element));
  const given = members.get("type");
  const type = typeof given === "string" ? types.get(given) : undefined;
  if (type === undefined) return refused("type", `must be ${[...types.keys()].join(" or ")}`);

  const json = parseJsonObject(element);
  if (json.ok && sizeOf(json.value) > LIMIT_BYTES) return refused(WHOLE, "must have at most 5 kB as JSON");
  const fault = namesFault(type, members) ?? commonFault(members) ?? ownFault(type, members) ?? type.validate(element);
  if (fault !== undefined) return refused(fault.member || WHOLE, fault.reason);
  // Every member has been read by now; what is left would be a shape that no format knows.
  if (!json.ok) return refused(WHOLE, `is refused: ${json.reason}`);
  return { ok: true, operation: json.value as Operation };
}

/** The type's own members that are there, in the file's order. */
export function valuesOf({ file }: OperationType, operation: Operation): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  for (const [name, member] of Object.entries(file.members)) {
    if (!Object.hasOwn(operation, name)) continue;
    const read = readValue(member, operation[name]);
    if (!read.ok) throw new Error(`an operation that was parsed holds ${name}, which ${read.reason}`);
    values.set(name, read.value);
  }
  return values;
}

type Members = ReadonlyMap<string, unknown>;

function namesFault({ type, file }: OperationType, members: Members): SchemaFault | undefined {
  const known = new Set<string>([...COMMON, ...Object.keys(file.members)]);
  for (const member of members.keys()) if (!known.has(member)) return { member, reason: `is not a member of ${type}` };
  const missing = ["operation_id", ...file.schema.required].find((name) => !members.has(name));
  return missing === undefined ? undefined : { member: missing, reason: "is missing" };
}

function commonFault(members: Members): SchemaFault | undefined {
  const id = members.get("operation_id");
  if (typeof id !== "string" || !OPERATION_ID.test(id)) {
    return { member: "operation_id", reason: "must be 1 to 64 letters, digits, dots, underscores, tildes or hyphens" };
  }
  if (!members.has("description")) return undefined;
  const description = readText(members.get("description"));
  return description.ok ? undefined : { member: "description", reason: description.reason };
}

function ownFault({ file }: OperationType, members: Members): SchemaFault | undefined {
  const values = new Map<string, Value>();
  for (const [name, member] of Object.entries(file.members)) {
    if (!members.has(name)) continue;
    const read = readValue(member, members.get(name));
    if (!read.ok) return { member: name + read.at, reason: read.reason };
    values.set(name, read.value);
  }
  return currencyFault(file, values);
}

/**
 * An operation has one currency: that of the recipient's purse, else of the first purse, else of the first sum (PROTOCOL 3).
 * A typed amount has no other currency than the purse's letter, so a second one would be shown and not bound.
 */
function currencyFault({ typed }: TypeFile, values: ReadonlyMap<string, Value>): SchemaFault | undefined {
  const purses = [...values].flatMap(([name, value]) => pursesOf(name, value));
  const sums = [...values].flatMap(([name, value]) =>
    value.kind === "money" ? [{ path: name, currency: value.currency }] : [],
  );
  const recipient = typed.screen === "payment" ? purses.find(({ path }) => path === typed.recipient) : undefined;
  const leading = recipient ?? purses[0] ?? sums[0];
  if (leading === undefined) return undefined;
  const { path: leader, currency } = leading;
  const sum = sums.find((one) => one.currency !== currency);
  if (sum !== undefined) return { member: `${sum.path}.currency`, reason: `must be ${currency}, as ${leader} says` };
  const purse = purses.find((one) => one.currency !== currency);
  return purse && { member: purse.path, reason: `must hold ${currency}, as ${leader} does` };
}

function pursesOf(name: string, value: Value): { readonly path: string; readonly currency: Currency }[] {
  const at = (path: string, purse: Purse) => [{ path, currency: currencyOf(purse) }];
  if (value.kind === "payee") return at(`${name}.purse`, value.purse);
  return value.kind === "purse" ? at(name, value.purse) : [];
}

function sizeOf(json: JsonObject): number {
  return new TextEncoder().encode(JSON.stringify(json)).length;
}

/** Beyond these characters OAuth allows none in `error_description` (RFC 6749 section 5.2), and a name of the site's is anything. */
const NOT_ALLOWED = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/gu;
const LONGEST_NAME = 80;

function refused(member: string, reason: string): ParsedOperation {
  const plain = (text: string) => text.replace(NOT_ALLOWED, "?");
  return { ok: false, member: plain(member).slice(0, LONGEST_NAME), reason: plain(reason) };
}
