import type { Context } from "koa";
import type { ChallengeView } from "../challenge/challenge.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Pages } from "../http/page.ts";
import { drawQr } from "../http/qr.ts";
import type { FieldError } from "../http/views.ts";
import type { Outcome, Visit } from "../interaction/step.ts";
import type { OperationTypes } from "../operation/operation.ts";
import type { Confirmations, Request } from "./confirmation.ts";

export interface OperationExtra {
  errors?: readonly FieldError[];
  typed?: string;
  shownResponse?: string;
  notYet?: boolean;
}

/** The pages of a confirmation, each with what its view is told. */
export interface ConfirmationPages {
  identifier(
    context: Context,
    visit: Visit,
    request: Request,
    filled: { typed: string; errors: readonly FieldError[] },
  ): Outcome;
  operation(
    context: Context,
    visit: Visit,
    request: Request,
    challenge: ChallengeView,
    extra?: OperationExtra,
  ): Promise<Outcome>;
  emailCode(context: Context, visit: Visit, errors: readonly FieldError[], extra?: { resent: boolean }): Outcome;
  locked(context: Context, visit: Visit, until: Millis): Outcome;
  closedOut(context: Context, visit: Visit): Outcome;
  declined(context: Context, visit: Visit, siteHref: string, requestsClosed: boolean): void;
  /** On which screen of the phone the operation is typed, or that it is to be scanned. */
  screen(request: Request): "payment" | "confirm" | "scan";
}

export interface ConfirmationPagesPorts {
  pages: Pages;
  clock: Clock;
  development: boolean;
  types: OperationTypes;
  confirmations: Pick<Confirmations, "qrText" | "firstTime">;
  email(accountId: string): Promise<string | undefined>;
}

export function createConfirmationPages(ports: ConfirmationPagesPorts): ConfirmationPages {
  const { pages, types, clock } = ports;
  const at = (visit: Visit, path: string) => `/interaction/${visit.uid}${path}`;
  const statusOf = (errors: readonly FieldError[]) =>
    errors.length === 0 ? 200 : errors.some(({ code }) => code === "too-many") ? 429 : 422;
  const around = (visit: Visit, status = 200) => ({ site: visit.site, uiLocales: visit.params["ui_locales"], status });
  const siteHref = (visit: Visit) => (visit.site.href === undefined ? {} : { siteHref: visit.site.href });
  const page: Outcome = { kind: "page" };
  const described = (context: Context, visit: Visit, request: Request) =>
    types.describe(request.operation, pages.locale(context, visit.params["ui_locales"]));
  const screen: ConfirmationPages["screen"] = ({ operation }) => {
    const typed = types.typedScreen(operation);
    return types.accepts(operation).includes(typed) ? typed : "scan";
  };

  return {
    screen,
    identifier(context, visit, request, { typed, errors }) {
      const form = { action: at(visit, "/operation-identifier"), errors, values: { identifier: typed } };
      pages.show(
        context,
        "confirmation/identifier",
        { ...form, described: described(context, visit, request) },
        around(visit, statusOf(errors)),
      );
      return page;
    },

    async operation(
      context,
      visit,
      request,
      challenge,
      { errors = [], typed = "", shownResponse, notYet = false } = {},
    ) {
      const open = challenge.state === "open";
      const { accountId } = visit;
      const qr = open ? await ports.confirmations.qrText(request, challenge) : undefined;
      const unusual = accountId !== undefined && (await ports.confirmations.firstTime(accountId, request));
      const email = accountId === undefined ? undefined : await ports.email(accountId);
      const how = screen(request);
      pages.show(
        context,
        "confirmation/operation",
        {
          action: at(visit, "/operation"),
          errors,
          values: { response: typed },
          number: challenge.digits,
          state: challenge.state === "open" || challenge.state === "exhausted" ? challenge.state : "expired",
          expiresInSeconds: Math.max(0, Math.ceil((challenge.expiresAt - clock()) / 1000)),
          described: described(context, visit, request),
          screen: how,
          unusual: unusual ? ["first-payee"] : [],
          declineReasons: accountId !== undefined,
          ...(accountId === undefined ? { otherHref: at(visit, "") } : {}),
          ...(qr === undefined ? {} : { qr: drawQr(qr) }),
          ...(open && notYet ? { notYet } : {}),
          ...(ports.development && qr !== undefined ? { command: `npm run phone -- scan '${qr}'` } : {}),
          ...(shownResponse === undefined ? {} : { shownResponse }),
        },
        { ...around(visit, statusOf(errors)), signedIn: email === undefined ? undefined : { email } },
      );
      return page;
    },

    emailCode(context, visit, errors, { resent } = { resent: false }) {
      const data = { action: at(visit, "/operation-email-code"), errors, values: {}, otherHref: at(visit, ""), resent };
      pages.show(context, "login/email-code", data, around(visit, statusOf(errors)));
      return page;
    },
    locked(context, visit, until) {
      pages.show(context, "confirmation/locked", { until: new Date(until), ...siteHref(visit) }, around(visit, 429));
      return page;
    },
    closedOut(context, visit) {
      const command = ports.development ? { command: "npm run phone -- admit" } : {};
      pages.show(
        context,
        "login/closed-out",
        { againHref: at(visit, ""), ...siteHref(visit), ...command },
        around(visit, 429),
      );
      return page;
    },
    declined: (context, visit, href, requestsClosed) =>
      pages.show(context, "confirmation/declined", { siteHref: href, requestsClosed }, around(visit)),
  };
}
