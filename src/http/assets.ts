import { createHash } from "node:crypto";
import type { Middleware } from "koa";

/** A file that pages refer to; its path changes with its content, so it may be cached for ever. */
export interface Asset {
  readonly path: string;
  readonly type: string;
  readonly body: string | Buffer;
}

export function asset(name: string, extension: string, type: string, body: string | Buffer): Asset {
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return { path: `/assets/${name}.${hash}.${extension}`, type, body };
}

/** An SVG that is opened by itself is a document: it may be drawn, and it may neither run nor fetch anything. */
const SVG_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** Files whose name changes with their content, so that a browser keeps them for ever. */
export function assets(files: readonly Asset[]): Middleware {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return async (context, next) => {
    const file = byPath.get(context.path);
    if (file === undefined || (context.method !== "GET" && context.method !== "HEAD")) return next();
    context.type = file.type;
    context.set("Cache-Control", "public, max-age=31536000, immutable");
    if (file.type === "image/svg+xml") context.set("Content-Security-Policy", SVG_POLICY);
    context.body = file.body;
  };
}
