import type { Context } from "koa";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import { codeErrors } from "../http/field-errors.ts";
import type { FieldError } from "../http/views.ts";
import type { Outcome, StepRoute, Visit } from "../interaction/step.ts";
import type { Authentication } from "./authentication.ts";
import type { EmailVerdict } from "./email-proof.ts";

/** What follows from the right code, a check number or an SMS, is the step's own. */
export interface EmailRoutesPorts<Asking extends Parameters<Authentication["resendEmail"]>[0], Asked> {
  authentication: Pick<Authentication, "awaitsEmail" | "resendEmail"> & {
    answerEmail(asking: Asking, typed: string): Promise<{ verdict: EmailVerdict; asked: Asked | undefined }>;
  };
  asking(context: Context, visit: Visit): Asking;
  show(context: Context, visit: Visit, errors: readonly FieldError[], extra?: { resent: boolean }): Outcome;
  afterAsking(context: Context, visit: Visit, asked: Asked, typed: string): Outcome | Promise<Outcome>;
  declined(context: Context, visit: Visit): Promise<Outcome>;
}

/** The page on which an unknown browser proves the account's e-mail, under a path of the step that needs it. */
export function emailRoutes<Asking extends Parameters<Authentication["resendEmail"]>[0], Asked>(
  path: `/${string}`,
  ports: EmailRoutesPorts<Asking, Asked>,
): StepRoute[] {
  const { authentication, show } = ports;
  const submit = async (context: Context, visit: Visit): Promise<Outcome> => {
    const form = await readForm(context);
    const asking = ports.asking(context, visit);
    switch (form.get("action")) {
      case "decline":
        return ports.declined(context, visit);
      case "resend":
        return (await authentication.resendEmail(asking))
          ? show(context, visit, [], { resent: true })
          : show(context, visit, [{ field: "code", code: "too-many" }]);
      case "next":
      case "": {
        const typed = form.get("code").trim();
        if (typed === "") return show(context, visit, [{ field: "code", code: "empty" }]);
        const { verdict, asked } = await authentication.answerEmail(asking, typed);
        return asked === undefined
          ? show(context, visit, codeErrors(verdict))
          : ports.afterAsking(context, visit, asked, "");
      }
      default:
        throw new Fault("invalid-request", { detail: "the page has no such button" });
    }
  };
  return [
    {
      method: "get",
      path,
      handler: async (context, visit) =>
        (await authentication.awaitsEmail(visit)) ? show(context, visit, []) : { kind: "to", path: "" },
    },
    { method: "post", path, handler: submit },
  ];
}
