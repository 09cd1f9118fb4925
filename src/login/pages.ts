import type { Context } from "koa";
import type { ChallengeView } from "../challenge/challenge.ts";
import type { Clock, Millis } from "../clock.ts";
import { printQrText } from "../e-num/qr-text.ts";
import type { Pages } from "../http/page.ts";
import { drawQr } from "../http/qr.ts";
import type { FieldError } from "../http/views.ts";
import type { Outcome, Visit } from "../interaction/step.ts";

/** What the person typed, and what is wrong with it. */
export interface Filled {
  typed: string;
  errors: readonly FieldError[];
}

export interface ChallengeExtra {
  errors?: readonly FieldError[];
  typed?: string;
  /** In development only. */
  shownResponse?: string;
  /** `answered` was pressed, and nobody has answered. */
  notYet?: boolean;
}

/** The pages of a sign-in, each with what its view is told. */
export interface LoginPages {
  identifier(context: Context, visit: Visit, filled: Filled): Outcome;
  challenge(context: Context, visit: Visit, challenge: ChallengeView, extra?: ChallengeExtra): Outcome;
  emailCode(context: Context, visit: Visit, errors: readonly FieldError[], extra?: { resent: boolean }): Outcome;
  locked(context: Context, visit: Visit, until: Millis): Outcome;
  closedOut(context: Context, visit: Visit): Outcome;
  admission(context: Context, visit: Visit): Outcome;
  noPhone(context: Context, visit: Visit): Outcome;
  /** After "It was not me", before the site is told by the address that leads back. */
  declined(context: Context, visit: Visit, siteHref: string): void;
}

export function createLoginPages(ports: {
  pages: Pages;
  clock: Clock;
  registrationOpen: boolean;
  development: boolean;
}): LoginPages {
  const { pages } = ports;
  const around = (visit: Visit, status = 200) => ({ site: visit.site, uiLocales: visit.params["ui_locales"], status });
  const at = (visit: Visit, path: string) => `/interaction/${visit.uid}${path}`;
  const siteHref = (visit: Visit) => (visit.site.href === undefined ? {} : { siteHref: visit.site.href });
  const page: Outcome = { kind: "page" };
  const statusOf = (errors: readonly FieldError[]) =>
    errors.length === 0 ? 200 : errors.some(({ code }) => code === "too-many") ? 429 : 422;

  return {
    identifier(context, visit, { typed, errors }) {
      const data = {
        action: at(visit, "/identifier"),
        errors,
        values: { identifier: typed },
        registration: ports.registrationOpen,
      };
      pages.show(context, "login/identifier", data, around(visit, statusOf(errors)));
      return page;
    },
    challenge(context, visit, challenge, { errors = [], typed = "", shownResponse, notYet = false } = {}) {
      const open = challenge.state === "open";
      const qr = () => drawQr(printQrText({ kind: "login", challenge: challenge.digits, request: challenge.id }));
      pages.show(
        context,
        "login/challenge",
        {
          action: at(visit, "/challenge"),
          errors,
          values: { response: typed },
          number: challenge.digits,
          state: challenge.state === "open" || challenge.state === "exhausted" ? challenge.state : "expired",
          expiresInSeconds: Math.max(0, Math.ceil((challenge.expiresAt - ports.clock()) / 1000)),
          screen: "login",
          noPhoneHref: at(visit, "/no-phone"),
          otherHref: at(visit, "/identifier"),
          ...(open ? { qr: qr(), statusHref: at(visit, "/status") } : {}),
          ...(open && notYet ? { notYet } : {}),
          ...(ports.development ? { command: `npm run phone -- login ${challenge.digits}` } : {}),
          ...(shownResponse === undefined ? {} : { shownResponse }),
        },
        around(visit, statusOf(errors)),
      );
      return page;
    },
    emailCode(context, visit, errors, { resent } = { resent: false }) {
      const data = {
        action: at(visit, "/email-code"),
        errors,
        values: {},
        otherHref: at(visit, "/identifier"),
        resent,
      };
      pages.show(context, "login/email-code", data, around(visit, statusOf(errors)));
      return page;
    },
    locked(context, visit, until) {
      pages.show(context, "login/locked", { until: new Date(until), ...siteHref(visit) }, around(visit, 429));
      return page;
    },
    closedOut(context, visit) {
      const command = ports.development ? { command: "npm run phone -- admit" } : {};
      pages.show(
        context,
        "login/closed-out",
        { againHref: at(visit, "/identifier"), ...siteHref(visit), ...command },
        around(visit, 429),
      );
      return page;
    },
    admission(context, visit) {
      pages.show(
        context,
        "login/admission",
        { action: at(visit, "/admission"), errors: [], values: {} },
        around(visit),
      );
      return page;
    },
    noPhone(context, visit) {
      const register = ports.registrationOpen ? { registerHref: at(visit, "/register") } : {};
      pages.show(
        context,
        "login/no-phone",
        { phoneHref: "/phone", backHref: at(visit, ""), ...register },
        around(visit),
      );
      return page;
    },
    declined: (context, visit, href) => pages.show(context, "login/declined", { siteHref: href }, around(visit)),
  };
}
