/**
 * The server's side of the web client: page, bundle, manifest, icons and service worker under `/phone`.
 *
 * Owns how the client of `src/phone/web/` reaches a browser, also at addresses that it has left, and the headers that hold it in there. Does not own what the client does,
 * nor the device API, which it uses like any other client. It is a room of its own, and not a part of `src/phone/`, since a phone knows
 * the provider by its public API alone and loads nothing of Node, and this is all of the provider and of Node.
 * Control enters by the routes, and by `bundleWebPhone` and `readWebPhone` for whoever chooses where the bundle comes from.
 */
import Router from "@koa/router";
import type { Context } from "koa";
import { Fault } from "../errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { PhoneWords } from "../operation/operation.ts";
import type { Bundle } from "./bundle.ts";
import { phoneHeaders } from "./headers.ts";
import { makePhone, type Phone } from "./made.ts";
import type { Served } from "./served.ts";

/** Where the bundle comes from; undefined where nobody has built it. */
export type BundleSource = () => Promise<Bundle | undefined>;

export interface WebPhonePorts {
  /** Asked for at the first request, and again only after it has failed. */
  bundle: BundleSource;
  pages: Pages;
  /** Whose accounts are connected where nothing else is said. */
  issuer: string;
  /** Its own, if it has one: then the issuer's only leads there. */
  origin: string | undefined;
  /** Those that it has left, where it is served on for who has accounts there; it leads everybody else away itself. */
  former: readonly string[];
  /** What the client calls operations by, as the pages do (PROTOCOL section 9). */
  operations: PhoneWords;
  development: boolean;
}

export function createWebPhone(ports: WebPhonePorts): Router {
  const headers = phoneHeaders(ports);
  const { issuer, origin } = ports;
  const address = `${origin ?? issuer}/phone`;
  let making: Promise<Phone | undefined> | undefined;
  const phone = async (): Promise<Phone> => {
    making ??= ports.bundle().then((bundle) => bundle && makePhone(bundle, { ...ports, address }));
    const made = await making.catch((error: unknown) => {
      making = undefined;
      throw error;
    });
    if (made === undefined) throw new Fault("unavailable", { detail: "the web client is not built: npm run build" });
    return made;
  };

  const former = new Set(ports.former.map((one) => new URL(one).host));
  /** Undefined under the issuer's name, where the client is not there and never was. */
  const placeOf = (context: Context) => {
    const host = context.host.toLowerCase();
    if (former.has(host)) return "left";
    return origin === undefined || host === new URL(origin).host ? "here" : undefined;
  };
  const entrance = async (context: Context) => {
    const place = placeOf(context);
    if (place === undefined) throw new Fault("not-found", { detail: `ask ${address} for it` });
    return (await phone())[place];
  };

  const router = new Router();
  router.get("/phone", async (context) => {
    // What a link has in its fragment goes with it: a browser carries it over (Fetch, section 4.4).
    if (placeOf(context) === undefined) return seeOther(context, address);
    const { shells } = await entrance(context);
    const locale = ports.pages.locale(context);
    context.set(headers.page);
    context.set("Content-Language", locale);
    context.type = "text/html; charset=utf-8";
    context.body = shells.get(locale) ?? shells.get("en");
  });
  router.get("/phone/worker.js", async (context) => {
    const { worker } = await entrance(context);
    context.set(headers.worker);
    context.type = "text/javascript; charset=utf-8";
    context.body = worker;
  });
  router.get("/phone/assets/:file", async (context) => {
    const file = placeOf(context) && (await phone()).files.get(context.path);
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
