import Router from "@koa/router";
import type { Context } from "koa";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import { DELIVERY_STATES, type DeliveryReports, type DeliveryState, REPORT_PATH } from "./reports.ts";

/** Kannel's `%d`: 8 is the SMS centre's receipt, and 16 its refusal. */
const KANNEL_STATES: Readonly<Record<string, DeliveryState>> = {
  "1": "delivered",
  "2": "failed",
  "4": "buffered",
  "8": "buffered",
  "16": "failed",
};

/** Called by the SMS gateway, by GET as Kannel does or by POST with a form; whoever has the token is believed. */
export function createReportRoutes({ reports }: { reports: DeliveryReports }): Router {
  const router = new Router();
  const record = async (context: Context, token: string, said: string) => {
    const state = DELIVERY_STATES.find((one) => one === said) ?? KANNEL_STATES[said];
    if (state === undefined)
      throw new Fault("invalid-request", { detail: `state is none of ${DELIVERY_STATES.join(", ")}, 1, 2, 4, 8, 16` });
    if ((await reports.record(token, state)) === "unknown") throw new Fault("not-found");
    context.body = "OK\n";
  };
  const stated = ({ query }: Context) => (typeof query["state"] === "string" ? query["state"] : "");
  router.get(`${REPORT_PATH}:token`, (context) => record(context, context.params["token"] ?? "", stated(context)));
  router.post(`${REPORT_PATH}:token`, async (context) => {
    const form = context.request.is("application/x-www-form-urlencoded") ? await readForm(context) : undefined;
    await record(context, context.params["token"] ?? "", stated(context) || (form?.get("state") ?? ""));
  });
  return router;
}
