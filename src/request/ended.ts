import type { Context } from "koa";
import type { ChallengeView } from "../challenge/challenge.ts";
import type { Pages } from "../http/page.ts";
import type { Outcome, Visit } from "../interaction/step.ts";

/** What a page comes to whose request has ended without it; undefined for one that has not, or that was declined on the page itself. */
export type Ended = (
  context: Context,
  visit: Visit,
  current: ChallengeView | undefined,
) => Promise<Outcome> | undefined;

export interface EndedPorts {
  pages: Pages;
  /** The confirmation of the same operation, by another request. */
  former(visit: Visit): Promise<string>;
}

/** The site is told what a page would have told it, and by whom; before, a page says that it was on the phone. */
export function createEnded({ pages, former }: EndedPorts): Ended {
  const refused = async (context: Context, visit: Visit, reason: string): Promise<Outcome> => {
    switch (reason) {
      case "foreign":
        return denied("a WMID of the operation is not the account's own");
      case "refused":
        return denied("refused by policy");
      case "other-account":
        return {
          kind: "refused",
          error: "login_required",
          description: "another account than the requested one is here",
        };
      case "already-confirmed": {
        const description = `already confirmed: ${await former(visit)}`;
        return { kind: "refused", error: "invalid_authorization_details", description };
      }
      default:
        return {
          ...denied(`declined by the person on the phone: ${reason}`),
          farewell: (siteHref) =>
            pages.show(
              context,
              "request/declined",
              { siteHref, alarmed: reason === "not_me" },
              { site: visit.site, uiLocales: visit.params["ui_locales"], status: 200 },
            ),
        };
    }
  };
  return (context, visit, current) =>
    current?.state === "declined" && current.endReason !== undefined
      ? refused(context, visit, current.endReason)
      : undefined;
}

function denied(description: string): Extract<Outcome, { kind: "refused" }> {
  return { kind: "refused", error: "access_denied", description };
}
