import type { Middleware } from "koa";
import { Fault } from "../errors.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a form that another site sends here: by `Sec-Fetch-Site` (Fetch Metadata), else by `Origin`.
 * A client that is no browser sends neither and carries no cookies of a person's either. `paths`: with a slash at the end all beneath.
 */
export function sameOriginOnly(issuer: string, paths: readonly string[]): Middleware {
  const isIn = (asked: string) =>
    paths.some((path) => asked.startsWith(path) && (path.endsWith("/") || /^\/*$/.test(asked.slice(path.length))));
  return async (context, next) => {
    if (!SAFE.has(context.method) && isIn(context.path)) {
      const site = context.get("sec-fetch-site");
      const origin = context.get("origin");
      if (site !== "" && site !== "same-origin" && site !== "none")
        throw new Fault("cross-site", { detail: "by sec-fetch-site" });
      if (site === "" && origin !== "" && origin !== issuer) throw new Fault("cross-site", { detail: "by origin" });
    }
    await next();
  };
}
