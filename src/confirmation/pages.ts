import type { Context } from "koa";
import { type CodePage, codePage } from "../authentication/code-page.ts";
import { createProvingPages, type ProvingPages } from "../authentication/pages.ts";
import { reachedFor } from "../authentication/status-route.ts";
import type { ChallengeView } from "../challenge/challenge.ts";
import type { Clock } from "../clock.ts";
import type { CodeView } from "../code/code.ts";
import type { Challenge } from "../e-num/challenge.ts";
import { formatMoney } from "../e-num/people.ts";
import type { OperationStatement, Statement } from "../e-num/statement.ts";
import { statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import { drawQr } from "../http/qr.ts";
import type { Because as BecauseData, FieldError, SmsCodeData } from "../http/views.ts";
import { around, type Outcome, pathOf, type Visit } from "../interaction/step.ts";
import type { OperationTypes } from "../operation/operation.ts";
import type { Because, Decision } from "../policy/policy.ts";
import type { Confirmations, Request } from "./confirmation.ts";

export interface OperationExtra {
  errors?: readonly FieldError[];
  typed?: string;
  shownResponse?: string;
  notYet?: boolean;
  /** A code by SMS is offered. */
  sms?: boolean;
}

/** The pages of a confirmation, each with what its view is told. */
export interface ConfirmationPages extends ProvingPages {
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
  /** The code by SMS, with all details of what it confirms: `fate` where this browser is signed in. */
  smsCode(
    context: Context,
    visit: Visit,
    request: Request,
    view: CodeView | undefined,
    said: CodePage,
    fate: SmsCodeData["fate"] | undefined,
  ): Outcome;
  declined(context: Context, visit: Visit, siteHref: string, requestsClosed: boolean): void;
  /** Why it cannot be confirmed here, before the person goes back to the site. */
  impossible(context: Context, visit: Visit, why: "already-confirmed" | "other-account", siteHref: string): void;
  /** On which screen of the phone the operation is typed, or that it is to be scanned. */
  screen(request: Request, decision: Decision): "payment" | "confirm" | "scan";
  because(context: Context, visit: Visit, because: Because | undefined): BecauseData | undefined;
  /** The policy has it refused for this account, before the site is told by the address that leads back. */
  refused(context: Context, visit: Visit, siteHref: string, because: Because): void;
}

export interface ConfirmationPagesPorts {
  pages: Pages;
  clock: Clock;
  development: boolean;
  registrationOpen: boolean;
  types: OperationTypes;
  confirmations: Pick<Confirmations, "qrText" | "firstTime" | "statement" | "decide">;
}

/** Paths under the visit's. */
export const STEP = {
  purpose: "operation",
  challenge: "/operation",
  emailCode: "/operation-email-code",
  identifier: "/operation-identifier",
  code: "/operation-code",
} as const;

const STATUS = { "already-confirmed": 409, "other-account": 403 } as const;

export function createConfirmationPages(ports: ConfirmationPagesPorts): ConfirmationPages {
  const { pages, types, clock } = ports;
  const page: Outcome = { kind: "page" };
  const described = (context: Context, visit: Visit, request: Request) =>
    types.describe(request.operation, pages.locale(context, visit.params["ui_locales"]));
  /** For the command-line phone: what is typed, where that confirms, and what is scanned. */
  const commands = (request: Request, decision: Decision, { digits }: ChallengeView, qr: string) => {
    const typed = ports.confirmations.statement(request, decision);
    const command = typed.mode === "operation" ? {} : { command: `npm run phone -- ${verb(typed, digits)}` };
    return { ...command, scanCommand: `npm run phone -- scan '${qr}'` };
  };
  const screen: ConfirmationPages["screen"] = ({ operation }, decision) => {
    const typed = types.typedScreen(operation);
    return decision.kind === "confirm" && decision.bindings.includes(typed) ? typed : "scan";
  };

  const becauseFor = (context: Context, visit: Visit, because: Because): BecauseData => {
    const language = pages.locale(context, visit.params["ui_locales"]) === "ru" ? "ru" : "en";
    if (because.kind === "raised") {
      const reason = because.reason?.[language];
      return { kind: "raised", by: because.by, ...(reason === undefined ? {} : { reason }) };
    }
    const { window, limit, currency } = because;
    return { kind: "limit", window, limit: formatMoney(limit, currency, language) };
  };

  return {
    ...createProvingPages(ports, STEP),
    screen,
    because: (context, visit, because) => (because === undefined ? undefined : becauseFor(context, visit, because)),
    identifier(context, visit, request, { typed, errors }) {
      const form = { action: pathOf(visit, STEP.identifier), errors, values: { identifier: typed } };
      pages.show(
        context,
        "confirmation/identifier",
        { ...form, described: described(context, visit, request), registration: ports.registrationOpen },
        around(visit, statusOf(errors)),
      );
      return page;
    },

    async operation(
      context,
      visit,
      request,
      challenge,
      { errors = [], typed = "", shownResponse, notYet = false, sms = false } = {},
    ) {
      const open = challenge.state === "open";
      const { accountId } = visit;
      const qr = open ? await ports.confirmations.qrText(request, challenge) : undefined;
      const unusual = accountId !== undefined && (await ports.confirmations.firstTime(accountId, request));
      const decision = await ports.confirmations.decide(request, accountId);
      const reached = reachedFor(visit, challenge);
      const because = decision.kind === "confirm" ? decision.because : undefined;
      pages.show(
        context,
        "confirmation/operation",
        {
          action: pathOf(visit, "/operation"),
          errors,
          values: { response: typed },
          number: challenge.digits,
          state: challenge.state === "open" || challenge.state === "exhausted" ? challenge.state : "expired",
          expiresInSeconds: Math.max(0, Math.ceil((challenge.expiresAt - clock()) / 1000)),
          described: described(context, visit, request),
          screen: screen(request, decision),
          ...(because === undefined ? {} : { because: becauseFor(context, visit, because) }),
          unusual: unusual ? ["first-payee"] : [],
          declineReasons: accountId !== undefined,
          ...(accountId === undefined ? { otherHref: pathOf(visit, STEP.identifier) } : {}),
          ...(qr === undefined ? {} : { qr: drawQr(qr.text), online: !qr.whole, clientHref: `/phone#${qr.link}` }),
          ...(open ? { statusHref: pathOf(visit, "/operation-status") } : {}),
          ...(open && reached !== undefined ? { reached } : {}),
          ...(open && notYet ? { notYet } : {}),
          ...(sms ? { sms } : {}),
          ...(ports.development && qr !== undefined ? commands(request, decision, challenge, qr.text) : {}),
          ...(shownResponse === undefined ? {} : { shownResponse }),
        },
        around(visit, statusOf(errors)),
      );
      return page;
    },

    smsCode(context, visit, request, view, said, fate) {
      const [action, backHref] = [pathOf(visit, STEP.code), pathOf(visit, STEP.challenge)];
      const { data, status } = codePage(view, said, { action, backHref, fate });
      const declineReasons = visit.accountId !== undefined;
      pages.show(
        context,
        "confirmation/sms-code",
        { ...data, described: described(context, visit, request), declineReasons },
        around(visit, status),
      );
      return page;
    },

    refused: (context, visit, href, because) =>
      pages.show(
        context,
        "confirmation/refused",
        { siteHref: href, because: becauseFor(context, visit, because) },
        around(visit),
      ),
    declined: (context, visit, href, requestsClosed) =>
      pages.show(context, "confirmation/declined", { siteHref: href, requestsClosed }, around(visit)),
    impossible(context, visit, code, next) {
      const reference = String(context.state["reference"] ?? "");
      pages.show(context, "error/error", { code, reference, next }, around(visit, STATUS[code]));
    },
  };
}

function verb(statement: Exclude<Statement, OperationStatement>, digits: Challenge): string {
  if (statement.mode !== "payment") return `confirm ${digits}`;
  const currency = "currency" in statement ? ` --currency ${statement.currency}` : "";
  return `pay ${digits} ${statement.recipient} ${statement.amount}${currency}`;
}
