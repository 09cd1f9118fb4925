import type { Middleware } from "koa";
import { Fault } from "../errors.ts";

/**
 * Brings the request's target into the form of a path (RFC 9112 section 3.2), before anything reads it. koa and oidc-provider build
 * addresses from it as it stands: `http://evil.example/…` would become that of discovery, and `//evil.example` a redirect's.
 * What is no path of ours is refused by `pinnedHost`, where there is a page for it.
 */
export function originForm(issuer: string): Middleware {
  return async (context, next) => {
    const { url = "" } = context.req;
    const target = url.startsWith(`${issuer}/`) ? url.slice(issuer.length) : url;
    // Browsers take a backslash for a slash.
    const stray = !/^\/(?![/\\])/.test(target);
    context.state["stray"] = stray;
    context.req.url = context.originalUrl = context.request.originalUrl = stray ? "/" : target;
    await next();
  };
}

/**
 * Pins the Host header to the issuer's: oidc-provider builds its addresses from it, and a forged one would end up in discovery.
 * `except`: paths that machines ask for by the process's own address.
 */
export function pinnedHost(issuer: string, except: readonly string[] = []): Middleware {
  const { host } = new URL(issuer);
  return async (context, next) => {
    // RFC 9112 section 3.2: none, or more than one, is a 400.
    const named = context.req.headersDistinct["host"] ?? [];
    if (named.length !== 1) throw new Fault("invalid-request", { detail: "send one Host header" });
    if (context.state["stray"] === true) throw new Fault("not-found", { detail: "the target is no path of this host" });
    const matches = context.host.toLowerCase() === host || except.includes(context.path);
    if (!matches) throw new Fault("wrong-host", { detail: `ask for ${host}` });
    await next();
  };
}
