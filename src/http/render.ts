/**
 * Turns a view's data into a whole page, by the templates and with the style of `templates.ts`.
 *
 * Does not own words (`src/locale/`), headers, routes.
 * A page is complete in its first answer: its style is inlined and allowed by hash; only script and mark are fetched.
 */
import { type Locale, languages, languageTag, messagesFor } from "../locale/locale.ts";
import { datum, plain } from "../locale/markup.ts";
import type { Asset } from "./assets.ts";
import { because, describe } from "./field-errors.ts";
import type { Templates } from "./templates.ts";
import type { Because, FieldError, Views } from "./views.ts";

/** What stands around every page. */
export interface Frame {
  readonly locale: Locale;
  /** Who asks; on every page of an interaction. */
  readonly site?: { readonly name: string; readonly origin?: string; readonly logo?: string };
  readonly signedIn?: { readonly email: string };
  /** On the account's pages, while its deletion waits. */
  readonly endsAt?: Date;
  /** The account of who is signed in is being recovered; where it is stopped. */
  readonly recovering?: (
    | { readonly state: "waiting"; readonly due: Date }
    | { readonly state: "ready"; readonly until: Date }
  ) & { readonly action: string };
  /** The page's own path and query, for the language switch. */
  readonly path: string;
  /** Shows what only a developer may see, such as the phone's response. */
  readonly development: boolean;
}

export interface Renderer {
  /** The whole page in UTF-8. */
  render<View extends keyof Views>(frame: Frame, view: View, data: Views[View]): Buffer;
  /** For the Content-Security-Policy: `style-src 'sha256-…'`, without the quotes. */
  readonly stylesheetHash: string;
  readonly script: Asset;
  /** Of the pages on which a passkey is made or used. */
  readonly passkeyScript: Asset;
  readonly icon: Asset;
}

export interface RendererPorts {
  /** The issuer's URL. */
  readonly issuer: string;
  /** What the operator calls this service. */
  readonly name?: string;
  readonly templates: Templates;
}

/** Where the layout has the style. */
const STYLE = "<style></style>";

export function createRenderer({ issuer, name = "E-num ID", templates }: RendererPorts): Renderer {
  const { mark, script, passkeyScript, icon, stylesheetHash } = templates;
  const constant = { issuer, host: new URL(issuer).host, product: name, mark, script, passkeyScript, icon };
  const shared = { t: templates.message, plain, datum, fill: fillTime };

  return {
    render(frame, view, data) {
      const m = messagesFor(frame.locale);
      const errors = errorsOf(data).map((error) => describe(error, m));
      const html = templates.fill(view, {
        ...constant,
        ...shared,
        m,
        data,
        frame,
        site: frame.site,
        errors,
        because: (why: Because) => because(why, m.confirmation),
        errorOf: (field: string) => errors.find((error) => error.field === field),
        lang: languageTag(frame.locale),
        languages: languages.map(({ locale, name: own }) => ({
          tag: languageTag(locale),
          name: own,
          chosen: locale === frame.locale,
          href: `${frame.path}${frame.path.includes("?") ? "&" : "?"}lang=${locale}`,
        })),
      });
      // The first of the layout's own: whatever comes before it is escaped.
      const at = html.indexOf(STYLE);
      return Buffer.concat([
        Buffer.from(html.slice(0, at)),
        templates.style,
        Buffer.from(html.slice(at + STYLE.length)),
      ]);
    },
    stylesheetHash,
    script,
    passkeyScript,
    icon,
  };
}

function errorsOf(data: Views[keyof Views]): readonly FieldError[] {
  return "errors" in data ? data.errors : [];
}

/** `{m}` and `{s}` of a message about time that is left. */
function fillTime(message: string, seconds: number): string {
  const left = Math.max(0, Math.floor(seconds));
  return message.replace("{m}", String(Math.floor(left / 60))).replace("{s}", String(left % 60));
}
