import { Readable } from "node:stream";
import Router from "@koa/router";
import type { Context } from "koa";
import { pathOf } from "../account/sections.ts";
import { ACCOUNT, type Present, type Visits } from "../account/visits.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { Download } from "./download.ts";

export const DATA = pathOf("data");
const FILE = "e-num-data.json";
/** As we make operations' ids; what a stranger writes instead goes to no database. */
const OPERATION = /^[A-Za-z0-9._-]{1,64}$/;

/** The page of the file of all that is kept, and the one that gives it once a phone has confirmed it. */
export function createDownloadRoutes(ports: { download: Download; visits: Visits; pages: Pages }): Router {
  const { download, visits, pages } = ports;
  const router = new Router({ prefix: DATA });
  const signedIn = (handler: (context: Context, here: Present) => Promise<void> | void) => async (context: Context) => {
    const here = await visits.present(context);
    return here === undefined ? visits.toSignIn(context) : handler(context, here);
  };
  const frame = ({ account }: Present) => ({ signedIn: { email: account.email } });

  router.get(
    "/",
    signedIn((context, here) => {
      const told = visits.told(context);
      const data = { action: DATA, accountHref: ACCOUNT, ...(told === undefined ? {} : { told }) };
      pages.show(context, "download/own", data, frame(here));
    }),
  );
  router.post(
    "/",
    signedIn(async (context, here) => {
      if ((await readForm(context)).get("action") !== "download") throw noSuchButton();
      visits.toConfirm(context, here.account.id, download.asking(pages.locale(context)));
    }),
  );
  router.get(
    "/file",
    signedIn(async (context, here) => {
      const operation = String(context.query["operation"] ?? "");
      if (!OPERATION.test(operation) || !(await download.mayHave(here.account.id, operation)))
        return seeOther(context, DATA);
      pages.show(context, "download/ready", { action: `${DATA}/file`, operation, ownHref: DATA }, frame(here));
    }),
  );
  router.post(
    "/file",
    signedIn(async (context, here) => {
      const form = await readForm(context);
      if (form.get("action") !== "save") throw noSuchButton();
      const operation = form.get("operation");
      const file = OPERATION.test(operation) ? await download.give(here.account.id, operation) : undefined;
      if (file === undefined) return visits.tell(context, "data-spent", DATA);
      context.type = "application/json; charset=utf-8";
      context.set("Content-Disposition", `attachment; filename="${FILE}"`);
      context.body = Readable.from(file);
    }),
  );
  return router;
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
