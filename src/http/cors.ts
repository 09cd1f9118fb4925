import type { Middleware } from "koa";

/** Seconds: as long as browsers keep it at most (Chromium two hours), for an answer that changes with the configuration alone. */
const KEPT = 7200;

/**
 * Lets the pages of a few other origins call what stands under these paths (Fetch, CORS protocol). No cookie goes with these calls, and none is
 * looked at: a phone shows itself by its key.
 */
export function openTo({ origins, paths }: { origins: readonly string[]; paths: readonly string[] }): Middleware {
  return async (context, next) => {
    if (origins.length === 0 || !paths.some((path) => context.path.startsWith(path))) return next();
    context.vary("Origin");
    const origin = context.get("origin");
    if (!origins.includes(origin)) return next();
    context.set("Access-Control-Allow-Origin", origin);
    const isAsking = context.method === "OPTIONS" && context.get("access-control-request-method") !== "";
    if (!isAsking) return next();
    context.set({
      "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
      "Access-Control-Allow-Headers": "Authorization, Content-Type",
      "Access-Control-Max-Age": String(KEPT),
    });
    context.status = 204;
  };
}
