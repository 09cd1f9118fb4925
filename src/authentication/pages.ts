import type { Context } from "koa";
import type { Millis } from "../clock.ts";
import { statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import type { FieldError } from "../http/views.ts";
import { around, type Outcome, pathOf, type Visit } from "../interaction/step.ts";
import type { Asked } from "./authentication.ts";

/** What a step says of its own: the purpose, and its pages' paths under `/interaction/:uid`. */
export interface ProvingStep {
  purpose: "login" | "operation";
  challenge: string;
  emailCode: string;
  /** Where another identifier is given. */
  identifier: string;
}

/** Pages that every step has on which a person proves an account, whatever it is for. */
export interface ProvingPages {
  emailCode(context: Context, visit: Visit, errors: readonly FieldError[], extra?: { resent: boolean }): Outcome;
  locked(context: Context, visit: Visit, until: Millis): Outcome;
  closedOut(context: Context, visit: Visit): Outcome;
  /** Where asking has led to; `tooMany` shows the step's own page with that error. */
  afterAsking(context: Context, visit: Visit, asked: Asked, tooMany: () => Outcome): Outcome;
}

export function createProvingPages(ports: { pages: Pages; development: boolean }, step: ProvingStep): ProvingPages {
  const { pages } = ports;
  const page: Outcome = { kind: "page" };
  const siteHref = (visit: Visit) => (visit.site.href === undefined ? {} : { siteHref: visit.site.href });

  const locked: ProvingPages["locked"] = (context, visit, until) => {
    const data = { until: new Date(until), ...siteHref(visit) };
    if (step.purpose === "login")
      pages.show(context, "login/locked", { ...data, recoveryHref: "/recovery" }, around(visit, 429));
    else pages.show(context, "confirmation/locked", data, around(visit, 429));
    return page;
  };
  const closedOut: ProvingPages["closedOut"] = (context, visit) => {
    const command = ports.development ? { command: "npm run phone -- admit" } : {};
    const data = { againHref: pathOf(visit, step.identifier), ...siteHref(visit), ...command };
    pages.show(context, "login/closed-out", data, around(visit, 429));
    return page;
  };
  return {
    locked,
    closedOut,
    emailCode(context, visit, errors, { resent } = { resent: false }) {
      const [action, otherHref] = [pathOf(visit, step.emailCode), pathOf(visit, step.identifier)];
      const data = { action, errors, values: {}, otherHref, resent };
      pages.show(context, "login/email-code", data, around(visit, statusOf(errors)));
      return page;
    },
    afterAsking(context, visit, asked, tooMany) {
      switch (asked.kind) {
        case "asked":
          return { kind: "to", path: step.challenge };
        case "email-code":
          return { kind: "to", path: step.emailCode };
        case "locked":
          return locked(context, visit, asked.until);
        case "closed-out":
          return closedOut(context, visit);
        case "too-many":
          return tooMany();
        default:
          return asked satisfies never;
      }
    },
  };
}
