import type { Context } from "koa";
import type { Account } from "../account/account.ts";
import type { Asking } from "../authentication/authentication.ts";
import { REFUSALS, type Refusal } from "../certificate/proving.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import { seeOther } from "../http/redirect.ts";
import type { Outcome, StepRoute, Visit } from "../interaction/step.ts";
import type { Conclusion, Login } from "./login.ts";
import { type LoginPages, STEP } from "./pages.ts";

export interface ByCertificatePorts {
  login: Login;
  pages: LoginPages;
  /** The address at the origin that asks browsers for certificates, for this visit. */
  certificateHref(visit: Visit): string;
  asking(context: Context, visit: Visit): Asking;
  accountOf(id: string): Promise<Account | undefined>;
  conclusion(context: Context, visit: Visit): Conclusion;
  /** On to the check number of this account. */
  askAccount(context: Context, visit: Visit, account: Account): Promise<Outcome>;
}

/** A sign-in by a client certificate: away to the origin that asks for one, and back with what came of it. */
export function certificateRoutes(ports: ByCertificatePorts): StepRoute[] {
  const again = (context: Context, visit: Visit, code: Refusal) =>
    ports.pages.identifier(context, visit, { typed: "", errors: [{ field: "certificate", code }] });
  return [
    {
      method: "post",
      path: STEP.certificate,
      async handler(context, visit) {
        if (!["certificate", ""].includes((await readForm(context)).get("action")))
          throw new Fault("invalid-request", { detail: "the page has no such button" });
        seeOther(context, ports.certificateHref(visit));
        return { kind: "page" };
      },
    },
    {
      method: "get",
      path: STEP.certificate,
      async handler(context, visit) {
        const { refused, proof } = context.query;
        const why = REFUSALS.find((one) => one === refused);
        if (why !== undefined) return again(context, visit, why);
        // Its button posts: who comes here by hand has nothing to show.
        if (typeof proof !== "string") return { kind: "to", path: "" };
        const { concluding, outcome } = ports.conclusion(context, visit);
        const verdict = await ports.login.answerCertificate(ports.asking(context, visit), proof, concluding);
        if (verdict.kind !== "right") return again(context, visit, verdict.kind);
        const { accountId, at, demandsResponse } = verdict.done;
        if (!demandsResponse) return outcome(accountId, at);
        const account = await ports.accountOf(accountId);
        return account === undefined ? again(context, visit, "foreign") : ports.askAccount(context, visit, account);
      },
    },
  ];
}
