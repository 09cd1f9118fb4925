import type { Middleware } from "koa";
import { Fault } from "../errors.ts";

/**
 * Pins the Host header to the issuer's: oidc-provider builds its addresses from it, and a forged one would end up in discovery.
 * `except`: paths that machines ask for by the process's own address.
 */
export function pinnedHost(issuer: string, except: readonly string[] = []): Middleware {
  const { host } = new URL(issuer);
  return async (context, next) => {
    const matches = context.host.toLowerCase() === host || except.includes(context.path);
    if (!matches) throw new Fault("wrong-host", { detail: `ask for ${host}` });
    await next();
  };
}
