import type { ChallengeView } from "../challenge/challenge.ts";
import type { StepRoute, Visit } from "../interaction/step.ts";
import type { Authentication } from "./authentication.ts";

/**
 * Whether a phone of the account shows the request. Undefined in a browser that is not signed in to this account: there a page says nothing
 * that depends on it (PROTOCOL 7).
 */
export function reachedFor({ accountId }: Visit, { subject, reached }: ChallengeView): boolean | undefined {
  return accountId !== undefined && accountId === subject.accountId ? reached : undefined;
}

/** Asked by the script of a page with a check number, under a path of the step: it goes on when the phone has answered. */
export function statusRoute(path: `/${string}`, authentication: Pick<Authentication, "current">): StepRoute {
  return {
    method: "get",
    path,
    async handler(context, visit) {
      const current = await authentication.current(visit);
      const state = current?.state;
      const reached = current !== undefined && state === "open" && reachedFor(visit, current) === true;
      context.body = {
        state: state === "open" ? "waiting" : state === "answered" ? "moved" : "over",
        ...(reached ? { reached } : {}),
      };
      return { kind: "page" };
    },
  };
}
