import type { Middleware } from "koa";

/**
 * Headers of every answer. There is no `form-action`: Chromium applies it to the whole chain of redirects after a post,
 * and a sign-in's last post ends at the site.
 * A referrer goes nowhere but back to us. With `no-referrer` browsers would write `Origin: null` into our own forms (Fetch, "append a request
 * `Origin` header"), and those without Fetch Metadata, Safari before 16.4 for one, would be taken for another site's (`cross-origin.ts`).
 */
export function securityHeaders(ports: { issuer: string; stylesheetHash: string }): Middleware {
  const policy = [
    "default-src 'none'",
    `style-src '${ports.stylesheetHash}'`,
    "script-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  const https = ports.issuer.startsWith("https:");
  return async (context, next) => {
    context.set({
      "Content-Security-Policy": policy,
      "X-Content-Type-Options": "nosniff",
      "X-Frame-Options": "DENY",
      "Referrer-Policy": "same-origin",
      "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
      "Cache-Control": "no-store",
    });
    if (https) context.set("Strict-Transport-Security", "max-age=63072000; includeSubDomains");
    await next();
  };
}
