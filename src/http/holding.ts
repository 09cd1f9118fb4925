import type { IncomingMessage, ServerResponse } from "node:http";
import type Koa from "koa";
import type { Context } from "koa";

/**
 * A request whose answer may be long in coming passes the stack twice: when it comes, and when there is something to say. Thousands may be
 * held, so nothing of the first pass is kept in between but what the route remembers of it by itself: not its context, nor its headers,
 * nor a function that waits.
 */
export interface Holding {
  /** Ends this pass without an answer; the route has to end as well. What comes back begins the next pass, also where the client has gone. */
  hold(context: Context): () => void;
  /** Whether this pass has ended so. */
  isHeld(context: Context): boolean;
  /** When the request came, by `performance.now()`. */
  begun(context: Context): number;
}

export function createHolding(): Holding {
  const begun = new WeakMap<IncomingMessage, number>();
  const held = new WeakSet<Context>();
  const listeners = new WeakMap<Koa, (request: IncomingMessage, response: ServerResponse) => unknown>();
  const listenerOf = (app: Koa) => {
    const listener = listeners.get(app) ?? app.callback();
    listeners.set(app, listener);
    return listener;
  };
  const beginningOf = ({ req, state }: Context): number => {
    const time = begun.get(req) ?? Number(state["begun"] ?? performance.now());
    state["begun"] = time;
    return time;
  };
  return {
    hold(context) {
      const { app, req, res } = context;
      held.add(context);
      begun.set(req, beginningOf(context));
      context.respond = false;
      for (const name of res.getHeaderNames()) res.removeHeader(name);
      dropCredentials(req);
      const listener = listenerOf(app);
      return () => void listener(req, res);
    },
    isHeld: (context) => held.has(context),
    begun: beginningOf,
  };
}

/** Once the answer has left or the client has gone, which may have been before this pass began. */
export function onEnd({ res }: Context, call: () => void): () => void {
  if (res.closed) setImmediate(call);
  else res.once("close", call);
  return () => void res.off("close", call);
}

/** They were looked at when the request came, and are the longest of its headers. */
function dropCredentials({ headers, rawHeaders }: IncomingMessage): void {
  headers.authorization = "";
  for (let place = 0; place < rawHeaders.length; place += 2)
    if (rawHeaders[place]?.toLowerCase() === "authorization") rawHeaders[place + 1] = "";
}
