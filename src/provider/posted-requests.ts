import type { Middleware } from "koa";
import { Fault } from "../errors.ts";
import { readText } from "../http/body.ts";
import { seeOther } from "../http/redirect.ts";

/** In bytes: of the request that follows, proxies take a first line of 8 kB (nginx, Apache). Who has more to say pushes the request (RFC 9126). */
const LONGEST = 7 * 1024;

/** What a query may hold (RFC 3986 section 3.4), and a form that is encoded does not exceed. */
const ENCODED = /^[\w.~!$&'()*+,;=:@/?%-]*$/;

/**
 * An authorization request or a sign-out that a site has the browser post (OpenID Connect Core 1.0, section 3.1.2.1; RP-Initiated Logout 1.0,
 * section 2) becomes the same by GET: our cookies are `SameSite=Lax`, so that a form of another site comes without them, and what it is
 * redirected to has them.
 */
export function byGet(paths: readonly string[]): Middleware {
  return async (context, next) => {
    if (context.method !== "POST" || !paths.includes(context.path)) return next();
    const query = await readText(context, "application/x-www-form-urlencoded");
    if (!ENCODED.test(query)) throw new Fault("invalid-request", { detail: "the form is not percent-encoded" });
    if (query.length > LONGEST) throw new Fault("too-large", { detail: `at most ${LONGEST} bytes: push the request` });
    seeOther(context, query === "" ? context.path : `${context.path}?${query}`);
  };
}
