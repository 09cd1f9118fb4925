/**
 * Turns a view's data into a whole page.
 *
 * Owns templates, the style sheet, the pages' scripts and mark. Does not own words (`src/locale/`), headers, routes.
 * A page is complete in its first answer: its style is inlined and allowed by hash; only script and mark are fetched.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Eta } from "eta";
import { type Locale, languages, languageTag, messagesFor } from "../locale/locale.ts";
import { datum, plain } from "../locale/markup.ts";
import { type Asset, asset } from "./assets.ts";
import { because, describe } from "./field-errors.ts";
import { createMessageHtml, escapeHtml } from "./html.ts";
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
  readonly recovering?: { readonly due: Date; readonly action: string };
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
}

const VIEWS = fileURLToPath(new URL("../../views/", import.meta.url));

/** In the order of the cascade: a later one may correct an earlier one. */
const STYLES = ["1-colours", "2-base", "3-forms", "4-parts", "5-pages", "6-confirmation"];

/** Where the layout has the style. */
const STYLE = "<style></style>";

/** Names that every template may use without `it.`. */
const HEADER =
  "const { m, t, plain, datum, fill, because, data, frame, site, errors, errorOf, product, host, issuer } = it;";

export function createRenderer({ issuer, name = "E-num ID" }: RendererPorts): Renderer {
  const eta = new Eta({ views: VIEWS, cache: true, escapeFunction: escapeHtml, functionHeader: HEADER });
  const css = compactStyle(STYLES.map((file) => readFileSync(`${VIEWS}static/css/${file}.css`, "utf8")).join(""));
  const mark = readFileSync(`${VIEWS}static/mark.svg`, "utf8").trim();
  const scriptOf = (file: string) =>
    asset(
      file,
      "js",
      "text/javascript; charset=utf-8",
      compactScript(readFileSync(`${VIEWS}static/${file}.js`, "utf8")),
    );
  const script = scriptOf("page");
  const passkeyScript = scriptOf("passkey");
  const icon = asset("mark", "svg", "image/svg+xml", mark);
  const constant = { issuer, host: new URL(issuer).host, product: name, mark, script, passkeyScript, icon };
  // Most of a page is its style, the same each time: its bytes are copied, where encoding them costs more than the rest of the page.
  const style = Buffer.from(`<style>${css}</style>`);
  const shared = { t: createMessageHtml(), plain, datum, fill: fillTime };

  return {
    render(frame, view, data) {
      const m = messagesFor(frame.locale);
      const errors = errorsOf(data).map((error) => describe(error, m));
      const html = eta.render(`/${view}`, {
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
      return Buffer.concat([Buffer.from(html.slice(0, at)), style, Buffer.from(html.slice(at + STYLE.length))]);
    },
    stylesheetHash: `sha256-${createHash("sha256").update(css).digest("base64")}`,
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

/** Comments and indentation are for us; the page is sent on bad lines. */
function compactStyle(css: string): string {
  return css
    .replace(/\/\*[^*]*\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?|(:) /g, "$1$2")
    .replace(/;}/g, "}")
    .replace(/(?<![\d.])0\.(?=\d)/g, ".")
    .trim();
}

/** Drops lines that are comments, and indentation; the script has no text of several lines. */
function compactScript(script: string): string {
  return script.replace(/^\s*\/\/.*\n/gm, "").replace(/^\s+/gm, "");
}
