import { ok, type Parsed, refused } from "./parsed.ts";

/** RFC 1951, without a wrapper. */
export async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new globalThis.Response(compressed).arrayBuffer());
}

/** Stops as soon as more than `max` bytes have come out: a few bytes can inflate to a thousand times as many. */
export async function inflate(
  bytes: Uint8Array<ArrayBuffer>,
  max: number,
): Promise<Parsed<Uint8Array<ArrayBuffer>, "too-large" | "not-deflated">> {
  const inflated = new Uint8Array(max);
  let length = 0;
  // Not `for await`: browsers learnt to iterate streams late.
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (length + part.value.length > max) {
        await reader.cancel();
        return refused("too-large");
      }
      inflated.set(part.value, length);
      length += part.value.length;
    }
  } catch {
    return refused("not-deflated");
  }
  return ok(inflated.slice(0, length));
}
