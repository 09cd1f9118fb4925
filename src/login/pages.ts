import type { Context } from "koa";
import { type CodePage, codePage } from "../authentication/code-page.ts";
import { createProvingPages, type ProvingPages } from "../authentication/pages.ts";
import { reachedFor } from "../authentication/status-route.ts";
import type { ChallengeView } from "../challenge/challenge.ts";
import type { Clock } from "../clock.ts";
import type { CodeView } from "../code/code.ts";
import { printQrText } from "../e-num/qr-text.ts";
import { statusOf } from "../http/field-errors.ts";
import type { IdentifierData } from "../http/identifier-views.ts";
import type { Pages } from "../http/page.ts";
import { drawQr } from "../http/qr.ts";
import type { FieldError, SmsCodeData } from "../http/views.ts";
import { around, type Outcome, pathOf, type Visit } from "../interaction/step.ts";

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
  /** A code by SMS is offered. */
  sms?: boolean;
}

/** The pages of a sign-in, each with what its view is told. */
export interface LoginPages extends ProvingPages {
  identifier(context: Context, visit: Visit, filled: Filled): Outcome;
  challenge(context: Context, visit: Visit, challenge: ChallengeView, extra?: ChallengeExtra): Outcome;
  /** The code by e-mail that comes before an SMS. */
  codeEmail(context: Context, visit: Visit, errors: readonly FieldError[], extra?: { resent: boolean }): Outcome;
  /** The code by SMS: `fate` where this browser is signed in. */
  smsCode(
    context: Context,
    visit: Visit,
    view: CodeView | undefined,
    page?: CodePage,
    fate?: SmsCodeData["fate"] | undefined,
  ): Outcome;
  admission(context: Context, visit: Visit): Outcome;
  noPhone(context: Context, visit: Visit): Outcome;
  /** After "It was not me", before the site is told by the address that leads back. */
  declined(context: Context, visit: Visit, siteHref: string): void;
}

/** Paths under the visit's. */
export const STEP = {
  purpose: "login",
  challenge: "/challenge",
  emailCode: "/email-code",
  identifier: "/identifier",
  code: "/code",
  codeEmail: "/code-email",
  passkey: "/passkey",
  certificate: "/certificate",
} as const;

export function createLoginPages(ports: {
  pages: Pages;
  clock: Clock;
  registrationOpen: boolean;
  development: boolean;
  /** What the browser is asked for a passkey with, as JSON. */
  passkeyOptions(visit: Visit): string;
  /** Whether people may sign in by a client certificate here. */
  byCertificate: boolean;
  /** The keys that the site asks for, where it takes nothing else. */
  keysAlone(visit: Visit): IdentifierData["keysAlone"];
}): LoginPages {
  const { pages } = ports;
  const page: Outcome = { kind: "page" };

  return {
    ...createProvingPages(ports, STEP),
    identifier(context, visit, { typed, errors }) {
      const keysAlone = ports.keysAlone(visit);
      const data = {
        action: pathOf(visit, "/identifier"),
        errors,
        values: { identifier: typed },
        registration: ports.registrationOpen,
        recoveryHref: "/recovery",
        passkey: { action: pathOf(visit, STEP.passkey), options: ports.passkeyOptions(visit) },
        ...(ports.byCertificate ? { certificateAction: pathOf(visit, STEP.certificate) } : {}),
        ...(keysAlone === undefined ? {} : { keysAlone }),
      };
      pages.show(context, "login/identifier", data, around(visit, statusOf(errors)));
      return page;
    },
    challenge(context, visit, challenge, { errors = [], typed = "", shownResponse, notYet = false, sms = false } = {}) {
      const open = challenge.state === "open";
      const text = printQrText({ kind: "login", challenge: challenge.digits, request: challenge.id });
      const reached = reachedFor(visit, challenge);
      pages.show(
        context,
        "login/challenge",
        {
          action: pathOf(visit, "/challenge"),
          errors,
          values: { response: typed },
          number: challenge.digits,
          state: challenge.state === "open" || challenge.state === "exhausted" ? challenge.state : "expired",
          expiresInSeconds: Math.max(0, Math.ceil((challenge.expiresAt - ports.clock()) / 1000)),
          screen: "login",
          noPhoneHref: pathOf(visit, "/no-phone"),
          otherHref: pathOf(visit, "/identifier"),
          ...(open ? { qr: drawQr(text), clientHref: `/phone#${text}`, statusHref: pathOf(visit, "/status") } : {}),
          ...(open && reached !== undefined ? { reached } : {}),
          ...(open && notYet ? { notYet } : {}),
          ...(sms ? { sms } : {}),
          ...(ports.development ? { command: `npm run phone -- login ${challenge.digits}` } : {}),
          ...(shownResponse === undefined ? {} : { shownResponse }),
        },
        around(visit, statusOf(errors)),
      );
      return page;
    },
    codeEmail(context, visit, errors, { resent } = { resent: false }) {
      const [action, otherHref] = [pathOf(visit, STEP.codeEmail), pathOf(visit, STEP.challenge)];
      const data = { action, errors, values: {}, otherHref, resent, before: "sms" as const };
      pages.show(context, "login/email-code", data, around(visit, statusOf(errors)));
      return page;
    },
    smsCode(context, visit, view, said = {}, fate) {
      const [action, backHref] = [pathOf(visit, STEP.code), pathOf(visit, STEP.challenge)];
      const { data, status } = codePage(view, said, { action, backHref, fate });
      pages.show(context, "login/sms-code", data, around(visit, status));
      return page;
    },
    admission(context, visit) {
      pages.show(
        context,
        "login/admission",
        { action: pathOf(visit, "/admission"), errors: [], values: {} },
        around(visit),
      );
      return page;
    },
    noPhone(context, visit) {
      const register = ports.registrationOpen ? { registerHref: pathOf(visit, "/register") } : {};
      pages.show(
        context,
        "login/no-phone",
        { phoneHref: "/phone/clients", recoveryHref: "/recovery", backHref: pathOf(visit, ""), ...register },
        around(visit),
      );
      return page;
    },
    declined: (context, visit, href) => pages.show(context, "login/declined", { siteHref: href }, around(visit)),
  };
}
