import Router from "@koa/router";
import type { Context } from "koa";
import { parseIdentifier } from "../account/identifier.ts";
import { pathOf } from "../account/sections.ts";
import { readForm } from "../http/body.ts";
import { codeErrors, statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { FieldError } from "../http/views.ts";
import type { Rung } from "./browser.ts";
import { CASE, CASE_START } from "./case-routes.ts";
import { PAGE, RECOVERY } from "./pages.ts";
import type { Recovery, RecoveryStage } from "./recovery.ts";

export interface RecoveryRoutesPorts {
  recovery: Recovery;
  pages: Pages;
}

/** Which rung has led here; the page keeps it. */
const BY_PHONE = `${PAGE.none}?by=phone`;

/** The ladder, the proof of the e-mail, and the way by a code on paper; each page is reached only in its turn. */
export function createRecoveryRoutes({ recovery, pages }: RecoveryRoutesPorts): Router {
  const router = new Router({ prefix: RECOVERY });

  router.get("/", (context) =>
    pages.show(context, "recovery/ladder", {
      devicesHref: pathOf("devices"),
      codeHref: PAGE.none,
      phoneHref: BY_PHONE,
      openHref: CASE_START,
      caseHref: CASE,
    }),
  );

  const rungOf = (context: Context): Rung => (context.query["by"] === "phone" ? "phone" : "code");
  const showStart = (context: Context, typed: string, errors: readonly FieldError[]) => {
    const action = rungOf(context) === "phone" ? BY_PHONE : PAGE.none;
    const data = { action, errors, values: { identifier: typed }, backHref: RECOVERY };
    pages.show(context, "recovery/start", data, { status: statusOf(errors) });
  };
  router.get("/start", (context) => showStart(context, "", []));
  router.post("/start", async (context) => {
    const typed = (await readForm(context)).get("identifier").slice(0, 254);
    const identifier = parseIdentifier(typed);
    if (identifier === undefined) {
      const code = typed.trim() === "" ? "empty" : "unrecognised";
      return showStart(context, typed, [{ field: "identifier", code }]);
    }
    if (await recovery.begin(context, identifier, rungOf(context), pages.locale(context)))
      return seeOther(context, PAGE.waiting);
    showStart(context, typed, [{ field: "identifier", code: "too-many" }]);
  });

  const inTurn =
    (stages: readonly RecoveryStage[], handler: (context: Context) => Promise<void> | void) =>
    async (context: Context) => {
      const now = await recovery.stage(context);
      return stages.includes(now) ? handler(context) : seeOther(context, PAGE[now]);
    };
  const showEmailCode = (context: Context, errors: readonly FieldError[], resent = false) => {
    const form = { action: PAGE.waiting, errors, values: {} };
    const data = { ...form, startHref: PAGE.none, ...(resent ? { resent } : {}) };
    pages.show(context, "recovery/email-code", data, { status: statusOf(errors) });
  };
  router.get(
    "/email-code",
    inTurn(["waiting"], (context) => showEmailCode(context, [])),
  );
  router.post(
    "/email-code",
    inTurn(["waiting"], async (context) => {
      const form = await readForm(context);
      if (form.get("action") === "resend") {
        const sent = await recovery.resend(context, pages.locale(context));
        return showEmailCode(context, sent ? [] : [{ field: "code", code: "too-many" }], sent);
      }
      const typed = form.get("code").trim().slice(0, 40);
      if (typed === "") return showEmailCode(context, [{ field: "code", code: "empty" }]);
      const errors = codeErrors(await recovery.answerEmail(context, typed));
      if (errors.length > 0) return showEmailCode(context, errors);
      seeOther(context, PAGE[await recovery.stage(context)]);
    }),
  );

  const showCode = (context: Context, typed: string, errors: readonly FieldError[]) => {
    const data = { action: PAGE.code, errors, values: { code: typed }, phoneHref: PAGE.phone, backHref: RECOVERY };
    pages.show(context, "recovery/code", data, { status: statusOf(errors) });
  };
  router.get(
    "/code",
    inTurn(["code", "phone"], (context) => showCode(context, "", [])),
  );
  router.post(
    "/code",
    inTurn(["code", "phone"], async (context) => {
      const typed = (await readForm(context)).get("code").trim().slice(0, 40);
      if (typed === "") return showCode(context, "", [{ field: "code", code: "empty" }]);
      const outcome = await recovery.useCode(context, typed);
      switch (outcome) {
        case "recovered":
          return seeOther(context, "/enrolment/activate");
        case "unfit":
        case "too-many":
          return showCode(context, typed, [{ field: "code", code: outcome }]);
        case "lost":
          return seeOther(context, PAGE.none);
        default:
          return outcome satisfies never;
      }
    }),
  );
  return router;
}
