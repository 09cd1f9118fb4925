import type { Context } from "koa";
import type { Locale } from "../locale/locale.ts";
import { negotiate } from "../locale/locale.ts";
import type { Cookies } from "./cookies.ts";
import type { Frame, Renderer } from "./render.ts";
import type { Views } from "./views.ts";

/** What a page may be told beside its data. */
export interface Around {
  site?: { name: string; origin: string | undefined; logo?: string | undefined } | undefined;
  signedIn?: { email: string } | undefined;
  /** The site's wish (OpenID Connect Core section 3.1.2.1); a language chosen on the page goes before it. */
  uiLocales?: string | undefined;
  status?: number;
}

/** Writes a page in the reader's language. */
export interface Pages {
  show<View extends keyof Views>(context: Context, view: View, data: Views[View], around?: Around): void;
  locale(context: Context, uiLocales?: string): Locale;
  /** From now on this request is answered in the language of the account that is signed in, where no other was chosen. */
  prefer(context: Context, locale: Locale): void;
  /** Every page of who is signed in, in this request, says that the account is being recovered. */
  warn(context: Context, recovering: NonNullable<Frame["recovering"]>): void;
}

export function createPages(ports: { renderer: Renderer; cookies: Cookies; development: boolean }): Pages {
  const preferred = new WeakMap<Context, Locale>();
  const locale: Pages["locale"] = (context, uiLocales) =>
    negotiate({
      uiLocales,
      cookie: ports.cookies.get(context, "language"),
      account: preferred.get(context),
      acceptLanguage: context.get("accept-language"),
    });
  const warned = new WeakMap<Context, NonNullable<Frame["recovering"]>>();
  return {
    locale,
    prefer: (context, wished) => void preferred.set(context, wished),
    warn: (context, recovering) => void warned.set(context, recovering),
    show(context, view, data, around = {}) {
      const { site, signedIn, uiLocales, status = 200 } = around;
      const { endsAt } = context.state;
      const recovering = warned.get(context);
      const frame: Frame = {
        locale: locale(context, uiLocales),
        path: context.url,
        development: ports.development,
        ...(site === undefined
          ? {}
          : {
              site: {
                name: site.name,
                ...(site.origin === undefined ? {} : { origin: site.origin }),
                ...(site.logo === undefined ? {} : { logo: site.logo }),
              },
            }),
        ...(signedIn === undefined ? {} : { signedIn }),
        ...(typeof endsAt === "number" ? { endsAt: new Date(endsAt) } : {}),
        ...(recovering === undefined ? {} : { recovering }),
      };
      context.status = status;
      context.type = "text/html; charset=utf-8";
      context.set("Content-Language", frame.locale);
      context.body = ports.renderer.render(frame, view, data);
    },
  };
}
