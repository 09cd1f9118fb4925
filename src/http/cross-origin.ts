import type { Middleware } from "koa";
import { Fault } from "../errors.ts";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses a form that another site sends here: by `Sec-Fetch-Site` (Fetch Metadata), else by `Origin`.
 * A client that is no browser sends neither and carries no cookies of a person's either.
 */
export function sameOriginOnly(issuer: string, paths: readonly string[]): Middleware {
  return async (context, next) => {
    if (!SAFE.has(context.method) && paths.some((path) => context.path.startsWith(path))) {
      const site = context.get("sec-fetch-site");
      const origin = context.get("origin");
      if (site !== "" && site !== "same-origin" && site !== "none")
        throw new Fault("cross-site", { detail: "by sec-fetch-site" });
      if (site === "" && origin !== "" && origin !== issuer) throw new Fault("cross-site", { detail: "by origin" });
    }
    await next();
  };
}
