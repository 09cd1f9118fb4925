import Router from "@koa/router";
import type { Context } from "koa";
import type { Database } from "../database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { AccountTold, DeviceList } from "../http/device-views.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { Views } from "../http/views.ts";
import type { Accounts } from "./account.ts";
import { phoneHint } from "./identifier.ts";
import { BETWEEN } from "./own-operation.ts";
import type { Setting, Settings, StandingSetting, StandingSettings } from "./settings.ts";
import { sitesOf } from "./store.ts";
import { ACCOUNT, type Present, type Visits } from "./visits.ts";

export interface AccountRoutesPorts {
  database: Database;
  pages: Pages;
  visits: Visits;
  accounts: Accounts;
  settings: Settings;
  standing: Pick<StandingSettings, "of">;
  /** Undefined for what is no site, or is ourselves. */
  site(clientId: string): { name: string; origin: string | undefined } | undefined;
  /** The account's phones, as the page shows them. */
  devices(here: Present): Promise<DeviceList>;
  /** What is changed by a confirmed operation that is not about a setting. */
  changes: readonly Change[];
  /** Ends every session of the account, this one too, with what sites were granted in them. */
  signOutEverywhere(accountId: string): Promise<void>;
}

/** What an operation of ours leads to once it is confirmed. */
export interface Change {
  knows(operationId: string): boolean;
  /** What there is to tell, or where the person goes on. */
  finish(context: Context, accountId: string, operationId: string): Promise<AccountTold | { to: string }>;
}

/** With the longest names, a page of them and of five phones stays under 30 kB. */
const AT_ONCE = 5;

/** The account page: what is on, the switches, and the way back from our own requests. */
export function createAccountRoutes(ports: AccountRoutesPorts): Router {
  const router = new Router({ prefix: ACCOUNT });
  const { database, visits } = ports;

  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    await show(context, here, visits.told(context));
  });

  const show = async (context: Context, here: Present, told: AccountTold | undefined) => {
    const { account, sites } = here;
    const standing = await ports.standing.of(database, account.id);
    const isOn = ({ demands, clientId }: Setting) =>
      standing.some((one) => one.demands === demands && one.clientId === clientId);
    const from = Number(/^\d{1,4}$/.exec(String(context.query["from"] ?? ""))?.[0] ?? 0);
    const all = siteList(await sitesOf(database, account.id), sites, standing);
    const data: Views["account/account"] = {
      action: ACCOUNT,
      devices: await ports.devices(here),
      email: account.email,
      phone: phoneHint(account.phone),
      wmids: await ports.accounts.wmids(database, account.id),
      ...(told === undefined ? {} : { told }),
      settings: (["no-sms", "operation"] as const).map((demands) => ({
        demands,
        on: isOn({ demands, clientId: undefined }),
      })),
      sites: all.slice(from, from + AT_ONCE).map(({ clientId, name, origin }) => ({
        clientId,
        name,
        ...(origin === undefined ? {} : { origin }),
        on: isOn({ demands: "login", clientId }),
      })),
      ...(all.length > from + AT_ONCE ? { moreHref: `${ACCOUNT}?from=${from + AT_ONCE}` } : {}),
      ...(from > 0 ? { firstHref: ACCOUNT } : {}),
    };
    ports.pages.show(context, "account/account", data, { signedIn: { email: account.email } });
  };

  /** Those where it is on come first: what can be switched off is to be found. */
  const siteList = (signedIn: readonly string[], session: readonly string[], standing: readonly StandingSetting[]) => {
    const on = standing.flatMap(({ demands, clientId }) =>
      demands === "login" && clientId !== undefined ? [clientId] : [],
    );
    return [...new Set([...on, ...signedIn, ...session])].flatMap((clientId) => {
      const site = ports.site(clientId);
      return site === undefined ? [] : [{ clientId, ...site }];
    });
  };

  router.post("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const action = (await readForm(context)).get("action");
    const { id: accountId } = here.account;
    if (action === "sign-out") {
      await ports.signOutEverywhere(accountId);
      return ports.pages.show(context, "signing-out/done", {});
    }
    const { to, setting } = wishOf(action);
    if (to === "on") {
      await ports.settings.switchOn(accountId, setting);
      return visits.tell(context, "on");
    }
    const standing = (await ports.standing.of(database, accountId)).find(
      ({ demands, clientId }) => demands === setting.demands && clientId === setting.clientId,
    );
    if (standing === undefined) return seeOther(context, ACCOUNT);
    visits.toConfirm(context, accountId, ports.settings.operationFor(standing, ports.pages.locale(context)));
  });

  const wishOf = (action: string): { to: "on" | "off"; setting: Setting } => {
    const [to, demands, clientId, ...more] = action.split(" ");
    const noSuchButton = new Fault("invalid-request", { detail: "the page has no such button" });
    if ((to !== "on" && to !== "off") || more.length > 0) throw noSuchButton;
    if ((demands === "no-sms" || demands === "operation") && clientId === undefined)
      return { to, setting: { demands, clientId } };
    if (demands !== "login" || clientId === undefined || ports.site(clientId) === undefined) throw noSuchButton;
    return { to, setting: { demands, clientId } };
  };

  router.get("/callback", async (context) => {
    const here = await visits.present(context);
    const { state, error } = context.query;
    if (!visits.isAnswer(context, state)) {
      // Another tab has asked since; who is signed in is shown how things are.
      if (here === undefined) throw new Fault("session-lost", { detail: "the answer is to no request of ours" });
      return seeOther(context, ACCOUNT);
    }
    if (here === undefined) return ports.pages.show(context, "account/stopped", { againHref: ACCOUNT });
    if (!isOperation(state)) return seeOther(context, ACCOUNT);
    if (error !== undefined) return visits.tell(context, "unchanged");
    const change = ports.changes.find(({ knows }) => knows(state));
    const done = await (change === undefined
      ? ports.settings.switchOff(here.account.id, state)
      : change.finish(context, here.account.id, state));
    if (typeof done === "string") visits.tell(context, done);
    else seeOther(context, done.to);
  });

  return router;
}

/** The state of a request to confirm something is the operation's id; that of a sign-in has one part. */
function isOperation(state: string): boolean {
  return state.includes(BETWEEN);
}
