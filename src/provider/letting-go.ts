import type { Middleware } from "koa";
import { onEnd } from "../http/holding.ts";
import { isEngineContext } from "./engine-context.ts";

/**
 * Empties a context of oidc-provider's when its answer has left, or its client has gone, and nothing works at it any more. It goes before all others.
 * oidc-provider defines a getter on each of its contexts, and V8 makes a getter's pair among what is old: whatever it reaches outlives its
 * request until the next full collection. Of an emptied context that is two empty objects, in the place of request, answer, session and tokens.
 */
export const lettingGo: Middleware = async (context, next) => {
  try {
    await next();
  } finally {
    if (isEngineContext(context)) {
      onEnd(context, () => {
        empty(context.oidc);
        empty(context);
      });
    }
  }
};

function empty(object: object): void {
  // Symbols have cookies, and with them request and answer. The getter itself can't be set, nor taken away.
  for (const key of Reflect.ownKeys(object)) Reflect.set(object, key, undefined);
}
