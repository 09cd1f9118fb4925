import Router from "@koa/router";
import type { Context } from "koa";
import { ACCOUNT, type Visits } from "../account/visits.ts";
import { parseCode } from "../code/digits.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import { codeErrors, statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { FieldError } from "../http/views.ts";
import type { ByContacts, ContactsStage } from "./by-contacts.ts";
import { PAGE, RECOVERY } from "./pages.ts";
import { phaseOf, stoppingOf, type Waits } from "./waits.ts";

const STAGE = {
  email: PAGE.none,
  ask: PAGE.phone,
  code: `${RECOVERY}/phone-code`,
  proven: `${RECOVERY}/wait`,
} as const satisfies Record<ContactsStage, string>;
/** The owner's page of a recovery that waits. */
export const OWN_RECOVERY = `${ACCOUNT}/recovery`;

/** By e-mail and phone number together: from the e-mail on, which is proven, to the wait, and from there to a new phone. */
export function createWaitRoutes({ contacts, pages }: { contacts: ByContacts; pages: Pages }): Router {
  const router = new Router({ prefix: RECOVERY });
  const inTurn =
    (stages: readonly ContactsStage[], handler: (context: Context) => Promise<void> | void) =>
    async (context: Context) => {
      const now = await contacts.stage(context);
      return stages.includes(now) ? handler(context) : seeOther(context, STAGE[now]);
    };

  const showPhone = async (context: Context, problem?: "unsent" | "too-many") => {
    const wait = await contacts.wait(context);
    const begun = wait === undefined ? {} : { begun: phaseOf(wait) };
    const data = { action: STAGE.ask, ...begun, codeHref: PAGE.code, backHref: RECOVERY };
    const status = problem === undefined ? 200 : problem === "unsent" ? 422 : 429;
    pages.show(context, "recovery/phone", { ...data, ...(problem === undefined ? {} : { problem }) }, { status });
  };
  router.get(
    "/phone",
    inTurn(["ask"], (context) => showPhone(context)),
  );
  router.post(
    "/phone",
    inTurn(["ask"], async (context) => {
      if ((await readForm(context)).get("action") !== "send") throw noSuchButton();
      const sent = await contacts.send(context);
      if (sent === "unsent" || sent === "too-many") return showPhone(context, sent);
      seeOther(context, sent === "sent" ? STAGE.code : STAGE.email);
    }),
  );

  const showCode = (context: Context, errors: readonly FieldError[], resent = false) => {
    const form = { action: STAGE.code, errors, values: {}, backHref: RECOVERY };
    const data = { ...form, ...(resent ? { resent } : {}) };
    pages.show(context, "recovery/phone-code", data, { status: statusOf(errors) });
  };
  router.get(
    "/phone-code",
    inTurn(["code"], (context) => showCode(context, [])),
  );
  router.post(
    "/phone-code",
    inTurn(["code"], async (context) => {
      const form = await readForm(context);
      if (form.get("action") === "resend") {
        const sent = await contacts.send(context);
        if (sent === "lost") return seeOther(context, STAGE.email);
        return showCode(context, sent === "sent" ? [] : [{ field: "code", code: sent }], sent === "sent");
      }
      const typed = form.get("code").trim().slice(0, 40);
      const code = parseCode(typed);
      if (code === undefined) return showCode(context, [{ field: "code", code: typed === "" ? "empty" : "malformed" }]);
      const verdict = await contacts.answer(context, code);
      if (verdict.kind === "lost") return seeOther(context, STAGE.email);
      const errors: readonly FieldError[] =
        verdict.kind === "too-many" ? [{ field: "code", code: "too-often" }] : codeErrors(verdict);
      return errors.length === 0 ? seeOther(context, STAGE.proven) : showCode(context, errors);
    }),
  );

  const showWait = async (context: Context) => {
    const wait = await contacts.wait(context);
    if (wait === undefined)
      return pages.show(context, "recovery/wait", { state: "over", backHref: RECOVERY }, { status: 410 });
    const [due, until] = [new Date(wait.due), new Date(wait.until)];
    if (wait.state === "ready")
      return pages.show(context, "recovery/wait", { state: "ready", until, action: STAGE.proven });
    pages.show(context, "recovery/wait", { state: "waiting", due, until, backHref: RECOVERY });
  };
  router.get("/wait", inTurn(["proven"], showWait));
  router.post(
    "/wait",
    // Of two clicks the second finds the proofs used.
    inTurn(["proven", "ask"], async (context) => {
      if ((await readForm(context)).get("action") !== "finish") throw noSuchButton();
      const outcome = await contacts.finish(context);
      switch (outcome) {
        case "recovered":
        case "already":
          return seeOther(context, "/enrolment/activate");
        case "not-ready":
          return seeOther(context, STAGE.proven);
        case "lost":
          return seeOther(context, STAGE.email);
        default:
          return outcome satisfies never;
      }
    }),
  );
  return router;
}

/** The owner's page of it, which every page of the account leads to while one waits; who signed in by SMS can stop it as well. */
export function createOwnWaitRoutes(ports: { waits: Waits; visits: Pick<Visits, "present">; pages: Pages }): Router {
  const { waits, visits, pages } = ports;
  const router = new Router({ prefix: OWN_RECOVERY });
  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return seeOther(context, ACCOUNT);
    const wait = await waits.current(here.account.id);
    const around = { signedIn: { email: here.account.email } };
    if (wait === undefined) return pages.show(context, "stop/stop", { state: "over" }, { ...around, status: 410 });
    const about = { what: stoppingOf(wait), due: new Date(wait.due) };
    pages.show(context, "stop/stop", { state: "open", action: OWN_RECOVERY, ...about });
  });
  router.post("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return seeOther(context, ACCOUNT);
    if ((await readForm(context)).get("action") !== "stop") throw noSuchButton();
    const wait = await waits.current(here.account.id);
    if (wait === undefined || !(await waits.stop(here.account.id))) return seeOther(context, OWN_RECOVERY);
    const what = { kind: "recovery", way: wait.way } as const;
    pages.show(context, "stop/stop", { state: "stopped", what, accountHref: ACCOUNT });
  });
  return router;
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
