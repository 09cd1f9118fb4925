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
      // Koa watches for the answer's end by on-finished, whose watch keeps the context and a dozen functions; at an `end`, which no answer
      // has of itself, it takes itself off. The next pass sets up its own.
      res.emit("end");
      dropHeaders(req);
      // Koa's own memory of the address, taken apart: the next pass does it again.
      Object.assign(req, { _parsedUrl: undefined });
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

/** What the next pass looks at: whose name and page it is, and in which language to answer. A proof was looked at when the request came. */
const LOOKED_AT = [
  "host",
  "origin",
  "accept",
  "accept-language",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
] as const;

/** A browser sends some twenty, most of which nobody reads. */
function dropHeaders(request: IncomingMessage): void {
  const { headers } = request;
  const kept = LOOKED_AT.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  request.headers = Object.fromEntries(kept);
  // How often there is a host is asked of these.
  request.rawHeaders = kept.flatMap(([name, value]) => [name, String(value)]);
}
