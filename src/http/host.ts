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

/** Another origin of ours, and what alone is served there: paths, and with a slash at the end all beneath them. */
export interface OwnOrigin {
  readonly origin: string;
  readonly paths: readonly string[];
}

/**
 * Pins the Host header to the issuer's, and https where the issuer has it: oidc-provider builds its addresses from both, and a forged one would
 * end up in discovery. Over plain http no cookie of ours could be set.
 * `except`: paths that machines ask for by the process's own address; `beside`: what has an origin of its own.
 */
export function pinnedHost(
  issuer: string,
  except: readonly string[] = [],
  beside: readonly OwnOrigin[] = [],
): Middleware {
  const { host, protocol } = new URL(issuer);
  const others = beside.map(({ origin, paths }) => ({ host: new URL(origin).host, paths }));
  const isBeside = (asked: string, path: string) =>
    others.some(
      (other) =>
        other.host === asked && other.paths.some((one) => (one.endsWith("/") ? path.startsWith(one) : path === one)),
    );
  return async (context, next) => {
    // RFC 9112 section 3.2: none, or more than one, is a 400.
    if (hostsIn(context.req.rawHeaders) !== 1) throw new Fault("invalid-request", { detail: "send one Host header" });
    // A proxy that adds its name to what came would have the first one believed, which is whoever asks's.
    if (context.app.proxy && context.get("X-Forwarded-Host").includes(","))
      throw new Fault("invalid-request", { detail: "send one X-Forwarded-Host: the proxy replaces it" });
    if (context.state["stray"] === true) throw new Fault("not-found", { detail: "the target is no path of this host" });
    const asked = context.host.toLowerCase();
    const matches = asked === host || except.includes(context.path) || isBeside(asked, context.path);
    if (!matches) throw new Fault("wrong-host", { detail: `ask for ${host}` });
    if (protocol === "https:" && !context.secure && !except.includes(context.path))
      throw new Fault("invalid-request", { detail: "by plain http: the proxy sets X-Forwarded-Proto to https" });
    await next();
  };
}

/** Names and values follow one another. */
function hostsIn(headers: readonly string[]): number {
  let count = 0;
  for (let place = 0; place < headers.length; place += 2)
    if (headers[place]?.length === 4 && headers[place]?.toLowerCase() === "host") count += 1;
  return count;
}
