import type { Context } from "koa";
import type { Subject } from "../challenge/challenge.ts";
import type { CodeView } from "../code/code.ts";
import { parseCode } from "../code/digits.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { FieldError } from "../http/views.ts";
import type { Outcome, StepRoute, Visit } from "../interaction/step.ts";
import type { Authentication } from "./authentication.ts";
import type { ByCode, ByCodeVerdict, CodeAsked, CodeAsking } from "./by-code.ts";
import type { CodePage } from "./code-page.ts";
import type { ProvingPages } from "./pages.ts";

type Refused = Exclude<ByCodeVerdict, { kind: "accepted" }>;

export interface CodeRoutesPorts {
  byCode: Pick<ByCode, "ask" | "current">;
  authentication: Pick<Authentication, "current">;
  pages: ProvingPages;
  asking(context: Context, visit: Visit): CodeAsking;
  /** Shows the page of the code; `limited` where from this address none can be sent now. */
  show(context: Context, visit: Visit, view: CodeView | undefined, page?: CodePage): Promise<Outcome>;
  /** Whether the site's request takes a code, and of who is signed in, whether the account does. */
  offered(visit: Visit, subject: Subject): Promise<boolean>;
  /** Judges six digits, or says what became of the visit otherwise. */
  answer(context: Context, visit: Visit, code: string): Promise<{ refused: Refused } | { outcome: Outcome }>;
  /** The code was right before, in another tab or before a crash. */
  answered(visit: Visit, view: CodeView): Promise<Outcome>;
  /** `reason`: as the form has it, where it asks for one. */
  declined(context: Context, visit: Visit, reason: string): Promise<Outcome>;
  /** Too many codes by e-mail: the page with the check number says so. */
  tooMany(context: Context, visit: Visit): Promise<Outcome>;
}

export interface CodeRoutes {
  routes: StepRoute[];
  /** The button `sms` of the page with the check number. */
  ask(context: Context, visit: Visit): Promise<Outcome>;
  /** Where asking has led to. */
  afterAsking(context: Context, visit: Visit, asked: CodeAsked): Outcome | Promise<Outcome>;
}

/** The page of a code by SMS, under a path of the step that offers it; `email` is the step's page of the code that comes before it. */
export function codeRoutes(paths: { code: `/${string}`; email: `/${string}` }, ports: CodeRoutesPorts): CodeRoutes {
  const { byCode, pages } = ports;

  const afterAsking = (context: Context, visit: Visit, asked: CodeAsked): Outcome | Promise<Outcome> => {
    switch (asked.kind) {
      case "sent":
      case "too-soon":
        return { kind: "to", path: paths.code };
      case "email-code":
        return { kind: "to", path: paths.email };
      case "locked":
        return pages.locked(context, visit, asked.until);
      case "closed-out":
        return pages.closedOut(context, visit);
      case "too-many":
        return asked.what === "mail"
          ? ports.tooMany(context, visit)
          : ports.show(context, visit, undefined, { limited: true });
      default:
        return asked satisfies never;
    }
  };

  /** For whom the page with the check number has asked. */
  const ask = async (context: Context, visit: Visit): Promise<Outcome> => {
    const current = await ports.authentication.current(visit);
    if (current === undefined) return { kind: "to", path: "" };
    if (!(await ports.offered(visit, current.subject))) throw noSuchButton();
    return afterAsking(context, visit, await byCode.ask(ports.asking(context, visit), current.subject));
  };

  const refused = async (context: Context, visit: Visit, verdict: Refused): Promise<Outcome> => {
    const view = await byCode.current(visit);
    const wrong = (error: FieldError) => ports.show(context, visit, view, { errors: [error] });
    switch (verdict.kind) {
      case "wrong-code":
        return wrong({ field: "code", code: "wrong", triesLeft: verdict.triesLeft });
      case "locked":
        return pages.locked(context, visit, verdict.until);
      case "closed-out":
        return pages.closedOut(context, visit);
      case "too-many":
        return wrong({ field: "code", code: "too-many" });
      // The page says what has become of the code, and offers another.
      case "expired":
        return ports.show(context, visit, view, { over: true });
      case "exhausted":
      case "already-used":
        return { kind: "to", path: paths.code };
      default:
        return verdict satisfies never;
    }
  };

  const resend = async (context: Context, visit: Visit, view: CodeView): Promise<Outcome> => {
    if (!(await ports.offered(visit, view.subject))) return { kind: "to", path: "" };
    const asked = await byCode.ask(ports.asking(context, visit), view.subject);
    if (asked.kind === "too-soon") return ports.show(context, visit, view, { told: "too-soon" });
    if (asked.kind !== "sent") return afterAsking(context, visit, asked);
    return ports.show(context, visit, await byCode.current(visit), { told: "sent" });
  };

  const submit = async (context: Context, visit: Visit): Promise<Outcome> => {
    const form = await readForm(context);
    const view = await byCode.current(visit);
    if (view === undefined) return { kind: "to", path: "" };
    switch (form.get("action")) {
      case "decline":
        return ports.declined(context, visit, form.get("reason"));
      case "resend":
        return view.state === "answered" ? ports.answered(visit, view) : resend(context, visit, view);
      // Enter in the field sends no button where a script sends the form.
      case "next":
      case "": {
        const typed = form.get("code").slice(0, 40);
        const code = parseCode(typed);
        if (code === undefined)
          return ports.show(context, visit, view, {
            errors: [{ field: "code", code: typed.trim() === "" ? "empty" : "malformed" }],
          });
        const judged = await ports.answer(context, visit, code);
        return "refused" in judged ? refused(context, visit, judged.refused) : judged.outcome;
      }
      default:
        throw noSuchButton();
    }
  };

  return {
    ask,
    afterAsking,
    routes: [
      {
        method: "get",
        path: paths.code,
        async handler(context, visit) {
          const view = await byCode.current(visit);
          if (view === undefined || view.state === "declined") return { kind: "to", path: "" };
          return view.state === "answered" ? ports.answered(visit, view) : ports.show(context, visit, view);
        },
      },
      { method: "post", path: paths.code, handler: submit },
    ],
  };
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
