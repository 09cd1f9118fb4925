import Router from "@koa/router";
import type { Context } from "koa";
import { pathOf } from "../account/sections.ts";
import { ACCOUNT, type Present, type Visits } from "../account/visits.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { RecoveryCodes } from "./codes.ts";

export const CODES_PAGE = pathOf("recovery-codes");
/** As we make operations' ids; what a stranger writes instead goes to no database. */
const OPERATION = /^[A-Za-z0-9._-]{1,64}$/;

/** The account's own pages of the codes on paper: how many are left, and new ones, shown once. */
export function createRecoveryCodeRoutes(ports: { codes: RecoveryCodes; visits: Visits; pages: Pages }): Router {
  const { codes, visits, pages } = ports;
  const router = new Router({ prefix: CODES_PAGE });
  const signedIn = (handler: (context: Context, here: Present) => Promise<void>) => async (context: Context) => {
    const here = await visits.present(context);
    return here === undefined ? visits.toSignIn(context) : handler(context, here);
  };
  const frame = ({ account }: Present) => ({ signedIn: { email: account.email } });
  const show = async (context: Context, here: Present, told: "unchanged" | "shown" | undefined) => {
    const found = await codes.left(here.account.id);
    const data = {
      action: CODES_PAGE,
      ...(found === undefined ? {} : { codes: { left: found.left, madeAt: new Date(found.madeAt) } }),
      ...(told === undefined ? {} : { told }),
      accountHref: ACCOUNT,
    };
    pages.show(context, "recovery/own", data, frame(here));
  };

  router.get(
    "/",
    signedIn((context, here) => show(context, here, visits.told(context) === "unchanged" ? "unchanged" : undefined)),
  );
  router.post(
    "/",
    signedIn(async (context, here) => {
      if ((await readForm(context)).get("action") !== "make") throw noSuchButton();
      visits.toConfirm(context, here.account.id, codes.making(pages.locale(context)));
    }),
  );
  router.get(
    "/new",
    signedIn(async (context, here) => {
      const operation = String(context.query["operation"] ?? "");
      if (!OPERATION.test(operation) || !(await codes.mayMake(here.account.id, operation)))
        return seeOther(context, CODES_PAGE);
      pages.show(
        context,
        "recovery/ready",
        { action: `${CODES_PAGE}/new`, operation, ownHref: CODES_PAGE },
        frame(here),
      );
    }),
  );
  router.post(
    "/new",
    signedIn(async (context, here) => {
      const operation = (await readForm(context)).get("operation");
      const made = OPERATION.test(operation) ? await codes.make(here.account.id, operation) : undefined;
      if (made === undefined) return show(context, here, "shown");
      pages.show(context, "recovery/list", { codes: made, ownHref: CODES_PAGE }, frame(here));
    }),
  );
  return router;
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
