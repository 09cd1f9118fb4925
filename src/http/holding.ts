import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type Koa from "koa";
import type { Context } from "koa";
import { AsideResponse } from "../aside.ts";

/**
 * A request whose answer may be long in coming passes the stack twice: when it comes, and when there is something to say. Thousands may be
 * held, so nothing of the first pass is kept in between but what the route has to remember: not its context, nor Node's request and answer,
 * which the next pass has anew.
 */
export interface Holding {
  /**
   * Ends this pass without an answer; the route has to end as well. What comes back begins the next pass, once, which also begins where the
   * client goes. `prepare` is given the request of that pass before it begins, for the route to know again: its connection may have others.
   */
  hold(context: Context, prepare: (request: IncomingMessage) => void): () => void;
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
  const nextPass = ({ app, req, res }: Context): ((prepare: (request: IncomingMessage) => void) => void) => {
    if (res instanceof AsideResponse) return res.letGo(lookedAt(req));
    // One that came before another was answered, or by a server that lets nobody stand aside.
    const listener = listenerOf(app);
    return (prepare) => {
      prepare(req);
      listener(req, res);
    };
  };
  return {
    hold(context, prepare) {
      const { res, socket } = context;
      const time = beginningOf(context);
      held.add(context);
      context.respond = false;
      // Koa watches for the answer's end by on-finished, whose watch keeps the context and a dozen functions; at an `end`, which no answer
      // has of itself, it takes itself off. The next pass sets up its own.
      res.emit("end");
      const next = nextPass(context);
      return once(socket, () =>
        next((request) => {
          begun.set(request, time);
          prepare(request);
        }),
      );
    },
    isHeld: (context) => held.has(context),
    begun: beginningOf,
  };
}

/** Calls at the first call, or when the connection closes. */
function once(socket: Socket, call: () => void): () => void {
  let left: (() => void) | undefined = call;
  const only = () => {
    socket.off("close", only);
    const now = left;
    left = undefined;
    now?.();
  };
  socket.on("close", only);
  return only;
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
function lookedAt({ headers }: IncomingMessage): string[] {
  return LOOKED_AT.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [name, String(value)];
  });
}
