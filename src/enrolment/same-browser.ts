import Router from "@koa/router";
import { z } from "zod";
import { parseResponse } from "../e-num/challenge.ts";
import { Fault } from "../errors.ts";
import { readJson } from "../http/body.ts";
import type { Enrolments } from "./enrolment.ts";

const request = z.strictObject({ response: z.string().max(40) });

/**
 * The page of the first response, for a web client that runs in the browser which shows that page, on the same origin: it knows by the
 * browser's cookie which enrolment goes on here, and by the device's id whether it is its own. Nobody carries the number from one tab to the other.
 */
export function createSameBrowserApi({ enrolments }: { enrolments: Enrolments }): Router {
  const router = new Router({ prefix: "/enrolment/same-browser" });

  router.get("/", async (context) => {
    const enrolment = await enrolments.current(context);
    const waits = enrolment?.status === "pending" ? await enrolments.challenge(enrolment, { renew: false }) : undefined;
    const device = enrolment?.device?.id;
    context.body = waits?.state !== "open" || device === undefined ? {} : { device, challenge: waits.digits };
  });

  router.post("/", async (context) => {
    const parsed = request.safeParse((await readJson(context)).value);
    const response = parsed.success ? parseResponse(parsed.data.response) : undefined;
    if (response?.ok !== true) throw new Fault("invalid-request", { detail: "send { response }, of seven digits" });
    const enrolment = await enrolments.current(context);
    if (enrolment?.status !== "pending")
      throw new Fault("not-found", { detail: "no device waits for its first response in this browser" });
    const { kind } = await enrolments.answer(context, enrolment, response.value);
    context.body = { active: kind === "accepted" };
  });
  return router;
}
