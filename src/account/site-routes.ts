import Router from "@koa/router";
import type { Context } from "koa";
import type { Audit } from "../audit/audit.ts";
import type { Millis } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import { seeOther } from "../http/redirect.ts";
import type { Scope, Views } from "../http/views.ts";
import type { Accounts } from "./account.ts";
import { pathOf } from "./sections.ts";
import { sitesOf } from "./store.ts";
import { ACCOUNT, type Present, type Visits } from "./visits.ts";

/** What a site may; a scope of a resource server's is named by its resource. */
interface Granted {
  clientId: string;
  scopes: readonly string[];
  ofResources: readonly { resource: string; scope: string }[];
  since: Millis;
}

/** A scope of the account itself, or one of a resource server's. */
interface Taken {
  scope: string;
  resource?: string | undefined;
}

export interface SiteRoutesPorts {
  database: Database;
  pages: Pages;
  visits: Visits;
  audit: Audit;
  accounts: Pick<Accounts, "wmidsFor" | "chooseWmid">;
  grants: {
    of(accountId: string): Promise<readonly Granted[]>;
    revoke(accountId: string, clientId: string): Promise<void>;
    takeBack(accountId: string, clientId: string, taken: Taken): Promise<void>;
  };
  /** Undefined for what is no site, or is ourselves. */
  site(clientId: string): { name: string; origin: string | undefined; firstParty: boolean } | undefined;
  /** What a resource server's scope is called; undefined for one that has left the clients file. */
  words(
    resource: string,
    scope: string,
  ): { server: string; words: { readonly en: string; readonly ru: string } } | undefined;
}

interface UsedSite {
  clientId: string;
  name: string;
  origin: string | undefined;
  firstParty: boolean;
  granted: Granted | undefined;
  lastAt: Millis | undefined;
}

const SITES = pathOf("sites");
/** With the longest names, a page of them stays under 30 kB. */
const AT_ONCE = 10;
const NO_WMIDS = { all: [], seen: undefined };
/** In the order of the page; `openid` is the sign-in itself. */
const SCOPES: readonly Scope[] = ["email", "phone", "profile", "wmid", "offline_access"];

/** The sites that I use, what each may, which WMID it sees, and the taking back of all that. */
export function createSiteRoutes(ports: SiteRoutesPorts): Router {
  const { database, visits, accounts, pages } = ports;
  const router = new Router({ prefix: SITES });
  const hrefOf = (clientId: string) => `${SITES}/${encodeURIComponent(clientId)}`;

  /** The last used first. */
  const used = async ({ account, sites }: Present): Promise<UsedSite[]> => {
    const [visited, granted] = await Promise.all([sitesOf(database, account.id), ports.grants.of(account.id)]);
    const lastOf = new Map(visited.map(({ clientId, at }) => [clientId, at]));
    const ids = new Set([...lastOf.keys(), ...granted.map(({ clientId }) => clientId), ...sites]);
    return [...ids]
      .flatMap((clientId) => {
        const site = ports.site(clientId);
        const own = granted.find((one) => one.clientId === clientId);
        return site === undefined ? [] : [{ ...site, clientId, granted: own, lastAt: lastOf.get(clientId) }];
      })
      .sort((one, other) => (other.lastAt ?? 0) - (one.lastAt ?? 0));
  };

  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const told = visits.told(context);
    const from = Number(/^\d{1,4}$/.exec(String(context.query["from"] ?? ""))?.[0] ?? 0);
    const all = await used(here);
    const data: Views["account/sites"] = {
      accountHref: ACCOUNT,
      ...(told === undefined ? {} : { told }),
      sites: all.slice(from, from + AT_ONCE).map(({ clientId, name, origin, lastAt }) => ({
        name,
        href: hrefOf(clientId),
        ...(origin === undefined ? {} : { origin }),
        ...(lastAt === undefined ? {} : { lastAt: new Date(lastAt) }),
      })),
      ...(all.length > from + AT_ONCE ? { moreHref: `${SITES}?from=${from + AT_ONCE}` } : {}),
      ...(from > 0 ? { firstHref: SITES } : {}),
    };
    pages.show(context, "account/sites", data, frame(here));
  });
  const frame = ({ account }: Present) => ({ signedIn: { email: account.email } });

  type Handler = (context: Context, here: Present, site: UsedSite) => Promise<void>;
  const ofOwn = (handler: Handler) => async (context: Context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const site = (await used(here)).find(({ clientId }) => clientId === context["params"]["client"]);
    if (site === undefined) throw new Fault("not-found", { detail: "the account uses no such site" });
    return handler(context, here, site);
  };

  router.get(
    "/:client",
    ofOwn(async (context, here, site) => {
      const { account } = here;
      const { granted } = site;
      const told = visits.told(context);
      const scopes = SCOPES.filter((scope) => granted?.scopes.includes(scope));
      const { all: wmids, seen } = scopes.includes("wmid")
        ? await accounts.wmidsFor(database, account.id, site.clientId)
        : NO_WMIDS;
      const data: Views["account/site"] = {
        action: hrefOf(site.clientId),
        sitesHref: SITES,
        ...(told === undefined ? {} : { told }),
        name: site.name,
        ...(site.origin === undefined ? {} : { origin: site.origin }),
        firstParty: site.firstParty,
        signsIn: granted?.scopes.includes("openid") === true,
        scopes,
        servers: serversOf(context, granted),
        ...(granted === undefined ? {} : { since: new Date(granted.since) }),
        ...(site.lastAt === undefined ? {} : { lastAt: new Date(site.lastAt) }),
        wmids,
        ...(seen === undefined ? {} : { wmid: seen }),
      };
      pages.show(context, "account/site", data, frame(here));
    }),
  );

  /** By server, in the page's language; what a server no longer offers is let to nobody. */
  const serversOf = (context: Context, granted: Granted | undefined) => {
    const language = pages.locale(context) === "ru" ? "ru" : "en";
    const named = (granted?.ofResources ?? []).flatMap((one) => {
      const known = ports.words(one.resource, one.scope);
      return known === undefined ? [] : [{ ...known, name: nameOf(one) }];
    });
    return [...Map.groupBy(named, ({ server }) => server)].map(([name, scopes]) => ({
      name,
      scopes: scopes.map((one) => ({ name: one.name, words: one.words[language] })),
    }));
  };

  router.post(
    "/:client",
    ofOwn(async (context, { account }, site) => {
      const form = await readForm(context);
      const [action, name, ...more] = form.get("action").split(" ");
      switch (more.length === 0 ? action : undefined) {
        case "revoke":
          await ports.grants.revoke(account.id, site.clientId);
          return visits.tell(context, "withdrawn", SITES);
        case "take-back": {
          const taken = takable(site).find((one) => nameOf(one) === name);
          // It was taken back before, as by the other click of two.
          if (taken === undefined) return seeOther(context, hrefOf(site.clientId));
          await ports.grants.takeBack(account.id, site.clientId, taken);
          return visits.tell(context, "taken-back", hrefOf(site.clientId));
        }
        case "wmid": {
          const { all } = site.granted?.scopes.includes("wmid")
            ? await accounts.wmidsFor(database, account.id, site.clientId)
            : NO_WMIDS;
          const wmid = all.find((one) => one === form.get("wmid"));
          // Nothing is chosen: the page shows what is.
          if (wmid === undefined) return seeOther(context, hrefOf(site.clientId));
          await database.transaction(async (sql) => {
            await accounts.chooseWmid(sql, account.id, site.clientId, wmid);
            const about = { accountId: account.id, clientId: site.clientId };
            await ports.audit.append(sql, { ...about, type: "consent.wmid-chosen", detail: {} });
          });
          return visits.tell(context, "wmid-chosen", hrefOf(site.clientId));
        }
        default:
          throw new Fault("invalid-request", { detail: "the page has no such button" });
      }
    }),
  );
  return router;
}

/** In a button; neither part has a space, and a resource no fragment (RFC 8707 section 2). */
function nameOf({ scope, resource }: Taken): string {
  return resource === undefined ? scope : `${resource}#${scope}`;
}

/** The operator's own sites ask nobody, and would have it again at once. */
function takable({ firstParty, granted }: UsedSite): readonly Taken[] {
  if (firstParty || granted === undefined) return [];
  return [
    ...SCOPES.filter((scope) => granted.scopes.includes(scope)).map((scope) => ({ scope })),
    ...granted.ofResources,
  ];
}
