import type { Context } from "koa";
import type { Account } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import type { Asked, Asking, Authentication } from "../authentication/authentication.ts";
import type { ByCode } from "../authentication/by-code.ts";
import { emailRoutes } from "../authentication/email-routes.ts";
import { statusRoute } from "../authentication/status-route.ts";
import type { ChallengeView } from "../challenge/challenge.ts";
import type { Mode } from "../challenge/expectation.ts";
import { parseResponse } from "../e-num/challenge.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Because, FieldError } from "../http/views.ts";
import type { Outcome, Step, StepHandler, Visit } from "../interaction/step.ts";
import type { Locale } from "../locale/locale.ts";
import type { Decision } from "../policy/policy.ts";
import type { Ended } from "../request/ended.ts";
import { createBySms } from "./by-sms.ts";
import { type Confirmations, describeRefusal, type Judged, type Request } from "./confirmation.ts";
import type { ConfirmationPages, OperationExtra } from "./pages.ts";

export interface ConfirmationStepPorts {
  confirmations: Confirmations;
  authentication: Authentication;
  byCode: ByCode;
  asksForSms(visit: Visit): boolean;
  pages: ConfirmationPages;
  locale(context: Context, uiLocales: string | undefined): Locale;
  account(id: string): Promise<Account | undefined>;
  registrationOpen: boolean;
  /** Whose phone was connected in this browser a moment ago. */
  justEnrolled(context: Context): Promise<Account | undefined>;
  pinned(visit: Visit, accountId: string): Promise<boolean>;
  /** "It was not me", said in a browser that is signed in: ends every open request of the account and tells its owner. */
  notMe(visit: Visit, accountId: string): Promise<void>;
  /** What the page comes to where the phone has ended its request. */
  ended: Ended;
  /** In development only. */
  peek: ((challenge: ChallengeView, request: Request, decision: Decision) => Promise<string | undefined>) | undefined;
}

type RefusedDecision = Extract<Decision, { kind: "refused" }>;

const REASONS = ["not_me", "wrong_details", "changed_mind"] as const;

export function createConfirmationStep(ports: ConfirmationStepPorts): Step {
  const { confirmations, authentication, pages } = ports;
  const asking = (context: Context, visit: Visit, request = confirmations.request(visit)): Asking => ({
    context,
    visit,
    locale: ports.locale(context, visit.params["ui_locales"]),
    purpose: "operation",
    lifetime: confirmations.lifetime(request),
    details: confirmations.details(visit, request),
  });

  const foreign = (context: Context, visit: Visit): Outcome => ({
    kind: "refused",
    error: "access_denied",
    description: "a WMID of the operation is not the account's own",
    farewell: (siteHref) => pages.impossible(context, visit, "other-account", siteHref),
  });
  const otherAccount = (context: Context, visit: Visit): Outcome => ({
    kind: "refused",
    error: "login_required",
    description: "another account than the requested one is here",
    farewell: (siteHref) => pages.impossible(context, visit, "other-account", siteHref),
  });

  const afterAsking = (context: Context, visit: Visit, asked: Asked, typed: string): Outcome =>
    pages.afterAsking(context, visit, asked, () =>
      pages.identifier(context, visit, confirmations.request(visit), {
        typed,
        errors: [{ field: "identifier", code: "too-many" }],
      }),
    );

  const askWho = (context: Context, visit: Visit): Outcome =>
    pages.identifier(context, visit, confirmations.request(visit), { typed: "", errors: [] });

  /** The account that is signed in is asked at once; nobody is asked who they are first. */
  const first: StepHandler = async (context, visit) => {
    const done = await confirmations.of(visit);
    if (done !== undefined) return { kind: "confirmation", accountId: done.accountId, result: done.confirmed };
    const current = await authentication.current(visit);
    const ended = ports.ended(context, visit, current);
    if (ended !== undefined) return ended;
    if (current !== undefined && current.state !== "declined") return { kind: "to", path: "/operation" };
    if (visit.accountId === undefined) return askWho(context, visit);
    const account = await ports.account(visit.accountId);
    if (account === undefined) throw new Fault("session-lost", { detail: "the account is gone" });
    if (!(await ports.pinned(visit, account.id))) return otherAccount(context, visit);
    if (!(await confirmations.owns(account.id, confirmations.request(visit)))) return foreign(context, visit);
    const decision = await decided(visit);
    if (decision.kind === "refused") return refusedByPolicy(context, visit, decision);
    return afterAsking(context, visit, await authentication.askAccount(asking(context, visit), account), "");
  };

  /** For who mistyped, and is asked as somebody else already. */
  const showIdentifier: StepHandler = async (context, visit) =>
    visit.accountId === undefined ? askWho(context, visit) : { kind: "to", path: "" };

  const identify: StepHandler = async (context, visit) => {
    if (visit.accountId !== undefined) return { kind: "to", path: "" };
    const form = await readForm(context);
    if (form.get("action") === "decline") return declined(context, visit, "");
    if (form.get("action") === "register" && ports.registrationOpen) return { kind: "register" };
    const typed = form.get("identifier").slice(0, 254);
    const parsed = parseIdentifier(typed);
    if (parsed === undefined) {
      const code = typed.trim() === "" ? "empty" : "unrecognised";
      return pages.identifier(context, visit, confirmations.request(visit), {
        typed,
        errors: [{ field: "identifier", code }],
      });
    }
    return afterAsking(context, visit, await authentication.ask(asking(context, visit), parsed), typed);
  };

  /** As if the identifier of the new account had been typed: nobody is signed in by a registration. */
  const registered: StepHandler = async (context, visit) => {
    if (visit.accountId !== undefined) return { kind: "to", path: "" };
    const account = await ports.justEnrolled(context);
    if (account === undefined) return { kind: "to", path: "/operation-identifier" };
    const identifier = { kind: "email", value: account.email } as const;
    return afterAsking(context, visit, await authentication.ask(asking(context, visit), identifier), account.email);
  };

  const show: StepHandler = async (context, visit) => {
    const current = await authentication.current(visit);
    if (current === undefined || current.state === "declined" || current.state === "answered")
      return { kind: "to", path: "" };
    return showOperation(context, visit, current);
  };

  const submit: StepHandler = async (context, visit) => {
    const form = await readForm(context);
    const current = await authentication.current(visit);
    if (current === undefined || current.state === "declined") return { kind: "to", path: "" };
    const action = form.get("action");
    // Confirmed already, in another tab or before a crash: whatever is pressed here, the site is told so.
    if (current.state === "answered" && action !== "decline") return { kind: "to", path: "" };
    switch (action) {
      case "decline":
        return declined(context, visit, form.get("reason"));
      case "new-challenge":
        return afterAsking(context, visit, await authentication.askAgain(asking(context, visit), current), "");
      case "answered":
        return showOperation(context, visit, current, { notYet: true });
      case "sms":
        return bySms.ask(context, visit);
      case "show-response": {
        if (ports.peek === undefined) break;
        const request = confirmations.request(visit);
        const shownResponse = (await ports.peek(current, request, await decided(visit))) ?? "—";
        return showOperation(context, visit, current, { shownResponse });
      }
      case "next":
      case "":
        return answer(context, visit, current, form.get("response").slice(0, 40));
    }
    throw new Fault("invalid-request", { detail: "the page has no such button" });
  };

  const answer = async (context: Context, visit: Visit, current: ChallengeView, typed: string): Promise<Outcome> => {
    const request = confirmations.request(visit);
    const wrong = (error: FieldError, now = current) => showOperation(context, visit, now, { errors: [error], typed });
    const parsed = parseResponse(typed);
    if (!parsed.ok) {
      const code =
        parsed.reason === "empty" ? "empty" : parsed.reason === "is-a-challenge" ? "check-number" : "malformed";
      return wrong({ field: "response", code });
    }
    const verdict = await confirmations.answer(
      { ...asking(context, visit), shown: current },
      request,
      parsed.value,
      (id) => ports.pinned(visit, id),
    );
    switch (verdict.kind) {
      case "confirmed":
      case "already-confirmed":
      case "foreign":
      case "other-account":
      case "demands-more":
        return judged(context, visit, verdict, (because) =>
          wrong({ field: "response", code: "demands-scan", because }),
        );
      case "locked":
        return pages.locked(context, visit, verdict.until);
      case "closed-out":
        return pages.closedOut(context, visit);
      case "too-many":
        return wrong({ field: "response", code: "too-many" });
      case "wrong-response":
        return wrong(
          wrongResponse(verdict.triesLeft, verdict.otherMode, pages.screen(request, await decided(visit))),
          (await authentication.current(visit)) ?? current,
        );
      case "expired":
      case "exhausted":
      case "already-used":
      case "declined":
        return { kind: "to", path: "/operation" };
      default:
        return verdict satisfies never;
    }
  };

  /** What a right response or code comes to; `more` where only more than it would confirm. */
  const judged = async (
    context: Context,
    visit: Visit,
    verdict: Judged,
    more: (because: Because | undefined) => Promise<Outcome>,
  ): Promise<Outcome> => {
    switch (verdict.kind) {
      case "confirmed":
        return { kind: "confirmation", accountId: verdict.accountId, result: verdict.confirmed };
      case "already-confirmed":
        return {
          kind: "refused",
          error: "invalid_authorization_details",
          description: `already confirmed: ${verdict.id}`,
          farewell: (siteHref) => pages.impossible(context, visit, "already-confirmed", siteHref),
        };
      case "foreign":
        return foreign(context, visit);
      case "other-account":
        return otherAccount(context, visit);
      case "demands-more":
        return verdict.decision.kind === "refused"
          ? refusedByPolicy(context, visit, verdict.decision)
          : more(pages.because(context, visit, verdict.decision.because));
      default:
        return verdict satisfies never;
    }
  };

  const decided = (visit: Visit) => confirmations.decide(confirmations.request(visit), visit.accountId);

  /** Nothing else that the person could do would confirm it now, so the request ends; the steps are in the log. */
  const refusedByPolicy = (context: Context, visit: Visit, decision: RefusedDecision): Outcome => {
    context.state["why"] = decision.steps;
    return {
      kind: "refused",
      error: "access_denied",
      description: describeRefusal(decision.because),
      farewell: (siteHref) => pages.refused(context, visit, siteHref, decision.because),
    };
  };

  const declined = async (context: Context, visit: Visit, reason: string): Promise<Outcome> => {
    const known = REASONS.find((each) => each === reason);
    const notMe = known === "not_me" && visit.accountId !== undefined;
    const isConfirmed = async () => (await confirmations.of(visit)) !== undefined;
    if (!(await isConfirmed())) {
      await ports.byCode.decline(visit);
      await authentication.decline(visit, "operation");
    }
    if (notMe && visit.accountId !== undefined) await ports.notMe(visit, visit.accountId);
    // A response that was there first stands, and the site is not told otherwise.
    if (await isConfirmed()) return { kind: "to", path: "" };
    return {
      kind: "refused",
      error: "access_denied",
      description: `declined by the person${known === undefined ? "" : `: ${known}`}`,
      farewell: (siteHref) => pages.declined(context, visit, siteHref, notMe),
    };
  };

  const showOperation = async (context: Context, visit: Visit, current: ChallengeView, extra: OperationExtra = {}) => {
    const sms = await bySms.offered(visit, current.subject);
    return pages.operation(context, visit, confirmations.request(visit), current, { ...extra, sms });
  };
  /** The page with the check number, by which it can still be confirmed. */
  const backWith = async (context: Context, visit: Visit, error: FieldError): Promise<Outcome> => {
    const current = await authentication.current(visit);
    return current === undefined
      ? { kind: "to", path: "" }
      : showOperation(context, visit, current, { errors: [error] });
  };
  const bySms = createBySms({
    ...ports,
    declined,
    judged: (context, visit, verdict) =>
      judged(context, visit, verdict, (because) =>
        backWith(context, visit, { field: "response", code: "demands-response", because }),
      ),
    tooMany: (context, visit) => backWith(context, visit, { field: "response", code: "too-many" }),
  });

  return {
    first,
    routes: [
      ...bySms.routes,
      { method: "get", path: "/operation", handler: show },
      { method: "post", path: "/operation", handler: submit },
      statusRoute("/operation-status", authentication),
      { method: "get", path: "/operation-identifier", handler: showIdentifier },
      { method: "post", path: "/operation-identifier", handler: identify },
      { method: "get", path: "/operation-registered", handler: registered },
      ...emailRoutes("/operation-email-code", {
        authentication,
        asking,
        show: pages.emailCode,
        afterAsking,
        declined: (context, visit) => declined(context, visit, ""),
      }),
    ],
  };
}

function wrongResponse(
  triesLeft: number,
  otherMode: Mode | undefined,
  wanted: "payment" | "confirm" | "scan",
): FieldError {
  return otherMode === undefined || otherMode === "operation" || otherMode === "renew"
    ? { field: "response", code: "wrong", triesLeft, screen: wanted }
    : { field: "response", code: "other-screen", triesLeft, used: otherMode, wanted };
}
