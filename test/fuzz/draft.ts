import { createDice, type Dice } from "./dice.ts";

/** A field of a query, a form or a JSON object. */
export interface Field {
  name: string;
  value: unknown;
  /** The value as it goes over the wire, each character a byte: quotes and percent signs included. */
  raw?: string;
}

export type Pair = [name: string, value: string];

export interface Call {
  method: string;
  /** Without query. */
  path: string;
  body: Buffer;
}

/** A request before it is bytes: well-formed at first, then changed by a mutator. */
export interface Draft {
  method: string;
  path: string;
  query: Field[];
  /** What the request line says instead of path and query. */
  target?: string;
  version: string;
  headers: Pair[];
  cookies: Pair[];
  carrier: "none" | "form" | "json";
  fields: Field[];
  /** The body instead of the fields. */
  body?: Buffer;
  /** `own`: the mutator has written the headers that say how long the body is. */
  framing: "length" | "chunks" | "own";
  /** What follows the body on the same connection. */
  tail?: Buffer;
  /** Bytes that are left out at the end, with the connection closed on our side. */
  cut: number;
  /** Made last, so that a device's proof covers what the mutator has made of the request. */
  authorize?: ((call: Call) => Promise<string>) | undefined;
}

/** Where the draft's input is: the body of a form or of a phone's call, else the query. There is at least one field. */
export function inputs(draft: Draft, dice: Dice): Field[] {
  const list = draft.carrier === "none" ? draft.query : draft.fields;
  if (list.length === 0) list.push({ name: dice.pick(["code", "identifier", "lang", "uid", "wait"]), value: "1" });
  return list;
}

/** A field's raw value for where it goes: within quotes in JSON. */
export function raw(draft: Draft, text: string): string {
  return draft.carrier === "json" ? `"${text}"` : text;
}

export function header(draft: Draft, name: string, value: string | undefined): void {
  const wanted = name.toLowerCase();
  draft.headers = draft.headers.filter(([each]) => each.toLowerCase() !== wanted);
  if (value !== undefined) draft.headers.push([name, value]);
}

/** A text as it stands, anything else as JSON. */
export function base64url(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

export function payloadOf(draft: Draft): Buffer {
  if (draft.body !== undefined) return draft.body;
  if (draft.carrier === "none") return Buffer.alloc(0);
  return Buffer.from(draft.carrier === "form" ? encodeForm(draft.fields) : encodeJson(draft.fields), "latin1");
}

export async function render(draft: Draft, seed: string): Promise<Buffer> {
  const payload = payloadOf(draft);
  const query = encodeForm(draft.query);
  const target = draft.target ?? (query === "" ? draft.path : `${draft.path}?${query}`);
  const lines = [
    `${draft.method} ${target} ${draft.version}`,
    ...draft.headers.map(([name, value]) => `${name}: ${value}`),
  ];
  if (draft.cookies.length > 0)
    lines.push(`Cookie: ${draft.cookies.map(([name, value]) => `${name}=${value}`).join("; ")}`);
  const authorization = await draft.authorize?.({ method: draft.method, path: draft.path, body: payload });
  if (authorization !== undefined) lines.push(`Authorization: ${authorization}`);
  const chunked = draft.framing === "chunks";
  if (chunked) lines.push("Transfer-Encoding: chunked");
  if (draft.framing === "length" && (payload.length > 0 || draft.method === "POST" || draft.method === "PUT"))
    lines.push(`Content-Length: ${payload.length}`);
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  const whole = [head, chunked ? chunksOf(payload, createDice(seed)) : payload, draft.tail ?? Buffer.alloc(0)];
  const bytes = Buffer.concat(whole);
  return bytes.subarray(0, Math.max(head.length - 2, bytes.length - draft.cut));
}

function chunksOf(payload: Buffer, dice: Dice): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < payload.length; ) {
    const size = Math.min(payload.length - at, 1 + dice.below(Math.max(8, payload.length / 4)));
    parts.push(Buffer.from(`${size.toString(16)}\r\n`), payload.subarray(at, at + size), Buffer.from("\r\n"));
    at += size;
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

/** Each character of the answer is a byte. */
function encodeForm(fields: readonly Field[]): string {
  return fields.map(({ name, value, raw }) => `${percent(name)}=${raw ?? percent(String(value))}`).join("&");
}

function encodeJson(fields: readonly Field[]): string {
  const members = fields.map(({ name, value, raw }) => `${quoted(name)}:${raw ?? quoted(value)}`);
  return `{${members.join(",")}}`;
}

function percent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function quoted(value: unknown): string {
  return Buffer.from(JSON.stringify(value) ?? "null").toString("latin1");
}
