import type { Context, Middleware } from "koa";
import { seeOther } from "../http/redirect.ts";
import { isEngineContext } from "./engine-context.ts";

/**
 * At the sign-out, who is signed in nowhere is asked nothing and goes on at once: to the site's address, which oidc-provider has compared with
 * the registered ones, else to the page that says that it is done (OpenID Connect RP-Initiated Logout 1.0, section 2).
 * oidc-provider's own answer is a form that a script sends on, in English alone, and a session for it: nothing is left of either.
 * It goes before oidc-provider's own middleware.
 */
export function goOnWithoutSession(path: string): Middleware {
  return async (context, next) => {
    await next();
    if (context.path !== path || context.status !== 200 || !isEngineContext(context)) return;
    const { session, params, client, provider } = context.oidc;
    if (session?.accountId !== undefined) return;
    await session?.destroy();
    withoutCookie(context, provider.cookieName("session"));
    const { post_logout_redirect_uri: site, state } = params ?? {};
    const target = new URL(typeof site === "string" ? site : context.oidc.urlFor("end_session_success"));
    if (typeof site !== "string" && client !== undefined) target.searchParams.set("client_id", client.clientId);
    if (typeof site === "string" && typeof state === "string") target.searchParams.set("state", state);
    seeOther(context, target.href);
  };
}

/** Takes a cookie, and its signature, out of the answer. */
function withoutCookie(context: Context, name: string): void {
  const cookies = [context.response.headers["set-cookie"] ?? []].flat().map(String);
  context.remove("Set-Cookie");
  const others = cookies.filter((cookie) => !cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}.sig=`));
  if (others.length > 0) context.set("Set-Cookie", others);
}
