import type { IncomingMessage, ServerResponse } from "node:http";
import Router from "@koa/router";
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
  app.use(root.routes());
  app.use(root.allowedMethods());
  for (const middleware of ports.behind) app.use(middleware);
  const routes = root.stack.flatMap(({ methods, path }) =>
    methods.filter((method) => method !== "HEAD").map((method) => ({ method, path: String(path) })),
  );
  return { listener: app.callback(), routes };
}
