import type { Middleware } from "koa";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import { accessLog } from "./access-log.ts";
import { type Asset, assets } from "./assets.ts";
import type { Cookies } from "./cookies.ts";
import { openTo } from "./cors.ts";
import { sameOriginOnly } from "./cross-origin.ts";
import { errorBoundary } from "./errors.ts";
import { securityHeaders } from "./headers.ts";
import type { Holding } from "./holding.ts";
import { type OwnOrigin, originForm, pinnedHost } from "./host.ts";
import { chosenLanguage } from "./language.ts";
import type { Pages } from "./page.ts";
import type { Renderer } from "./render.ts";
import { spelledAsMounted } from "./spelling.ts";

export interface StackPorts {
  issuer: string;
  logger: Logger;
  clock: Clock;
  random: Random;
  holding: Holding;
  cookies: Cookies;
  pages: Pages;
  renderer: Renderer;
  /** Of sites, served by us. */
  logos: readonly Asset[];
  /** Counts each request, whatever becomes of it. */
  count: Middleware;
  /** Answered under any host name. */
  probes: readonly string[];
  /** The web client's own origin, where it has one, and those that it has left. */
  phoneAt: { readonly origin: string | undefined; readonly former: readonly string[] };
  /** Where clients and people show certificates, beside the issuer's host. */
  otherHosts: readonly OwnOrigin[];
  /** Where programs alone speak OAuth: errors are JSON there. */
  oauth: readonly string[];
  /** What is mounted, ours and oidc-provider's. */
  mounted: readonly string[];
  /** Where people's forms are sent to, and with a slash at the end all beneath it: a form of another site is refused there. */
  forms: readonly string[];
}

/** What is served on each of the web client's own origins. */
const PHONE = ["/phone", "/phone/worker.js", "/phone/assets/"] as const;

/** What its page may ask of the issuer: the device API, and sites' logos, which it shows without cookies. */
const OPEN_TO_PHONE = ["/device/", "/assets/logo."] as const;

/** What every request passes before it reaches a route, in this order. */
export function createStack(ports: StackPorts): Middleware[] {
  const { issuer, renderer, cookies, phoneAt } = ports;
  const phones = [phoneAt.origin ?? issuer, ...phoneAt.former].filter((origin) => origin !== issuer);
  const beside = phones.map((origin) => ({ origin, paths: PHONE }));
  return [
    originForm(issuer),
    spelledAsMounted(ports.mounted),
    ports.count,
    accessLog(ports),
    securityHeaders({ issuer, stylesheetHash: renderer.stylesheetHash }),
    openTo({ origins: phones, paths: OPEN_TO_PHONE }),
    errorBoundary(ports),
    pinnedHost(issuer, ports.probes, [...beside, ...ports.otherHosts]),
    assets([renderer.script, renderer.passkeyScript, renderer.icon, ...ports.logos]),
    chosenLanguage({ cookies }),
    sameOriginOnly(issuer, ports.forms),
  ];
}
