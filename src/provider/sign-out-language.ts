import type { Context, Middleware } from "koa";
import type { KoaContextWithOIDC } from "oidc-provider";

/** The site's wish (OpenID Connect Core section 3.1.2.1): oidc-provider's parameter, else that of the address, where it takes none. */
export function uiLocalesOf(context: KoaContextWithOIDC): { uiLocales?: string } {
  const uiLocales = context.oidc.params?.["ui_locales"] ?? wishOf(context);
  return typeof uiLocales === "string" ? { uiLocales } : {};
}

/** What the address itself wishes, where it does so once. */
export function wishOf({ query: { ui_locales: wish } }: Context): string | undefined {
  return typeof wish === "string" ? wish : undefined;
}

/** The address with the wish behind it; without a wish as it is. */
export function withWish(href: string, wish: string | undefined): string {
  if (wish === undefined) return href;
  const url = new URL(href);
  url.searchParams.set("ui_locales", wish);
  return url.href;
}

/**
 * A sign-out's `ui_locales` (OpenID Connect RP-Initiated Logout 1.0, section 2) goes along to the page that says that it is done, which
 * oidc-provider redirects to without it. `done` is that page's whole address; it goes before whatever redirects there.
 */
export function keepLanguage(done: string): Middleware {
  return async (context, next) => {
    await next();
    const href = context.response.get("location");
    if (context.status !== 303 || (href !== done && !href.startsWith(`${done}?`))) return;
    context.set("Location", withWish(href, wishOf(context)));
  };
}
