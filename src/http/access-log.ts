import type { Context, Middleware } from "koa";
import type { Logger } from "pino";
import { type Random, randomId } from "../random.ts";
import { type Holding, onEnd } from "./holding.ts";

/**
 * One line a request: id, method, route, status, milliseconds. Never the query, the body, a header or the address itself:
 * these hold codes, hints and cookies, and so may a path: of one that is mounted the pattern is shown.
 */
export function accessLog(ports: { logger: Logger; random: Random; holding: Holding }): Middleware {
  return async (context, next) => {
    const reference = randomId(ports.random).slice(0, 10);
    context.state["reference"] = reference;
    const started = ports.holding.begun(context);
    const silence = onEnd(context, () => {
      ports.logger.info({
        reference,
        method: context.method,
        path: patternOf(context),
        status: context.res.statusCode,
        milliseconds: Math.round(performance.now() - started),
        ...(context.state["fault"] === undefined ? {} : { fault: context.state["fault"] }),
        // How a policy's refusal was decided, step by step.
        ...(context.state["why"] === undefined ? {} : { why: context.state["why"] }),
      });
    });
    await next();
    // The next pass tells it.
    if (ports.holding.isHeld(context)) silence();
  };
}

/** `/interaction/:uid`; where nothing is mounted, the path without whatever could be a number, an address or an identifier. */
function patternOf(context: Context): string {
  const matched: unknown = context["_matchedRoute"];
  if (typeof matched === "string") return matched;
  return context.path.slice(0, 100).replace(/[^/]*[^/a-z.-][^/]*|[^/]{20,}/g, "…");
}
