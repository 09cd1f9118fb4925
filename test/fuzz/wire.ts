import { createConnection } from "node:net";
import type { Millis } from "../../src/clock.ts";

/** One answer as it came over the wire; header names in lower case. */
export interface Answer {
  kind: "answer";
  status: number;
  headers: ReadonlyMap<string, readonly string[]>;
  /** Status line and headers as they stand, each byte a character. */
  head: string;
  body: string;
  took: Millis;
}

/** `closed`: the server cut the connection without an answer; `hang`: it said nothing in time. */
export type Reply = Answer | { kind: "closed"; took: Millis } | { kind: "hang"; took: Millis };

export interface Sending {
  port: number;
  bytes: Buffer;
  /** Whether our side is closed after the last byte, as by a client that dies in the middle of a body. */
  end: boolean;
  /** An answer to HEAD has no body, whatever its headers say. */
  bodiless: boolean;
  patience: Millis;
}

/** Sends bytes as they stand and reads one answer: a client library refuses to send what an attacker does. */
export function exchange({ port, bytes, end, bodiless, patience }: Sending): Promise<Reply> {
  return new Promise((resolve) => {
    const started = performance.now();
    const socket = createConnection({ port, host: "127.0.0.1", noDelay: true });
    let received = Buffer.alloc(0);
    const finish = (kind: "closed" | "hang" | Omit<Answer, "kind" | "took">) => {
      clearTimeout(timer);
      socket.destroy();
      const took = performance.now() - started;
      resolve(typeof kind === "string" ? { kind, took } : { kind: "answer", ...kind, took });
    };
    const timer = setTimeout(() => finish("hang"), patience);
    // What is sent after a refusal meets a closed door; the refusal itself has arrived before.
    socket.on("error", () => undefined);
    socket.on("connect", () => (end ? socket.end(bytes) : socket.write(bytes)));
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = read(received, { ended: false, bodiless });
      if (answer !== undefined) finish(answer);
    });
    socket.on("close", () => finish(read(received, { ended: true, bodiless }) ?? "closed"));
  });
}

function read(
  bytes: Buffer,
  { ended, bodiless }: { ended: boolean; bodiless: boolean },
): Omit<Answer, "kind" | "took"> | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.subarray(0, end).toString("latin1");
  const status = Number(/^HTTP\/1\.[01] ([0-9]{3})/.exec(head)?.[1]);
  // Interim answers (100 Continue) stand before the one that counts.
  if (status >= 100 && status < 200) return read(bytes.subarray(end + 4), { ended, bodiless });
  const headers = new Map<string, string[]>();
  for (const line of head.split("\r\n").slice(1)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), line.slice(colon + 1).trim()]);
  }
  const body = bodyOf(bytes.subarray(end + 4), { headers, ended, none: bodiless || status === 204 || status === 304 });
  return body === undefined ? undefined : { status, headers, head, body: body.toString() };
}

function bodyOf(
  rest: Buffer,
  { headers, ended, none }: { headers: ReadonlyMap<string, readonly string[]>; ended: boolean; none: boolean },
): Buffer | undefined {
  if (none) return Buffer.alloc(0);
  const [length] = headers.get("content-length") ?? [];
  if (length !== undefined) return rest.length >= Number(length) ? rest.subarray(0, Number(length)) : undefined;
  if (headers.get("transfer-encoding")?.[0] === "chunked") return unchunked(rest);
  return ended ? rest : undefined;
}

function unchunked(rest: Buffer): Buffer | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const line = rest.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(rest.toString("latin1", at, line), 16);
    if (size === 0) return Buffer.concat(parts);
    if (rest.length < line + 2 + size + 2) return undefined;
    parts.push(rest.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
