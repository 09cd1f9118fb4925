import type { Context } from "koa";
import type { Authentication } from "../authentication/authentication.ts";
import type { ByCode } from "../authentication/by-code.ts";
import { type CodeRoutes, codeRoutes } from "../authentication/code-routes.ts";
import type { Subject } from "../challenge/challenge.ts";
import type { Outcome, Visit } from "../interaction/step.ts";
import type { Locale } from "../locale/locale.ts";
import type { Confirmations, Judged } from "./confirmation.ts";
import { takesSms } from "./confirming.ts";
import { type ConfirmationPages, STEP } from "./pages.ts";

export interface BySmsPorts {
  confirmations: Confirmations;
  authentication: Authentication;
  byCode: ByCode;
  pages: ConfirmationPages;
  locale(context: Context, uiLocales: string | undefined): Locale;
  /** Whether the site's request names a code by SMS: the operator's policy alone is not enough (PROTOCOL 9). */
  asksForSms(visit: Visit): boolean;
  pinned(visit: Visit, accountId: string): Promise<boolean>;
  /** What a right answer comes to, whatever it was. */
  judged(context: Context, visit: Visit, verdict: Judged): Promise<Outcome>;
  declined(context: Context, visit: Visit, reason: string): Promise<Outcome>;
  tooMany(context: Context, visit: Visit): Promise<Outcome>;
}

export interface BySms extends CodeRoutes {
  offered(visit: Visit, subject: Subject): Promise<boolean>;
}

/** An operation that is confirmed by a code sent for it alone, where the site asks for no more and operator, person and security bot let it. */
export function createBySms(ports: BySmsPorts): BySms {
  const { confirmations, byCode, pages } = ports;
  const localeOf = (context: Context, visit: Visit) => ports.locale(context, visit.params["ui_locales"]);
  const offered = async (visit: Visit, subject: Subject): Promise<boolean> =>
    ports.asksForSms(visit) &&
    takesSms(await confirmations.decide(confirmations.request(visit), visit.accountId)) &&
    byCode.offers(visit, "operation", subject);

  const routes = codeRoutes(
    // Who is not signed in proves the mailbox on the page that comes before a check number, and presses again.
    { code: STEP.code, email: STEP.emailCode },
    {
      byCode,
      authentication: ports.authentication,
      pages,
      offered,
      asking: (context, visit) => ({
        context,
        visit,
        locale: localeOf(context, visit),
        ...confirmations.codeFor(confirmations.request(visit)),
      }),
      async show(context, visit, view, said = {}) {
        const fate = view === undefined ? undefined : await byCode.fate(visit, view);
        return pages.smsCode(context, visit, confirmations.request(visit), view, said, fate);
      },
      async answer(context, visit, code) {
        const asking = { context, visit, locale: localeOf(context, visit) };
        const verdict = await confirmations.answerCode(asking, confirmations.request(visit), code, (id) =>
          ports.pinned(visit, id),
        );
        switch (verdict.kind) {
          case "confirmed":
          case "already-confirmed":
          case "foreign":
          case "other-account":
          case "demands-more":
            return { outcome: await ports.judged(context, visit, verdict) };
          default:
            return { refused: verdict };
        }
      },
      // The confirmation is there: the step's first page finds it.
      answered: async () => ({ kind: "to", path: "" }),
      declined: ports.declined,
      tooMany: ports.tooMany,
    },
  );
  return { ...routes, offered };
}
