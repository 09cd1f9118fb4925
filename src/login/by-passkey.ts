import type { Context } from "koa";
import type { Account } from "../account/account.ts";
import type { Asking } from "../authentication/authentication.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Outcome, StepRoute, Visit } from "../interaction/step.ts";
import type { Conclusion, Login } from "./login.ts";
import { type LoginPages, STEP } from "./pages.ts";

export interface ByPasskeyPorts {
  login: Login;
  pages: LoginPages;
  asking(context: Context, visit: Visit): Asking;
  accountOf(id: string): Promise<Account | undefined>;
  conclusion(context: Context, visit: Visit): Conclusion;
  /** On to the check number of this account. */
  askAccount(context: Context, visit: Visit, account: Account): Promise<Outcome>;
}

/** A sign-in by a passkey, from the page that asks for the identifier. Who is closed out elsewhere comes in so: nothing can be guessed here. */
export function passkeyRoute(ports: ByPasskeyPorts): StepRoute {
  const again = (context: Context, visit: Visit, code: "refused" | "expired" | "too-many") =>
    ports.pages.identifier(context, visit, { typed: "", errors: [{ field: "passkey", code }] });
  return {
    method: "post",
    path: STEP.passkey,
    async handler(context, visit) {
      const form = await readForm(context);
      if (!["passkey", ""].includes(form.get("action")))
        throw new Fault("invalid-request", { detail: "the page has no such button" });
      const { concluding, outcome } = ports.conclusion(context, visit);
      const asking = ports.asking(context, visit);
      const verdict = await ports.login.answerPasskey(asking, form.get("credential"), concluding);
      if (verdict.kind !== "right") return again(context, visit, verdict.kind);
      const { accountId, at, demandsResponse } = verdict.done;
      if (!demandsResponse) return outcome(accountId, at);
      const account = await ports.accountOf(accountId);
      return account === undefined ? again(context, visit, "refused") : ports.askAccount(context, visit, account);
    },
  };
}
