import type { Context } from "koa";
import type { Account } from "../account/account.ts";
import { parseIdentifier } from "../account/identifier.ts";
import type { Asked, Asking, AuthenticationVerdict } from "../authentication/authentication.ts";
import type { ByCode } from "../authentication/by-code.ts";
import { emailRoutes } from "../authentication/email-routes.ts";
import { statusRoute } from "../authentication/status-route.ts";
import type { ChallengeView } from "../challenge/challenge.ts";
import { parseResponse } from "../e-num/challenge.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { FieldError } from "../http/views.ts";
import type { Conclude, Outcome, Step, StepHandler, Visit } from "../interaction/step.ts";
import type { Locale } from "../locale/locale.ts";
import type { Ended } from "../request/ended.ts";
import { certificateRoutes } from "./by-certificate.ts";
import { passkeyRoute } from "./by-passkey.ts";
import { createBySms } from "./by-sms.ts";
import type { Conclusion, Login } from "./login.ts";
import { type ChallengeExtra, type LoginPages, STEP } from "./pages.ts";

export interface LoginStepPorts {
  login: Login;
  byCode: ByCode;
  asksForSms(visit: Visit): boolean;
  pages: LoginPages;
  locale(context: Context, uiLocales: string | undefined): Locale;
  registrationOpen: boolean;
  accountOf(id: string): Promise<Account | undefined>;
  /** The account that has just been enrolled in this browser, so that its owner need not type the e-mail again. */
  justEnrolled(context: Context): Promise<Account | undefined>;
  /** Whether the account is the one that the site pinned (PROTOCOL 8); true where it pinned none. */
  pinned(visit: Visit, accountId: string): Promise<boolean>;
  /** Undefined where nobody signs in by a client certificate. */
  certificateHref: ((visit: Visit) => string) | undefined;
  conclude: Conclude;
  /** What the page comes to where the phone has ended its request. */
  ended: Ended;
  /** In development only: the response that the account's phone would give. */
  peek: ((challenge: ChallengeView, mode: "login") => Promise<string | undefined>) | undefined;
}

/** A response in login mode: pad and PIN, and the device's key where it has signed (PROTOCOL 8). */
const ACR = "urn:e-num:acr:login";
const AMR = ["otp", "mfa"] as const;
const SIGNED_AMR = [...AMR, "swk"] as const;
/** A key of WebAuthn, and the finger, face or PIN by which its device knew the person (RFC 8176). */
const PASSKEY = { acr: "urn:e-num:acr:passkey", amr: ["pop", "user"] } as const;
/** A key of the own: whether it is in software or on a card is not known, nor that anybody was asked for a PIN. */
const CERTIFICATE = { acr: "urn:e-num:acr:certificate", amr: ["pop"] } as const;
/** A code by SMS. */
const SMS = { acr: "urn:e-num:acr:sms", amr: ["sms", "otp"] } as const;

export function createLoginStep(ports: LoginStepPorts): Step {
  const { login, pages } = ports;
  const asking = (context: Context, visit: Visit): Asking => ({
    context,
    visit,
    locale: ports.locale(context, visit.params["ui_locales"]),
    purpose: "login",
  });

  const afterAsking = (context: Context, visit: Visit, asked: Asked, typed: string): Outcome =>
    pages.afterAsking(context, visit, asked, () =>
      pages.identifier(context, visit, { typed, errors: [{ field: "identifier", code: "too-many" }] }),
    );

  const proven = async (
    visit: Visit,
    accountId: string,
    how: { acr: string; amr: readonly string[]; at: number },
  ): Promise<Extract<Outcome, { kind: "login" | "refused" }>> =>
    (await ports.pinned(visit, accountId))
      ? { kind: "login", accountId, ...how }
      : { kind: "refused", error: "login_required", description: "another account than the requested one signed in" };

  const conclusion = (context: Context, visit: Visit, how: { acr: string; amr: readonly string[] }): Conclusion => {
    let href: string | undefined;
    return {
      async concluding(sql, accountId, at) {
        const kept = await ports.conclude(context, visit, await proven(visit, accountId, { ...how, at }), sql);
        sql.afterwards(() => {
          href = kept;
        });
      },
      outcome: async (accountId, at) =>
        href === undefined ? proven(visit, accountId, { ...how, at }) : { kind: "concluded", href },
    };
  };

  /** The number was answered already, by the phone or in another tab of this browser: the result is the same. */
  const onwards = (visit: Visit, current: ChallengeView): Promise<Outcome> => {
    const { accountId } = current.subject;
    if (accountId === undefined || current.answer === undefined)
      throw new Error("an answered challenge has no account");
    const { at, signed } = current.answer;
    return proven(visit, accountId, { acr: ACR, amr: signed ? SIGNED_AMR : AMR, at });
  };
  /** As after a response that was typed here: the browser is known from now on, and its owner may open for others. */
  const answered = async (context: Context, visit: Visit, current: ChallengeView): Promise<Outcome> => {
    const { accountId } = current.subject;
    if (accountId === undefined) return onwards(visit, current);
    if (!(await login.carryOn(context, visit, { challengeId: current.id, accountId }))) return { kind: "to", path: "" };
    const closedOut = await login.closedOut(context, accountId);
    return closedOut ? { kind: "to", path: "/admission" } : onwards(visit, current);
  };

  const cancelled = async (visit: Visit) => {
    await login.decline(visit);
    return { kind: "refused" as const, error: "access_denied" as const, description: "the person declined to sign in" };
  };
  /** "It was not me": the page says that nobody got in, before the person goes back to a site that may have tricked them. */
  const declined = async (context: Context, visit: Visit): Promise<Outcome> => ({
    ...(await cancelled(visit)),
    farewell: (siteHref) => pages.declined(context, visit, siteHref),
  });

  const show = async (context: Context, visit: Visit, current: ChallengeView, extra: ChallengeExtra = {}) =>
    pages.challenge(context, visit, current, { ...extra, sms: await bySms.offered(visit, current.subject) });

  const bySms = createBySms({
    ...ports,
    declined,
    conclusion: (context, visit) => conclusion(context, visit, SMS),
    proven: (visit, accountId, at) => proven(visit, accountId, { ...SMS, at }),
    async tooMany(context, visit) {
      const current = await login.current(visit);
      if (current === undefined) return { kind: "to", path: "" };
      return show(context, visit, current, { errors: [{ field: "response", code: "too-many" }] });
    },
  });

  const askAccount = async (context: Context, visit: Visit, account: Account): Promise<Outcome> =>
    afterAsking(context, visit, await login.askAccount(asking(context, visit), account), "");

  const byPasskey = passkeyRoute({
    ...ports,
    asking,
    askAccount,
    conclusion: (context, visit) => conclusion(context, visit, PASSKEY),
  });

  const { certificateHref } = ports;
  const byCertificate =
    certificateHref === undefined
      ? []
      : certificateRoutes({
          ...ports,
          certificateHref,
          asking,
          askAccount,
          conclusion: (context, visit) => conclusion(context, visit, CERTIFICATE),
        });

  const first: StepHandler = async (context, visit) => {
    const current = await login.current(visit);
    const ended = ports.ended(context, visit, current);
    if (ended !== undefined) return ended;
    if (current !== undefined && current.state !== "declined") return { kind: "to", path: "/challenge" };
    if (current !== undefined && (await bySms.isDone(visit))) return { kind: "to", path: STEP.code };
    // Who is signed in and proves it once more need not type it again, unless the site means another: a hint that names nobody by itself is a `sub`.
    const meant = visit.accountId !== undefined && (await ports.pinned(visit, visit.accountId));
    const known = [visit.params["login_hint"], meant ? visit.signedIn?.email : undefined];
    const typed = known.find((one) => one !== undefined && parseIdentifier(one) !== undefined) ?? "";
    return pages.identifier(context, visit, { typed, errors: [] });
  };

  const identifier: StepHandler = async (context, visit) => {
    const form = await readForm(context);
    if (form.get("action") === "register" && ports.registrationOpen) return { kind: "register" };
    if (form.get("action") === "decline") return cancelled(visit);
    if (!["next", ""].includes(form.get("action"))) throw noSuchButton();
    const typed = form.get("identifier").slice(0, 254);
    const parsed = parseIdentifier(typed);
    if (parsed === undefined) {
      const code = typed.trim() === "" ? "empty" : "unrecognised";
      return pages.identifier(context, visit, { typed, errors: [{ field: "identifier", code }] });
    }
    return afterAsking(context, visit, await login.ask(asking(context, visit), parsed), typed);
  };

  const challenge: StepHandler = async (context, visit) => {
    const current = await login.current(visit);
    if (current === undefined || current.state === "declined") return { kind: "to", path: "" };
    return current.state === "answered" ? answered(context, visit, current) : show(context, visit, current);
  };

  const submit: StepHandler = async (context, visit) => {
    const form = await readForm(context);
    const current = await login.current(visit);
    if (current === undefined || current.state === "declined") return { kind: "to", path: "" };
    switch (form.get("action")) {
      case "decline":
        return declined(context, visit);
      case "new-challenge":
        return afterAsking(context, visit, await login.askAgain(asking(context, visit), current), "");
      case "answered":
        return current.state === "answered"
          ? answered(context, visit, current)
          : show(context, visit, current, { notYet: true });
      case "sms":
        return bySms.ask(context, visit);
      case "show-response":
        if (ports.peek === undefined) throw noSuchButton();
        return show(context, visit, current, { shownResponse: (await ports.peek(current, "login")) ?? "—" });
      // Enter in the field sends no button where a script sends the form.
      case "next":
      case "":
        return answer(context, visit, current, form.get("response").slice(0, 40));
      default:
        throw noSuchButton();
    }
  };

  const answer = async (context: Context, visit: Visit, current: ChallengeView, typed: string): Promise<Outcome> => {
    const wrong = (error: FieldError, now = current) => show(context, visit, now, { errors: [error], typed });
    const parsed = parseResponse(typed);
    if (!parsed.ok) {
      const code =
        parsed.reason === "empty" ? "empty" : parsed.reason === "is-a-challenge" ? "check-number" : "malformed";
      return wrong({ field: "response", code });
    }
    const { concluding, outcome } = conclusion(context, visit, { acr: ACR, amr: AMR });
    const verdict = await login.answer({ ...asking(context, visit), shown: current }, parsed.value, concluding);
    switch (verdict.kind) {
      case "accepted":
        return verdict.closedOut ? { kind: "to", path: "/admission" } : outcome(verdict.accountId, verdict.answeredAt);
      case "locked":
        return pages.locked(context, visit, verdict.until);
      case "closed-out":
        return pages.closedOut(context, visit);
      case "too-many":
        return wrong({ field: "response", code: "too-many" });
      case "wrong-response":
        return wrong(wrongResponse(verdict), (await login.current(visit)) ?? current);
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

  /** Only for who has just answered in a browser that the owner knows. */
  const admission =
    (decide: (context: Context, visit: Visit, accountId: string) => Promise<Outcome | undefined>): StepHandler =>
    async (context, visit) => {
      const current = await login.current(visit);
      if (current?.state !== "answered" || current.subject.accountId === undefined) return { kind: "to", path: "" };
      const { accountId } = current.subject;
      const closedOut = await login.closedOut(context, accountId);
      return (closedOut ? await decide(context, visit, accountId) : undefined) ?? onwards(visit, current);
    };
  const showAdmission = admission(async (context, visit) => pages.admission(context, visit));
  const submitAdmission = admission(async (context, visit, accountId) => {
    const form = await readForm(context);
    if (form.get("action") === "admit") await login.admit(visit, accountId);
    return undefined;
  });

  const registered: StepHandler = async (context, visit) => {
    const account = await ports.justEnrolled(context);
    if (account === undefined) return { kind: "to", path: "/identifier" };
    return askAccount(context, visit, account);
  };

  return {
    first,
    routes: [
      {
        method: "get",
        path: "/identifier",
        handler: async (context, visit) => pages.identifier(context, visit, { typed: "", errors: [] }),
      },
      { method: "post", path: "/identifier", handler: identifier },
      { method: "get", path: "/challenge", handler: challenge },
      { method: "post", path: "/challenge", handler: submit },
      ...emailRoutes("/email-code", { authentication: login, asking, show: pages.emailCode, afterAsking, declined }),
      ...bySms.routes,
      byPasskey,
      ...byCertificate,
      { method: "get", path: "/admission", handler: showAdmission },
      { method: "post", path: "/admission", handler: submitAdmission },
      { method: "get", path: "/no-phone", handler: async (context, visit) => pages.noPhone(context, visit) },
      { method: "get", path: "/register", handler: async () => ({ kind: "register" }) },
      { method: "get", path: "/registered", handler: registered },
      statusRoute("/status", login),
    ],
  };
}

function wrongResponse({
  triesLeft,
  otherMode,
}: Extract<AuthenticationVerdict, { kind: "wrong-response" }>): FieldError {
  return otherMode === undefined || otherMode === "operation" || otherMode === "renew"
    ? { field: "response", code: "wrong", triesLeft, screen: "login" }
    : { field: "response", code: "other-screen", triesLeft, used: otherMode, wanted: "login" };
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
