import type { StepRoute } from "../interaction/step.ts";
import type { Authentication } from "./authentication.ts";

/** Asked by the script of a page with a check number, under a path of the step: it goes on when the phone has answered. */
export function statusRoute(path: `/${string}`, authentication: Pick<Authentication, "current">): StepRoute {
  return {
    method: "get",
    path,
    async handler(context, visit) {
      const state = (await authentication.current(visit))?.state;
      context.body = { state: state === "open" ? "waiting" : state === "answered" ? "moved" : "over" };
      return { kind: "page" };
    },
  };
}
