import type { Middleware } from "koa";
import { languages } from "../locale/locale.ts";
import type { Cookies } from "./cookies.ts";
import { seeOther } from "./redirect.ts";

/** `?lang=ru` on any page of ours: remembers the language and shows the same page again without it. */
export function chosenLanguage(ports: { cookies: Cookies }): Middleware {
  return async (context, next) => {
    const { lang } = context.query;
    const chosen = languages.find(({ locale }) => locale === lang);
    if (context.method !== "GET" || chosen === undefined) return next();
    ports.cookies.set(context, "language", chosen.locale);
    const rest = new URLSearchParams(context.querystring);
    rest.delete("lang");
    seeOther(context, rest.size > 0 ? `${context.path}?${rest}` : context.path);
  };
}
