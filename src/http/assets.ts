import type { Middleware } from "koa";
import type { Asset } from "./render.ts";

/** Files whose name changes with their content, so that a browser keeps them for ever. */
export function assets(files: readonly Asset[]): Middleware {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return async (context, next) => {
    const file = byPath.get(context.path);
    if (file === undefined || (context.method !== "GET" && context.method !== "HEAD")) return next();
    context.type = file.type;
    context.set("Cache-Control", "public, max-age=31536000, immutable");
    context.body = file.body;
  };
}
