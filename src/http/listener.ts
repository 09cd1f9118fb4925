import type { IncomingMessage, ServerResponse } from "node:http";
import Router, { type RouterMiddleware } from "@koa/router";
import Koa, { type Middleware } from "koa";
import type { CookieSigner } from "./cookies.ts";

/** What is mounted: a method, and a path with its parameters as `:name`. */
export interface MountedRoute {
  method: string;
  path: string;
}

export interface Mounted {
  listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Ours, without what stands behind them. */
  routes: readonly MountedRoute[];
}

/** Every request passes `before`, then finds its route among ours, and else goes on to `behind`, in this order. */
export function createListener(ports: {
  trustProxy: boolean;
  cookieSigner: CookieSigner;
  before: readonly Middleware[];
  routes: readonly Router[];
  behind: readonly Middleware[];
}): Mounted {
  // The last address of X-Forwarded-For is the one that our own proxy has seen; those before it anybody can write.
  const app = new Koa({ proxy: ports.trustProxy, maxIpsCount: 1 });
  app.keys = ports.cookieSigner;
  app.silent = true;
  for (const middleware of ports.before) app.use(middleware);
  const root = new Router();
  for (const router of ports.routes) root.use(router.routes());
  app.use(routesBySegment(root));
  app.use(root.allowedMethods());
  for (const middleware of ports.behind) app.use(middleware);
  const routes = root.stack.flatMap(({ methods, path }) =>
    methods.filter((method) => method !== "HEAD").map((method) => ({ method, path: String(path) })),
  );
  return { listener: app.callback(), routes };
}

/** The router tries each of its routes, of which there are two hundred: a request is tried on those alone that begin as its path does. */
function routesBySegment(all: Router): RouterMiddleware {
  const parts = new Map<string, Router>();
  for (const layer of all.stack) {
    const segment = firstSegment(String(layer.path));
    if (!/^\/[\w.-]*$/.test(segment)) throw new Error(`${layer.path} does not begin with a text`);
    const part = parts.get(segment) ?? new Router();
    part.stack.push(layer);
    parts.set(segment, part);
  }
  const ways = new Map([...parts].map(([segment, part]) => [segment, part.routes()]));
  return (context, next) => {
    const way = ways.get(firstSegment(context.path));
    if (way !== undefined) return way(context, next);
    // None of them: the router's own answer to an unknown method needs to be told so.
    context.matched ??= [];
    return next();
  };
}

/** `/interaction` of `/Interaction/:uid`: case does not count in our paths. */
function firstSegment(path: string): string {
  const end = path.indexOf("/", 1);
  return (end < 0 ? path : path.slice(0, end)).toLowerCase();
}
