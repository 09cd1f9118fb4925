import Router from "@koa/router";
import type { Context } from "koa";
import { pathOf } from "../account/sections.ts";
import { ACCOUNT, type Present, type Visits } from "../account/visits.ts";
import { type Clock, MINUTE, type Millis } from "../clock.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Cookies } from "../http/cookies.ts";
import type { DeletionTold } from "../http/deletion-views.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import { type Deletion, deletesAccount } from "./deletion.ts";

export interface DeletionRoutesPorts {
  deletion: Deletion;
  /** With a code by SMS as well: who never had a phone client, or has lost it, can close the account. */
  visits: Visits;
  pages: Pages;
  cookies: Cookies;
  clock: Clock;
}

export const DELETION = pathOf("deletion");
const CONFIRM = `${DELETION}/confirm`;
const TOLD: readonly DeletionTold[] = ["stopped", "unchanged"];
/** Without a phone's word, the sign-in itself is the proof, and is to be one of now (ASVS 5.0, 7.5.1). */
const RECENT: Millis = 10 * MINUTE;

/** What a deletion is, how it is confirmed, and until when it can be stopped. */
export function createDeletionRoutes(ports: DeletionRoutesPorts): Router {
  const { deletion, visits, pages, cookies } = ports;
  const router = new Router({ prefix: DELETION });
  const tell = (context: Context, told: DeletionTold) => {
    cookies.set(context, "deletion", told);
    seeOther(context, DELETION);
  };
  const toldNow = (context: Context): DeletionTold | undefined => {
    const cookie = cookies.get(context, "deletion");
    const told = TOLD.find((one) => one === cookie);
    if (told !== undefined) cookies.clear(context, "deletion");
    return told;
  };
  const signedIn = (handler: (context: Context, here: Present) => Promise<void> | void) => async (context: Context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    // This page says it itself.
    delete context.state["endsAt"];
    await handler(context, here);
  };
  const frame = ({ account }: Present) => ({ signedIn: { email: account.email } });

  router.get(
    "/",
    signedIn(async (context, here) => {
      const told = toldNow(context);
      const { endsAt } = here.account;
      const askedBy = endsAt === undefined ? undefined : await deletion.askedBy(here.account.id);
      const waits =
        endsAt === undefined || askedBy === undefined ? {} : { waits: { endsAt: new Date(endsAt), askedBy } };
      const data = {
        action: "waits" in waits ? DELETION : CONFIRM,
        ...waits,
        dataHref: pathOf("data"),
        ...(told === undefined ? {} : { told }),
        accountHref: ACCOUNT,
      };
      pages.show(context, "deletion/own", data, frame(here));
    }),
  );
  router.post(
    "/",
    signedIn(async (context, here) => {
      if ((await readForm(context)).get("action") !== "stop") throw noSuchButton();
      tell(context, await deletion.stop(here.account.id, "account"));
    }),
  );
  router.get(
    "/confirm",
    signedIn((context, here) => {
      if (here.account.endsAt !== undefined) return seeOther(context, DELETION);
      pages.show(context, "deletion/confirm", { action: CONFIRM, backHref: ACCOUNT }, frame(here));
    }),
  );
  router.post(
    "/confirm",
    signedIn(async (context, here) => {
      switch ((await readForm(context)).get("action")) {
        case "confirm":
          return visits.toConfirm(context, here.account.id, deletion.operation(pages.locale(context)));
        case "ask": {
          if (here.since === undefined || here.since <= ports.clock() - RECENT)
            return visits.toSignIn(context, { prompt: "login" });
          const outcome = await deletion.ask(here.account, here.session);
          return outcome === "unchanged" ? tell(context, outcome) : seeOther(context, DELETION);
        }
        default:
          throw noSuchButton();
      }
    }),
  );
  router.get("/callback", async (context) => {
    const here = await visits.present(context);
    const { state, error } = context.query;
    // Another tab has asked since, or the person did not sign in: the page shows how things are, or asks again.
    if (here === undefined || !visits.isAnswer(context, state)) return seeOther(context, DELETION);
    // Signed in, or once more for what is about to be asked for.
    if (!deletesAccount(state)) return seeOther(context, DELETION);
    if (error !== undefined) return tell(context, "unchanged");
    const outcome = await deletion.confirm(here.account, here.session, state);
    if (outcome === "unchanged") return tell(context, outcome);
    seeOther(context, DELETION);
  });
  return router;
}

function noSuchButton(): Fault {
  return new Fault("invalid-request", { detail: "the page has no such button" });
}
