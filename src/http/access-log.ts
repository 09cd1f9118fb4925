import type { Middleware } from "koa";
import type { Logger } from "pino";
import { type Random, randomId } from "../random.ts";

/**
 * One line a request: id, method, route, status, milliseconds. Never the query, the body, a header or the address itself:
 * these hold codes, hints and cookies; in a path an interaction's id is cut short as well.
 */
export function accessLog(ports: { logger: Logger; random: Random }): Middleware {
  return async (context, next) => {
    const reference = randomId(ports.random).slice(0, 10);
    context.state["reference"] = reference;
    const started = performance.now();
    context.res.once("close", () => {
      ports.logger.info({
        reference,
        method: context.method,
        path: withoutIds(context.path),
        status: context.res.statusCode,
        milliseconds: Math.round(performance.now() - started),
        ...(context.state["fault"] === undefined ? {} : { fault: context.state["fault"] }),
      });
    });
    await next();
  };
}

/** An identifier of 12 or more characters is shown by its first six. */
function withoutIds(path: string): string {
  return path.slice(0, 200).replace(/[A-Za-z0-9_~-]{12,}/g, (id) => `${id.slice(0, 6)}…`);
}
