import Router from "@koa/router";
import type { Context } from "koa";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { Views } from "../http/views.ts";
import { pathOf } from "./sections.ts";
import type { Setting, Settings, StandingSetting, StandingSettings } from "./settings.ts";
import { sitesOf } from "./store.ts";
import { ACCOUNT, type Present, type Visits } from "./visits.ts";

export interface CareRoutesPorts {
  database: Database;
  pages: Pages;
  visits: Visits;
  settings: Settings;
  standing: Pick<StandingSettings, "of">;
  /** Undefined for what is no site, or is ourselves. */
  site(clientId: string): { name: string; origin: string | undefined } | undefined;
}

const CARE = pathOf("care");
/** With the longest names, a page of them stays under 30 kB. */
const AT_ONCE = 5;

/** The switches by which a person demands more than the policy does; off they go by a confirmed operation. */
export function createCareRoutes(ports: CareRoutesPorts): Router {
  const router = new Router({ prefix: CARE });
  const { database, visits } = ports;

  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    await show(context, here);
  });

  const show = async (context: Context, here: Present) => {
    const { account, sites } = here;
    const told = visits.told(context);
    const standing = await ports.standing.of(database, account.id);
    const isOn = ({ demands, clientId }: Setting) =>
      standing.some((one) => one.demands === demands && one.clientId === clientId);
    const from = Number(/^\d{1,4}$/.exec(String(context.query["from"] ?? ""))?.[0] ?? 0);
    const visited = (await sitesOf(database, account.id)).map(({ clientId }) => clientId);
    const all = siteList(visited, sites, standing);
    const data: Views["account/care"] = {
      action: CARE,
      accountHref: ACCOUNT,
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
      ...(all.length > from + AT_ONCE ? { moreHref: `${CARE}?from=${from + AT_ONCE}` } : {}),
      ...(from > 0 ? { firstHref: CARE } : {}),
    };
    ports.pages.show(context, "account/care", data, { signedIn: { email: account.email } });
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
    const { id: accountId } = here.account;
    const { to, setting } = wishOf((await readForm(context)).get("action"));
    if (to === "on") {
      await ports.settings.switchOn(accountId, setting);
      return visits.tell(context, "on", CARE);
    }
    const standing = (await ports.standing.of(database, accountId)).find(
      ({ demands, clientId }) => demands === setting.demands && clientId === setting.clientId,
    );
    if (standing === undefined) return seeOther(context, CARE);
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

  return router;
}
