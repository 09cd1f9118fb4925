import type { Context } from "koa";
import type { ByCode, CodeAsking } from "../authentication/by-code.ts";
import { type CodeRoutes, codeRoutes } from "../authentication/code-routes.ts";
import { emailRoutes } from "../authentication/email-routes.ts";
import type { Subject } from "../challenge/challenge.ts";
import type { Outcome, Visit } from "../interaction/step.ts";
import type { Locale } from "../locale/locale.ts";
import type { Conclusion, Login } from "./login.ts";
import { type LoginPages, STEP } from "./pages.ts";

export interface BySmsPorts {
  login: Login;
  byCode: ByCode;
  pages: LoginPages;
  locale(context: Context, uiLocales: string | undefined): Locale;
  /** Whether the site's request names a sign-in by SMS: where it asks for nothing, it gets a response (PROTOCOL 8). */
  asksForSms(visit: Visit): boolean;
  conclusion(context: Context, visit: Visit): Conclusion;
  /** The account has proven itself by a code, at this time, in a request before. */
  proven(visit: Visit, accountId: string, at: number): Promise<Outcome>;
  declined(context: Context, visit: Visit): Promise<Outcome>;
  tooMany(context: Context, visit: Visit): Promise<Outcome>;
}

export interface BySms extends CodeRoutes {
  offered(visit: Visit, subject: Subject): Promise<boolean>;
  /** The code was right, and the visit has not gone on since. */
  isDone(visit: Visit): Promise<boolean>;
}

/** A sign-in by a code that is sent by SMS, where the site asks for no more. */
export function createBySms(ports: BySmsPorts): BySms {
  const { byCode, login, pages } = ports;
  const asking = (context: Context, visit: Visit): CodeAsking => ({
    context,
    visit,
    locale: ports.locale(context, visit.params["ui_locales"]),
    purpose: "login",
    // The visit is what it is bound to: a sign-in has nothing of its own.
    bound: "",
  });
  const offered = async (visit: Visit, subject: Subject) =>
    ports.asksForSms(visit) && (await byCode.offers(visit, "login", subject));
  const code = codeRoutes(
    { code: STEP.code, email: STEP.codeEmail },
    {
      byCode,
      authentication: login,
      pages,
      asking,
      offered,
      show: async (context, visit, view, page) =>
        pages.smsCode(context, visit, view, page, view === undefined ? undefined : await byCode.fate(visit, view)),
      async answer(context, visit, typed) {
        const { concluding, outcome } = ports.conclusion(context, visit);
        const verdict = await login.answerCode(asking(context, visit), typed, concluding);
        if (verdict.kind !== "accepted") return { refused: verdict };
        return { outcome: await outcome(verdict.accountId, verdict.answeredAt) };
      },
      async answered(visit, { answer }) {
        if (answer === undefined) throw new Error("a right code has no account");
        return ports.proven(visit, answer.accountId, answer.at);
      },
      declined: ports.declined,
      tooMany: ports.tooMany,
    },
  );
  const email = emailRoutes(STEP.codeEmail, {
    authentication: { ...login, answerEmail: byCode.answerEmail },
    asking,
    show: pages.codeEmail,
    afterAsking: code.afterAsking,
    declined: ports.declined,
  });
  return {
    ...code,
    routes: [...code.routes, ...email],
    offered,
    isDone: async (visit) => ports.asksForSms(visit) && (await byCode.current(visit))?.state === "answered",
  };
}
