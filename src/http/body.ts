import type { Context } from "koa";
import rawBody from "raw-body";
import type { z } from "zod";
import { faultsOf } from "../config/file-faults.ts";
import { Fault } from "../errors.ts";

/** No page of ours has more than a few short fields; a device's activation with two keys is under 2 kB. */
const LIMIT_BYTES = 16 * 1024;
/** Names of members that are not known come from the body. */
const LONGEST_DETAIL = 400;

/** The fields of a posted form: each once, in valid UTF-8, without NUL; a field that is not there is "". */
export interface Form {
  get(name: string): string;
}

/** Reads `application/x-www-form-urlencoded` (WHATWG URL, section 5); anything else is a 400 that says why. */
export async function readForm(context: Context): Promise<Form> {
  const text = await readText(context, "application/x-www-form-urlencoded");
  const fields = new Map<string, string>();
  for (const pair of text.split("&").filter((part) => part !== "")) {
    const [rawName = "", ...rest] = pair.split("=");
    const name = decodeField(rawName);
    if (fields.has(name)) throw new Fault("invalid-request", { detail: "a field was sent twice" });
    fields.set(name, decodeField(rest.join("=")));
  }
  return { get: (name) => fields.get(name) ?? "" };
}

/** Reads a JSON object, and the bytes that it came as, since a device's proof covers these. */
export async function readJson(context: Context): Promise<{ value: unknown; bytes: Uint8Array }> {
  const bytes = await readBytes(context, "application/json");
  return { value: parseJsonBody(context, bytes), bytes };
}

/** The same of a body that was read already. */
export function parseJsonBody(context: Context, bytes: Uint8Array): unknown {
  if (!context.request.is("application/json")) throw new Fault("invalid-request", { detail: "send application/json" });
  try {
    return JSON.parse(decodeUtf8(bytes));
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault("invalid-request", { detail: "the body is not JSON" });
  }
}

/** A body whose members are not right: each is named, as far as there is room. */
export function malformed(error: z.ZodError): Fault {
  return new Fault("invalid-request", { detail: faultsOf(error).join(" ").slice(0, LONGEST_DETAIL) });
}

/** The whole body as text, of this type alone. */
export async function readText(context: Context, type: string): Promise<string> {
  return decodeUtf8(await readBytes(context, type));
}

async function readBytes(context: Context, type: string): Promise<Uint8Array> {
  if (!context.request.is(type)) throw new Fault("invalid-request", { detail: `send ${type}` });
  return readRaw(context);
}

/** The body's bytes, whatever they are; at most 16 kB. */
export async function readRaw(context: Context): Promise<Uint8Array> {
  if (context.get("content-encoding") !== "")
    throw new Fault("invalid-request", { detail: "send the body uncompressed" });
  try {
    return await rawBody(context.req, { limit: LIMIT_BYTES, length: context.get("content-length") || null });
  } catch (error) {
    const kind = error instanceof Error && "type" in error ? error.type : undefined;
    if (kind === "entity.too.large") throw new Fault("too-large", { detail: `at most ${LIMIT_BYTES} bytes` });
    throw new Fault("invalid-request", { detail: "the body did not arrive whole", cause: error });
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault("invalid-request", { detail: "the body is not UTF-8" });
  }
}

function decodeField(raw: string): string {
  let text: string;
  try {
    text = decodeURIComponent(raw.replaceAll("+", " "));
  } catch {
    throw new Fault("invalid-request", { detail: "a field is not percent-encoded UTF-8" });
  }
  if (text.includes("\0")) throw new Fault("invalid-request", { detail: "a field has a NUL character" });
  return text;
}
