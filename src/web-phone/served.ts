import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

/** A file of the web client; its path changes with its content. */
export interface Served {
  readonly path: string;
  readonly type: string;
  readonly body: Buffer;
  /** The same in gzip, where that is shorter: nothing secret is in it, so that its length tells nothing. */
  readonly compressed: Buffer | undefined;
}

export function served(name: string, extension: string, type: string, content: string | Buffer): Served {
  const body = Buffer.from(content);
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  const compressed = gzipSync(body, { level: 9 });
  return {
    path: `/phone/assets/${name}.${hash}.${extension}`,
    type,
    body,
    compressed: compressed.length < body.length ? compressed : undefined,
  };
}
