import type { Context } from "koa";
import type { KoaContextWithOIDC } from "oidc-provider";

/** Whether oidc-provider answers the request at a route of its own: no other context has what it knows of it. */
export function isEngineContext(context: Context): context is KoaContextWithOIDC {
  return "oidc" in context;
}
