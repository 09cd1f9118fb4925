import type { Context } from "koa";
import type { Account } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import type { ChallengeView, Verdict } from "../challenge/challenge.ts";
import type { Clock } from "../clock.ts";
import { parseResponse } from "../e-num/challenge.ts";
import { printQrText } from "../e-num/qr-text.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import { drawQr } from "../http/qr.ts";
import type { ChallengeData, FieldError } from "../http/views.ts";
import type { Outcome, Step, StepHandler, Visit } from "../interaction/step.ts";
import type { Asked, Login } from "./login.ts";

export interface LoginRoutesPorts {
  login: Login;
  pages: Pages;
  clock: Clock;
  registrationOpen: boolean;
  /** The account that has just been enrolled in this browser, so that its owner need not type the e-mail again. */
  justEnrolled(context: Context): Promise<Account | undefined>;
  /** Whether the account is the one that the site pinned (PROTOCOL 8); true where it pinned none. */
  pinned(visit: Visit, accountId: string): Promise<boolean>;
  /** In development only: the response that the account's phone would give. */
  peek: ((challenge: ChallengeView) => Promise<string | undefined>) | undefined;
}

/** A response in login mode: pad and PIN (PROTOCOL 8). */
const ACR = "urn:e-num:acr:login";
const AMR = ["otp", "mfa"] as const;

export function createLoginStep(ports: LoginRoutesPorts): Step {
  const { login, pages } = ports;
  const page = (action: () => void): Outcome => {
    action();
    return { kind: "page" };
  };
  const around = (visit: Visit) => ({ site: visit.site, uiLocales: visit.params["ui_locales"] });

  const showIdentifier = (context: Context, visit: Visit, typed: string, errors: readonly FieldError[]): Outcome =>
    page(() => {
      const action = `/interaction/${visit.uid}/identifier`;
      const data = { action, errors, values: { identifier: typed }, registration: ports.registrationOpen };
      pages.show(context, "login/identifier", data, { ...around(visit), status: errors.length > 0 ? 422 : 200 });
    });

  const showLocked = (context: Context, visit: Visit, until: number): Outcome =>
    page(() => {
      const data = { until: new Date(until), ...(visit.site.href === undefined ? {} : { siteHref: visit.site.href }) };
      pages.show(context, "login/locked", data, { ...around(visit), status: 429 });
    });

  const showChallenge = (
    context: Context,
    visit: Visit,
    challenge: ChallengeView,
    extra: { errors?: readonly FieldError[]; typed?: string; shownResponse?: string; notYet?: boolean } = {},
  ): Outcome =>
    page(() => {
      const at = `/interaction/${visit.uid}`;
      const errors = extra.errors ?? [];
      const open = challenge.state === "open";
      const data: ChallengeData & { screen: "login"; noPhoneHref: string } = {
        action: `${at}/challenge`,
        errors,
        values: { response: extra.typed ?? "" },
        number: challenge.digits,
        state: open ? "open" : challenge.state === "exhausted" ? "exhausted" : "expired",
        expiresInSeconds: Math.max(0, Math.ceil((challenge.expiresAt - ports.clock()) / 1000)),
        screen: "login",
        noPhoneHref: `${at}/no-phone`,
        ...(open ? { qr: drawQr(printQrText({ kind: "login", challenge: challenge.digits, request: challenge.id })), statusHref: `${at}/status` } : {}),
        ...(extra.shownResponse === undefined ? {} : { shownResponse: extra.shownResponse }),
        ...(open && extra.notYet === true ? { notYet: true } : {}),
      };
      pages.show(context, "login/challenge", data, { ...around(visit), status: errors.length > 0 ? 422 : 200 });
    });

  const afterAsking = (context: Context, visit: Visit, asked: Asked): Outcome =>
    asked.kind === "locked" ? showLocked(context, visit, asked.until) : { kind: "to", path: "/challenge" };

  const proven = async (visit: Visit, accountId: string, at: number): Promise<Outcome> =>
    (await ports.pinned(visit, accountId))
      ? { kind: "login", accountId, acr: ACR, amr: AMR, at }
      : { kind: "refused", error: "login_required", description: "another account than the requested one signed in" };

  const first: StepHandler = async (context, visit) => {
    const current = await login.current(visit);
    if (current !== undefined && current.state !== "declined") return { kind: "to", path: "/challenge" };
    const hint = visit.params["login_hint"] ?? "";
    return showIdentifier(context, visit, parseIdentifier(hint) === undefined ? "" : hint, []);
  };

  const identifier: StepHandler = async (context, visit) => {
    const form = await readForm(context);
    if (form.get("action") === "register" && ports.registrationOpen) return { kind: "register" };
    if (form.get("action") === "decline") return cancelled(visit);
    const typed = form.get("identifier");
    const parsed = parseIdentifier(typed);
    if (parsed === undefined) {
      const code = typed.trim() === "" ? "empty" : "unrecognised";
      return showIdentifier(context, visit, typed.slice(0, 254), [{ field: "identifier", code }]);
    }
    return afterAsking(context, visit, await login.ask(context, visit, parsed));
  };

  const challenge: StepHandler = async (context, visit) => {
    const current = await login.current(visit);
    if (current === undefined || current.state === "declined") return { kind: "to", path: "" };
    if (current.state === "answered") return onwards(visit, current);
    return showChallenge(context, visit, current);
  };

  /** The number was answered already, here or in another tab of this browser: the result is the same. */
  const onwards = async (visit: Visit, current: ChallengeView): Promise<Outcome> => {
    const { accountId } = current.subject;
    if (accountId === undefined || current.answer === undefined) throw new Error("an answered challenge has no account");
    return proven(visit, accountId, current.answer.at);
  };

  const cancelled = async (visit: Visit) => {
    await login.decline(visit);
    return { kind: "refused" as const, error: "access_denied" as const, description: "the person declined to sign in" };
  };

  /** "It was not me": the page says that nobody got in, before the person goes back to a site that may have tricked them. */
  const declined = async (context: Context, visit: Visit): Promise<Outcome> => ({
    ...(await cancelled(visit)),
    farewell: (siteHref) => pages.show(context, "login/declined", { siteHref }, around(visit)),
  });

  const submit: StepHandler = async (context, visit) => {
    const form = await readForm(context);
    const current = await login.current(visit);
    if (current === undefined || current.state === "declined") return { kind: "to", path: "" };
    const action = form.get("action");
    switch (action) {
      case "decline":
        return declined(context, visit);
      case "new-challenge":
        return afterAsking(context, visit, await login.askAgain(context, visit, current));
      case "answered":
        return current.state === "answered" ? onwards(visit, current) : showChallenge(context, visit, current, { notYet: true });
      case "show-response":
        if (ports.peek === undefined) break;
        return showChallenge(context, visit, current, { shownResponse: (await ports.peek(current)) ?? "—" });
      // Enter in the field sends no button where a script sends the form.
      case "next":
      case "":
        return answer(context, visit, current, form.get("response"));
    }
    throw new Fault("invalid-request", { detail: "the page has no such button" });
  };

  const answer = async (context: Context, visit: Visit, current: ChallengeView, typed: string): Promise<Outcome> => {
    const parsed = parseResponse(typed);
    if (!parsed.ok) {
      const code = parsed.reason === "empty" ? "empty" : parsed.reason === "is-a-challenge" ? "check-number" : "malformed";
      return showChallenge(context, visit, current, { errors: [{ field: "response", code }], typed: typed.slice(0, 40) });
    }
    return judge(context, visit, await login.answer(context, visit, parsed.value), typed);
  };

  const judge = async (context: Context, visit: Visit, verdict: Verdict, typed: string): Promise<Outcome> => {
    switch (verdict.kind) {
      case "accepted":
        return proven(visit, verdict.accountId, verdict.answeredAt);
      case "locked":
        return showLocked(context, visit, verdict.until);
      case "wrong-response": {
        const { triesLeft } = verdict;
        const error: FieldError =
          verdict.otherMode === undefined
            ? { field: "response", code: "wrong", triesLeft, screen: "login" }
            : { field: "response", code: "other-screen", triesLeft, used: verdict.otherMode, wanted: "login" };
        const current = await login.current(visit);
        return current === undefined ? { kind: "to", path: "" } : showChallenge(context, visit, current, { errors: [error], typed });
      }
      // The page says what has become of the number, and offers a new one; what was typed would not fit it.
      case "expired":
      case "exhausted":
      case "already-used":
      case "declined":
        return { kind: "to", path: "/challenge" };
      default:
        return verdict satisfies never;
    }
  };

  const noPhone: StepHandler = async (context, visit) =>
    page(() => {
      const at = `/interaction/${visit.uid}`;
      const register = ports.registrationOpen ? { registerHref: `${at}/register` } : {};
      pages.show(context, "login/no-phone", { phoneHref: "/phone", backHref: at, ...register }, around(visit));
    });

  const status: StepHandler = async (context, visit) => {
    const current = await login.current(visit);
    return page(() => {
      context.body = { state: current?.state === "open" ? "waiting" : "moved" };
    });
  };

  const registered: StepHandler = async (context, visit) => {
    const account = await ports.justEnrolled(context);
    return account === undefined ? { kind: "to", path: "/identifier" } : afterAsking(context, visit, await login.askAccount(context, visit, account));
  };

  return {
    first,
    routes: [
      { method: "get", path: "/identifier", handler: async (context, visit) => showIdentifier(context, visit, "", []) },
      { method: "post", path: "/identifier", handler: identifier },
      { method: "get", path: "/challenge", handler: challenge },
      { method: "post", path: "/challenge", handler: submit },
      { method: "get", path: "/no-phone", handler: noPhone },
      { method: "get", path: "/register", handler: async () => ({ kind: "register" }) },
      { method: "get", path: "/status", handler: status },
      { method: "get", path: "/registered", handler: registered },
    ],
  };
}
