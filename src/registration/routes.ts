import Router from "@koa/router";
import type { Context } from "koa";
import { parseEmail, parsePhone } from "../account/identifier.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Cookies } from "../http/cookies.ts";
import { codeErrors } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { FieldError } from "../http/views.ts";
import type { Registrations, RegistrationView, ReturnTo } from "./registration.ts";

export interface RegistrationRoutesPorts {
  registrations: Registrations;
  pages: Pages;
  cookies: Cookies;
  open: boolean;
}

type CodeStage = "email-code" | "phone-code";
const START = "/register";
/** The web client sends people here, and is where they go on afterwards: its activation ends there. */
const PHONE = "/phone";
const START_FROM_PHONE = `${START}?from=phone`;
const CHANGE = "change";
const PAGE = {
  "email-code": "/register/email-code",
  "phone-code": "/register/phone-code",
  done: "/enrolment/activate",
} as const;

export interface RegistrationRoutes {
  routes: Router;
  /** Keeps where a registration goes back to, until it begins: the person is still to type e-mail and phone. */
  keepReturn(context: Context, returnTo: ReturnTo): void;
}

export function createRegistrationRoutes(ports: RegistrationRoutesPorts): RegistrationRoutes {
  const { registrations, pages, cookies } = ports;
  const router = new Router();

  const keptReturn = (context: Context): ReturnTo | undefined => {
    const cookie = cookies.get(context, "return");
    return cookie === undefined ? undefined : JSON.parse(Buffer.from(cookie, "base64url").toString());
  };

  const isFromPhone = (context: Context) => context.query["from"] === "phone";
  const unfinished = async (context: Context): Promise<RegistrationView | undefined> => {
    const registration = await registrations.current(context);
    return registration?.stage === "done" ? undefined : registration;
  };
  /** Who changes what was typed, or goes back by the browser's button, is still in the middle of what the registration was begun in. */
  const returnOf = async (context: Context): Promise<ReturnTo | undefined> => {
    if (isFromPhone(context)) return { path: PHONE, site: undefined };
    const registration = await unfinished(context);
    return keptReturn(context) ?? (registration?.handsOn ? registration.returnTo : undefined);
  };
  const signInOf = (returnTo: ReturnTo | undefined): string =>
    returnTo === undefined ? "/" : returnTo.path.replace(/registered$/, "identifier");

  interface Typed {
    email: string;
    phone: string;
  }
  const showStart = async (context: Context, errors: readonly FieldError[], typed: Typed) => {
    const returnTo = await returnOf(context);
    if (!ports.open) return pages.show(context, "registration/closed", {}, { site: returnTo?.site, status: 403 });
    const action = isFromPhone(context) ? START_FROM_PHONE : START;
    const data = { action, errors, values: { ...typed }, signInHref: signInOf(returnTo) };
    pages.show(context, "registration/start", data, { site: returnTo?.site, status: errors.length > 0 ? 422 : 200 });
  };

  /** What was typed comes again to who changes it, and to nobody else who opens the page in this browser. */
  router.get(START, async (context) => {
    const changed = CHANGE in context.query ? await unfinished(context) : undefined;
    const { email, phone } = changed ?? { email: "", phone: "" };
    await showStart(context, [], { email, phone });
  });
  router.post(START, async (context) => {
    const form = await readForm(context);
    const typed = { email: form.get("email").slice(0, 254), phone: form.get("phone").slice(0, 40) };
    const email = parseEmail(typed.email);
    const phone = parsePhone(typed.phone);
    if (!ports.open || email === undefined || phone === undefined)
      return showStart(context, mistakes(typed, email, phone), typed);
    if (!registrations.serves(phone)) return showStart(context, [{ field: "phone", code: "unserved-country" }], typed);
    const wish = { email, phone, locale: pages.locale(context), returnTo: await returnOf(context) };
    if (!(await registrations.begin(context, wish)))
      return showStart(context, [{ field: "email", code: "too-many" }], typed);
    // A visit that waits in another tab is still to be gone on with.
    if (!isFromPhone(context)) cookies.clear(context, "return");
    return seeOther(context, PAGE["email-code"]);
  });

  const showCode = (
    context: Context,
    stage: CodeStage,
    registration: RegistrationView,
    errors: readonly FieldError[],
  ) => {
    const startHref =
      registration.returnTo?.path === PHONE ? `${START_FROM_PHONE}&${CHANGE}=1` : `${START}?${CHANGE}=1`;
    const form = { action: PAGE[stage], errors, values: {}, startHref };
    const around = { site: registration.returnTo?.site, status: errors.length > 0 ? 422 : 200 };
    if (stage === "email-code")
      return pages.show(context, "registration/email-code", { ...form, email: registration.email }, around);
    return pages.show(context, "registration/phone-code", { ...form, phone: registration.phone }, around);
  };

  /** A stage that is over, or not reached yet, leads to the one that the registration is in. */
  const inTurn =
    (stage: CodeStage, handler: (context: Context, registration: RegistrationView) => Promise<void> | void) =>
    async (context: Context) => {
      const registration = await registrations.current(context);
      if (registration === undefined)
        throw new Fault("session-lost", { detail: "no registration goes on in this browser" });
      if (registration.stage !== stage) return seeOther(context, PAGE[registration.stage]);
      return handler(context, registration);
    };

  for (const stage of ["email-code", "phone-code"] as const) {
    router.get(
      PAGE[stage],
      inTurn(stage, (context, registration) => showCode(context, stage, registration, [])),
    );
    router.post(
      PAGE[stage],
      inTurn(stage, async (context, registration) => {
        const form = await readForm(context);
        if (form.get("action") === "resend") {
          if (await registrations.resend(context)) return seeOther(context, PAGE[stage]);
          return showCode(context, stage, registration, [{ field: "code", code: "too-many" }]);
        }
        const typed = form.get("code").trim();
        if (typed === "") return showCode(context, stage, registration, [{ field: "code", code: "empty" }]);
        const errors = codeErrors(await registrations.answer(context, stage, typed));
        if (errors.length > 0) return showCode(context, stage, registration, errors);
        return seeOther(context, stage === "email-code" ? PAGE["phone-code"] : PAGE.done);
      }),
    );
  }

  return {
    routes: router,
    keepReturn(context, returnTo) {
      cookies.set(context, "return", Buffer.from(JSON.stringify(returnTo)).toString("base64url"));
    },
  };
}

function mistakes(
  typed: { email: string; phone: string },
  email: string | undefined,
  phone: string | undefined,
): FieldError[] {
  const errors: FieldError[] = [];
  if (email === undefined) errors.push({ field: "email", code: typed.email.trim() === "" ? "empty" : "unrecognised" });
  if (phone === undefined) errors.push({ field: "phone", code: typed.phone.trim() === "" ? "empty" : "unrecognised" });
  return errors;
}
