import Router from "@koa/router";
import { pathOf } from "../account/sections.ts";
import { ACCOUNT, type Visits } from "../account/visits.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import type { Views } from "../http/views.ts";
import { type NoticeChoices, parseNotice } from "./choices.ts";

export const NOTIFICATIONS = pathOf("notifications");

export interface NoticeRoutesPorts {
  choices: NoticeChoices;
  visits: Visits;
  pages: Pages;
}

/** The switches of what a person is told, and the list of what is always told. */
export function createNoticeRoutes({ choices, visits, pages }: NoticeRoutesPorts): Router {
  const router = new Router({ prefix: NOTIFICATIONS });

  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const told = visits.told(context);
    const data: Views["account/notifications"] = {
      action: NOTIFICATIONS,
      accountHref: ACCOUNT,
      ...(told === undefined ? {} : { told }),
      notices: await choices.of(here.account.id),
    };
    pages.show(context, "account/notifications", data, { signedIn: { email: here.account.email } });
  });

  router.post("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const { id } = here.account;
    const [to, named, ...more] = (await readForm(context)).get("action").split(" ");
    const notice = parseNotice(named);
    if (notice === undefined || more.length > 0 || (to !== "on" && to !== "off"))
      throw new Fault("invalid-request", { detail: "the page has no such button" });
    if (to === "on") {
      await choices.switchOn(id, notice);
      return visits.tell(context, "notice-on", NOTIFICATIONS);
    }
    const operation = await choices.switchOff(id, notice, pages.locale(context));
    if (operation === "off") visits.tell(context, "notice-off", NOTIFICATIONS);
    else visits.toConfirm(context, id, operation);
  });

  return router;
}
