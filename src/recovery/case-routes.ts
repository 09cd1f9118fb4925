import Router from "@koa/router";
import type { Context } from "koa";
import { parseIdentifier } from "../account/identifier.ts";
import { readForm } from "../http/body.ts";
import { statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { FieldError } from "../http/views.ts";
import type { Cases } from "./cases.ts";
import { RECOVERY } from "./pages.ts";

export const CASE = `${RECOVERY}/case`;
export const CASE_START = `${CASE}/start`;

/** For who has lost phone, e-mail and number: a case is opened, and looked after with its number and its code. */
export function createCaseRoutes({ cases, pages }: { cases: Cases; pages: Pages }): Router {
  const router = new Router({ prefix: CASE });

  const showStart = (context: Context, typed: string, errors: readonly FieldError[]) => {
    const data = { action: CASE_START, errors, values: { identifier: typed }, backHref: RECOVERY };
    pages.show(context, "recovery/case-start", data, { status: statusOf(errors) });
  };
  router.get("/start", (context) => showStart(context, "", []));
  router.post("/start", async (context) => {
    const typed = (await readForm(context)).get("identifier").slice(0, 254);
    const identifier = parseIdentifier(typed);
    if (identifier === undefined) {
      const code = typed.trim() === "" ? "empty" : "unrecognised";
      return showStart(context, typed, [{ field: "identifier", code }]);
    }
    const opened = await cases.open(context, identifier);
    if (opened === undefined) return showStart(context, typed, [{ field: "identifier", code: "too-many" }]);
    pages.show(context, "recovery/case-opened", { ...opened, caseHref: CASE });
  });

  const showForm = (context: Context, reference: string, errors: readonly FieldError[]) => {
    const form = { action: CASE, errors, values: { reference } };
    pages.show(context, "recovery/case", { ...form, backHref: RECOVERY }, { status: statusOf(errors) });
  };
  router.get("/", (context) => showForm(context, "", []));
  router.post("/", async (context) => {
    const form = await readForm(context);
    const reference = form.get("reference").trim().slice(0, 40);
    const code = form.get("code").trim().slice(0, 40);
    const missing: FieldError[] = [];
    if (reference === "") missing.push({ field: "reference", code: "empty" });
    if (code === "") missing.push({ field: "code", code: "empty" });
    if (missing.length > 0) return showForm(context, reference, missing);
    const state = await cases.look(context, reference, code);
    switch (state.kind) {
      case "unfit":
        return showForm(context, reference, [{ field: "code", code: "unknown-case" }]);
      case "too-many":
        return showForm(context, reference, [{ field: "code", code: "too-many" }]);
      case "recovered":
      case "already":
        return seeOther(context, "/enrolment/activate");
      case "waiting": {
        const { due, until } = state;
        const times = { due: new Date(due), until: new Date(until) };
        return pages.show(context, "recovery/case-state", { state: "waiting", ...times, backHref: RECOVERY });
      }
      case "open":
      case "refused":
      case "over":
        return pages.show(context, "recovery/case-state", { state: state.kind, backHref: RECOVERY });
      default:
        return state satisfies never;
    }
  });
  return router;
}
