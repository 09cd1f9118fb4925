/** What pages are made of that is the same in every one: templates, the style sheet, the pages' scripts and mark, from the folder `views/`. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Eta } from "eta";
import { type Asset, asset } from "./assets.ts";
import { createMessageHtml, escapeHtml } from "./html.ts";
import type { Views } from "./views.ts";

export interface Templates {
  /** The whole page, without its style; a template is compiled when it is first used. */
  fill(view: keyof Views, names: object): string;
  /** A message of ours as HTML. */
  message(text: string): string;
  /** `<style>…</style>`, in UTF-8. Most of a page, and the same each time: its bytes are copied, where encoding them costs more than the rest of the page. */
  readonly style: Buffer;
  /** For the Content-Security-Policy: `style-src 'sha256-…'`, without the quotes. */
  readonly stylesheetHash: string;
  /** An SVG, to stand within a page. */
  readonly mark: string;
  readonly script: Asset;
  /** Of the pages on which a passkey is made or used. */
  readonly passkeyScript: Asset;
  readonly icon: Asset;
}

const VIEWS = fileURLToPath(new URL("../../views/", import.meta.url));

/** In the order of the cascade: a later one may correct an earlier one. */
const STYLES = ["1-colours", "2-base", "3-forms", "4-parts", "5-pages", "6-confirmation"];

/** Names that every template may use without `it.`. */
const HEADER =
  "const { m, t, plain, datum, fill, because, data, frame, site, errors, errorOf, product, host, issuer } = it;";

/** Nothing in them is of one installation, so that all apps of a process may share them. */
export function readTemplates(): Templates {
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
  return {
    fill: (view, names) => eta.render(`/${view}`, names),
    message: createMessageHtml(),
    style: Buffer.from(`<style>${css}</style>`),
    stylesheetHash: `sha256-${createHash("sha256").update(css).digest("base64")}`,
    mark,
    script: scriptOf("page"),
    passkeyScript: scriptOf("passkey"),
    icon: asset("mark", "svg", "image/svg+xml", mark),
  };
}

/** Comments and indentation are for us; the page is sent on bad lines. */
function compactStyle(css: string): string {
  return css
    .replace(/\/\*[^*]*\*\//g, "")
    .replace(/\s+/g, " ")
    .replace(/ ?([{};,>]) ?|(:) /g, "$1$2")
    .replace(/;}/g, "}")
    .replace(/(?<![\d.])0\.(?=\d)/g, ".")
    .replace(/="([a-z][\w-]*)"\]/g, "=$1]")
    .replaceAll("@media (", "@media(")
    .trim();
}

/** Drops lines that are comments, indentation, and ends of lines where a sign says enough; the script has no text of several lines. */
function compactScript(script: string): string {
  return script
    .replace(/^\s*\/\/.*\n/gm, "")
    .replace(/^\s+/gm, "")
    .replace(/([;,{(])\n/g, "$1");
}
