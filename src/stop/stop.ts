/**
 * Owns the links in messages that stop what waits: a change of an e-mail or a phone, the deletion of an account, its recovery. It does not own what waits, nor
 * who is told: each kind of it looks up its own keys. To look changes nothing, since mail scanners open links; to press needs the link alone.
 * Control enters by `/stop/<key>`, in any browser, and leaves by `stop` of whoever knows the key.
 */
import Router from "@koa/router";
import type { Context } from "koa";
import type { Millis } from "../clock.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import type { Stopped, Stopping } from "../http/stop-views.ts";

/** `open`: it waits, until `due`. `over`: it was done, or something else has taken its place. */
export type Stoppable =
  | { state: "open"; what: Stopping; due: Millis }
  | { state: "stopped"; what: Stopped }
  | { state: "over" };

/** One kind of what waits. */
export interface Waiting {
  /** Undefined for a key that is none of its own. */
  ofLink(key: string): Promise<Stoppable | undefined>;
  stopByLink(key: string): Promise<void>;
}

export interface StopPorts {
  waiting: readonly Waiting[];
  pages: Pages;
  /** Where the account is looked at. */
  accountHref: string;
}

export const STOP = "/stop";
/** As we make them; what a stranger writes instead goes to no database. */
const KEY = /^[A-Za-z0-9_-]{22}$/;

export function createStopRoutes({ waiting, pages, accountHref }: StopPorts): Router {
  const router = new Router({ prefix: STOP });
  const find = async (key: string): Promise<{ kind: Waiting; found: Stoppable } | undefined> => {
    for (const kind of KEY.test(key) ? waiting : []) {
      const found = await kind.ofLink(key);
      if (found !== undefined) return { kind, found };
    }
    return undefined;
  };
  const show = async (context: Context, key: string) => {
    const found = (await find(key))?.found;
    if (found?.state === "open") {
      const { what, due } = found;
      return pages.show(context, "stop/stop", { state: "open", action: `${STOP}/${key}`, what, due: new Date(due) });
    }
    if (found?.state === "stopped") return pages.show(context, "stop/stop", { ...found, accountHref });
    pages.show(context, "stop/stop", { state: "over" }, { status: 410 });
  };
  router.get("/:key", (context) => show(context, String(context["params"]["key"])));
  router.post("/:key", async (context) => {
    const key = String(context["params"]["key"]);
    if (!["stop", ""].includes((await readForm(context)).get("action")))
      throw new Fault("invalid-request", { detail: "the page has no such button" });
    await (await find(key))?.kind.stopByLink(key);
    await show(context, key);
  });
  return router;
}
