import Router from "@koa/router";
import type { Context } from "koa";
import type { Database } from "../database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Cookies } from "../http/cookies.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { Views } from "../http/views.ts";
import { randomId } from "../random.ts";
import type { Account, Accounts } from "./account.ts";
import { phoneHint } from "./identifier.ts";
import { type Asker, requestAddress } from "./request.ts";
import type { Setting, Settings, StandingSetting, StandingSettings } from "./settings.ts";
import { sitesOf } from "./store.ts";

export interface AccountRoutesPorts {
  database: Database;
  pages: Pages;
  cookies: Cookies;
  accounts: Accounts;
  settings: Settings;
  standing: Pick<StandingSettings, "of">;
  /** Who is signed in at this browser with a response, and where the session has led. */
  signedIn(context: Context): Promise<{ accountId: string; sites: readonly string[] } | undefined>;
  /** Undefined for what is no site, or is ourselves. */
  site(clientId: string): { name: string; origin: string | undefined } | undefined;
  asker: Asker;
  /** The `acr` of a response to login. */
  acr: string;
}

type Told = NonNullable<Views["account/account"]["told"]>;

const PATH = "/account";
const TOLD: readonly Told[] = ["on", "off", "unchanged"];
/** In the cookie: what is to be told, or the state of the request that was sent out. */
const TELLING = "told:";
const ASKING = "state:";
/** With the longest names, a page of them stays under 30 kB. */
const AT_ONCE = 12;

interface Present {
  account: Account;
  sites: readonly string[];
}

/** The account page: what is on, the switches, and the way back from our own requests. */
export function createAccountRoutes(ports: AccountRoutesPorts): Router {
  const router = new Router({ prefix: PATH });
  const { database, cookies, asker } = ports;

  const present = async (context: Context): Promise<Present | undefined> => {
    const signedIn = await ports.signedIn(context);
    const account = signedIn && (await ports.accounts.byId(database, signedIn.accountId));
    return account === undefined || signedIn === undefined ? undefined : { account, sites: signedIn.sites };
  };

  const send = (context: Context, state: string, more: Readonly<Record<string, string>>) => {
    cookies.set(context, "account", `${ASKING}${state}`);
    seeOther(context, requestAddress(asker, state, more));
  };
  const toSignIn = (context: Context) => send(context, randomId(asker.random), { acr_values: ports.acr });

  const tell = (context: Context, told: Told) => {
    cookies.set(context, "account", `${TELLING}${told}`);
    seeOther(context, PATH);
  };

  router.get("/", async (context) => {
    const here = await present(context);
    if (here === undefined) return toSignIn(context);
    const cookie = cookies.get(context, "account") ?? "";
    const told = TOLD.find((one) => cookie === `${TELLING}${one}`);
    if (told !== undefined) cookies.clear(context, "account");
    await show(context, here, told);
  });

  const show = async (context: Context, { account, sites }: Present, told: Told | undefined) => {
    const standing = await ports.standing.of(database, account.id);
    const isOn = ({ demands, clientId }: Setting) =>
      standing.some((one) => one.demands === demands && one.clientId === clientId);
    const from = Number(/^\d{1,4}$/.exec(String(context.query["from"] ?? ""))?.[0] ?? 0);
    const all = siteList(await sitesOf(database, account.id), sites, standing);
    const data: Views["account/account"] = {
      action: PATH,
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
      ...(all.length > from + AT_ONCE ? { moreHref: `${PATH}?from=${from + AT_ONCE}` } : {}),
      ...(from > 0 ? { firstHref: PATH } : {}),
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
    const here = await present(context);
    if (here === undefined) return toSignIn(context);
    const { to, setting } = wishOf((await readForm(context)).get("action"));
    const { id: accountId } = here.account;
    if (to === "on") {
      await ports.settings.switchOn(accountId, setting);
      return tell(context, "on");
    }
    const standing = (await ports.standing.of(database, accountId)).find(
      ({ demands, clientId }) => demands === setting.demands && clientId === setting.clientId,
    );
    if (standing === undefined) return seeOther(context, PATH);
    const operation = ports.settings.operationFor(standing, ports.pages.locale(context));
    // Pinned to the account that pressed the button.
    const more = { login_hint: accountId, authorization_details: JSON.stringify([operation]) };
    send(context, operation.operation_id, more);
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
    const here = await present(context);
    const { state, error } = context.query;
    const asked = typeof state === "string" && state !== "" && cookies.get(context, "account") === `${ASKING}${state}`;
    // Another tab has asked since; who is signed in is shown how things are.
    if (!asked && here === undefined)
      throw new Fault("session-lost", { detail: "the answer is to no request of ours" });
    if (!asked) return seeOther(context, PATH);
    cookies.clear(context, "account");
    if (here === undefined) return ports.pages.show(context, "account/stopped", { againHref: PATH });
    if (!isOperation(state)) return seeOther(context, PATH);
    const told = error === undefined ? await ports.settings.switchOff(here.account.id, state) : "unchanged";
    tell(context, told);
  });

  return router;
}

/** The state of a request to confirm something is the operation's id; that of a sign-in has one part. */
function isOperation(state: string): boolean {
  return state.includes(".");
}
