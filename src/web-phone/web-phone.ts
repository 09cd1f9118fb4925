/**
 * The server's side of the web client: page, bundle, manifest, icons and service worker under `/phone`.
 *
 * Owns how the client of `src/phone/web/` reaches a browser, and the headers that hold it in there. Does not own what the client does,
 * nor the device API, which it uses like any other client. It is a room of its own, and not a part of `src/phone/`, since a phone knows
 * the provider by its public API alone and loads nothing of Node, and this is all of the provider and of Node.
 * Control enters by the routes, and by `bundleWebPhone` and `readWebPhone` for whoever chooses where the bundle comes from.
 */
import { createHash } from "node:crypto";
import Router from "@koa/router";
import type { Context, Middleware } from "koa";
import { Fault } from "../errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import { type Locale, languages } from "../locale/locale.ts";
import type { PhoneWords } from "../operation/operation.ts";
import type { Bundle } from "./bundle.ts";
import { phoneHeaders } from "./headers.ts";
import { icons } from "./icons.ts";
import { manifest } from "./manifest.ts";
import { type Served, served } from "./served.ts";
import { shell } from "./shell.ts";

/** Where the bundle comes from; undefined where nobody has built it. */
export type BundleSource = () => Promise<Bundle | undefined>;

/** All that is served, made once of one bundle. */
interface Phone {
  readonly shells: ReadonlyMap<Locale, string>;
  readonly worker: string;
  readonly files: ReadonlyMap<string, Served>;
}

export interface WebPhonePorts {
  /** Asked for at the first request, and again only after it has failed. */
  bundle: BundleSource;
  pages: Pages;
  /** Whose accounts are connected where nothing else is said. */
  issuer: string;
  /** Its own, if it has one: then the issuer's only leads there. */
  origin: string | undefined;
  /** What the client calls operations by, as the pages do (PROTOCOL section 9). */
  operations: PhoneWords;
  development: boolean;
}

export function createWebPhone(ports: WebPhonePorts): Router {
  const headers = phoneHeaders(ports);
  let making: Promise<Phone | undefined> | undefined;
  const phone = async (): Promise<Phone> => {
    making ??= ports.bundle().then((bundle) => (bundle === undefined ? undefined : put(bundle, ports)));
    const made = await making.catch((error: unknown) => {
      making = undefined;
      throw error;
    });
    if (made === undefined) throw new Fault("unavailable", { detail: "the web client is not built: npm run build" });
    return made;
  };

  const { origin } = ports;
  const isElsewhere = ({ host }: Context) => origin !== undefined && host.toLowerCase() !== new URL(origin).host;
  const here: Middleware = (context, next) => {
    if (isElsewhere(context)) throw new Fault("not-found", { detail: `ask ${origin} for it` });
    return next();
  };

  const router = new Router();
  router.get("/phone", async (context) => {
    // What a link has in its fragment goes with it: a browser carries it over (Fetch, section 4.4).
    if (isElsewhere(context)) return seeOther(context, `${origin}/phone`);
    const { shells } = await phone();
    const locale = ports.pages.locale(context);
    context.set(headers.page);
    context.set("Content-Language", locale);
    context.type = "text/html; charset=utf-8";
    context.body = shells.get(locale) ?? shells.get("en");
  });
  router.get("/phone/worker.js", here, async (context) => {
    context.set(headers.worker);
    context.type = "text/javascript; charset=utf-8";
    context.body = (await phone()).worker;
  });
  router.get("/phone/assets/:file", here, async (context) => {
    const file = (await phone()).files.get(context.path);
    if (file === undefined) throw new Fault("not-found");
    give(context, file);
  });
  return router;
}

/** Its name changes with its content, so that a browser keeps it for ever. */
function give(context: Context, { type, body, compressed }: Served): void {
  context.type = type;
  context.set("Cache-Control", "public, max-age=31536000, immutable");
  context.vary("Accept-Encoding");
  if (compressed === undefined || context.acceptsEncodings("gzip", "identity") !== "gzip") {
    context.body = body;
    return;
  }
  context.set("Content-Encoding", "gzip");
  context.body = compressed;
}

function put(bundle: Bundle, { issuer, operations }: Pick<WebPhonePorts, "issuer" | "operations">): Phone {
  const script = served("phone", "js", "text/javascript; charset=utf-8", bundle.script);
  const style = served("phone", "css", "text/css; charset=utf-8", bundle.style);
  const drawn = icons();
  const addresses = { script, style, icon: drawn.svg, touch: drawn.touch };
  const told = languages.map(({ locale }) => {
    const described = served("phone", "webmanifest", "application/manifest+json", manifest(drawn, locale));
    const page = shell({ locale, issuer, operations, addresses: { ...addresses, manifest: described } });
    return { locale, described, page };
  });
  const shells = new Map(told.map(({ locale, page }) => [locale, page]));
  const files = [script, style, ...told.map(({ described }) => described), ...drawn.all];
  const hash = createHash("sha256").update(bundle.worker);
  for (const text of shells.values()) hash.update(text);
  const version = hash.digest("hex").slice(0, 12);
  const kept = { version, page: "/phone", files: files.map(({ path }) => path) };
  return {
    shells,
    // What the worker keeps is told to it in front of its own text, so that a new bundle makes it another worker.
    worker: `const KEPT=${JSON.stringify(kept)};\n${bundle.worker}`,
    files: new Map(files.map((file) => [file.path, file])),
  };
}
