import Router from "@koa/router";
import type { Context } from "koa";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { AccountTold } from "../http/device-views.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { Views } from "../http/views.ts";
import type { Accounts } from "./account.ts";
import { phoneHint } from "./identifier.ts";
import { BETWEEN } from "./own-operation.ts";
import { sectionGroups } from "./sections.ts";
import { ACCOUNT, type Visits } from "./visits.ts";

export interface AccountRoutesPorts {
  database: Database;
  pages: Pages;
  visits: Visits;
  accounts: Pick<Accounts, "wmids">;
  /** What a confirmed operation leads to; the first that knows its id finishes it. */
  changes: readonly Change[];
  /** Ends every session of the account, this one too, with what sites were granted in them. */
  signOutEverywhere(accountId: string): Promise<void>;
}

/** What an operation of ours leads to once it is confirmed. */
export interface Change {
  knows(operationId: string): boolean;
  /** The page from which it was asked for, which tells what has become of it. */
  page: string;
  /** What there is to tell, or where the person goes on. */
  finish(context: Context, accountId: string, operationId: string): Promise<AccountTold | { to: string }>;
}

/** The account page: who I am, the pages behind it, and the way back from our own requests. */
export function createAccountRoutes(ports: AccountRoutesPorts): Router {
  const router = new Router({ prefix: ACCOUNT });
  const { database, visits } = ports;

  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const { account } = here;
    const told = visits.told(context);
    const data: Views["account/account"] = {
      action: ACCOUNT,
      email: account.email,
      phone: phoneHint(account.phone),
      wmids: await ports.accounts.wmids(database, account.id),
      since: new Date(account.createdAt),
      ...(told === undefined ? {} : { told }),
      groups: sectionGroups(),
    };
    ports.pages.show(context, "account/account", data, { signedIn: { email: account.email } });
  });

  router.post("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    if ((await readForm(context)).get("action") !== "sign-out")
      throw new Fault("invalid-request", { detail: "the page has no such button" });
    await ports.signOutEverywhere(here.account.id);
    ports.pages.show(context, "signing-out/done", {});
  });

  router.get("/callback", async (context) => {
    const here = await visits.present(context);
    const { state, error } = context.query;
    if (!visits.isAnswer(context, state)) {
      // Another tab has asked since; who is signed in is shown how things are.
      if (here === undefined) throw new Fault("session-lost", { detail: "the answer is to no request of ours" });
      return seeOther(context, ACCOUNT);
    }
    if (here === undefined)
      return ports.pages.show(context, "account/stopped", { againHref: visits.wanted(context) ?? ACCOUNT });
    const change = isOperation(state) ? ports.changes.find(({ knows }) => knows(state)) : undefined;
    if (change === undefined) return seeOther(context, visits.wanted(context) ?? ACCOUNT);
    if (error !== undefined) return visits.tell(context, "unchanged", change.page);
    const done = await change.finish(context, here.account.id, state);
    if (typeof done === "string") visits.tell(context, done, change.page);
    else seeOther(context, done.to);
  });

  return router;
}

/** The state of a request to confirm something is the operation's id; that of a sign-in has one part. */
function isOperation(state: string): boolean {
  return state.includes(BETWEEN);
}
