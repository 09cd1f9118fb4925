import type { Context } from "koa";
import type { Account } from "../account/account.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import { around, type Outcome, pathOf, type Step, type Visit } from "../interaction/step.ts";

export interface ClosingPorts {
  pages: Pages;
  accountOf(id: string): Promise<Account | undefined>;
  /** Where the deletion is stopped. */
  deletionHref: string;
}

/** Whoever signs in to a site with an account whose deletion waits is told so, and the site gets nothing. */
export function createClosingStep({ pages, accountOf, deletionHref }: ClosingPorts): Step {
  const show = async (context: Context, visit: Visit): Promise<Outcome> => {
    const account = visit.accountId === undefined ? undefined : await accountOf(visit.accountId);
    if (account === undefined) throw new Fault("session-lost", { detail: "nobody is signed in" });
    // Stopped in another tab: the site's request is as it was, and goes on by itself.
    if (account.endsAt === undefined) return { kind: "clear" };
    const data = { action: pathOf(visit, "/closing"), endsAt: new Date(account.endsAt), deletionHref };
    pages.show(context, "deletion/closing", data, around(visit));
    return { kind: "page" };
  };
  return {
    first: show,
    routes: [
      { method: "get", path: "/closing", handler: show },
      {
        method: "post",
        path: "/closing",
        async handler(context) {
          if ((await readForm(context)).get("action") !== "back")
            throw new Fault("invalid-request", { detail: "the page has no such button" });
          return { kind: "refused", error: "access_denied", description: "the account is about to be deleted" };
        },
      },
    ],
  };
}
