import type { Middleware } from "koa";
import { Fault } from "../errors.ts";

/** Pins the Host header to the issuer's: oidc-provider builds its addresses from it, and a forged one would end up in discovery. */
export function pinnedHost(issuer: string): Middleware {
  const { host } = new URL(issuer);
  return async (context, next) => {
    if (context.host.toLowerCase() !== host) throw new Fault("wrong-host", { detail: `ask for ${host}` });
    await next();
  };
}
