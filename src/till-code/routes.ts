import Router from "@koa/router";
import type { Context } from "koa";
import { pathOf } from "../account/sections.ts";
import { ACCOUNT, type Present, type Visits } from "../account/visits.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import { statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import type { FieldError } from "../http/views.ts";
import { parseCode } from "./code.ts";
import { asksForTillCode, type TillCodes } from "./till-code.ts";

export const TILL_CODE = pathOf("till-code");
/** As we make operations' ids; what a stranger writes instead goes to no database. */
const OPERATION = /^[A-Za-z0-9._-]{1,64}$/;

/** The account's own pages of the code: whether there is one, and a new one. */
export function createTillCodeRoutes(ports: { codes: TillCodes; visits: Visits; pages: Pages }): Router {
  const { codes, visits, pages } = ports;
  const router = new Router({ prefix: TILL_CODE });
  type Handler = (context: Context, here: Present) => Promise<void> | void;
  const signedIn = (handler: Handler) => async (context: Context) => {
    const here = await visits.present(context);
    return here === undefined ? visits.toSignIn(context) : handler(context, here);
  };
  const frame = ({ account }: Present, errors: readonly FieldError[] = []) => ({
    signedIn: { email: account.email },
    status: statusOf(errors),
  });

  router.get(
    "/",
    signedIn(async (context, here) => {
      const setAt = await codes.setAt(here.account.id);
      const told = visits.told(context);
      const data = {
        action: TILL_CODE,
        ...(setAt === undefined ? {} : { setAt: new Date(setAt) }),
        ...(told === undefined ? {} : { told }),
        accountHref: ACCOUNT,
      };
      pages.show(context, "till-code/own", data, frame(here));
    }),
  );
  router.post(
    "/",
    signedIn(async (context, here) => {
      const action = (await readForm(context)).get("action");
      if (action !== "set" && action !== "remove") throw noSuchButton();
      visits.toConfirm(context, here.account.id, codes.asking(action, pages.locale(context)));
    }),
  );

  const showNew = (context: Context, here: Present, id: string, typed: string, errors: readonly FieldError[]) => {
    const data = { action: `${TILL_CODE}/new/${id}`, errors, values: { till_code: typed }, ownHref: TILL_CODE };
    pages.show(context, "till-code/new", data, frame(here, errors));
  };
  type NewHandler = (context: Context, here: Present, operationId: string) => Promise<void> | void;
  /** For who has just confirmed it; who comes back later begins again. */
  const allowed = (handler: NewHandler) =>
    signedIn(async (context, here) => {
      const id = String(context["params"]["confirmed"]);
      if (!OPERATION.test(id) || asksForTillCode(id) !== "set")
        throw new Fault("not-found", { detail: "no such operation" });
      if (!(await codes.maySet(here.account.id, id))) return visits.tell(context, "unchanged", TILL_CODE);
      return handler(context, here, id);
    });
  router.get(
    "/new/:confirmed",
    allowed((context, here, id) => showNew(context, here, id, "", [])),
  );
  router.post(
    "/new/:confirmed",
    allowed(async (context, here, id) => {
      const form = await readForm(context);
      if (!["save", ""].includes(form.get("action"))) throw noSuchButton();
      const typed = form.get("till_code").slice(0, 60);
      const parsed = parseCode(typed);
      if (!parsed.ok) return showNew(context, here, id, typed, [{ field: "till_code", code: parsed.fault }]);
      const done = await codes.set(here.account.id, id, parsed.value);
      visits.tell(context, done === "set" ? "till-code-set" : done, TILL_CODE);
    }),
  );
  return router;
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
