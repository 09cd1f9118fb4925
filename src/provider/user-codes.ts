import type { Context, Middleware } from "koa";
import { HOUR } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { networkOf } from "../http/network.ts";
import type { Throttle } from "../limits/throttle.ts";
import { CODE_PATH } from "./device-grant.ts";

/**
 * Wrong codes from one network. Eight of twenty letters are 2.6 · 10^10 codes, each for ten minutes: with a thousand of them open, twenty
 * tries an hour find one in a hundred years (RFC 8628 section 5.1).
 */
const WRONG = { limit: 20, window: HOUR };

/** Where a page says that a code was wrong, so that it counts. */
const STATE = { typed: "typedUserCode", wrong: "wrongUserCode" } as const;

/** The code of a scanned or clicked `verification_uri_complete`: it is filled in, and sent by the person alone. */
export function typedCode(context: Context): string {
  return String(context.state[STATE.typed] ?? "");
}

export function countWrongCode(context: Context): void {
  context.state[STATE.wrong] = true;
}

/** Stands before oidc-provider where codes are typed. */
export function createCodeGate(ports: { database: Database; throttle: Throttle }): Middleware {
  return async (context, next) => {
    if (context.path !== CODE_PATH) return next();
    if (context.method === "GET") {
      // The engine would send it on by a script, and without one by a page of its own.
      context.state[STATE.typed] = [context.query["user_code"] ?? ""].flat()[0]?.slice(0, 40);
      context.req.url = context.originalUrl = context.request.originalUrl = context.path;
      return next();
    }
    if (context.method !== "POST") return next();
    const name = `user codes from ${networkOf(context.ip)}`;
    // A try is counted before it is judged.
    if (!(await ports.throttle.pass(ports.database, name, WRONG)))
      throw new Fault("too-many", { detail: "wrong codes from this network", retryAfter: WRONG.window / 1000 });
    await next();
    if (context.state[STATE.wrong] !== true) await ports.throttle.refund(ports.database, name);
  };
}
