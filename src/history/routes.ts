import { Readable } from "node:stream";
import Router from "@koa/router";
import type { Context } from "koa";
import { Fault } from "../errors.ts";
import type { AccountViews } from "../http/account-views.ts";
import type { Pages } from "../http/page.ts";
import type { Entry } from "./entry.ts";
import { csvOf, jsonOf } from "./export.ts";
import type { History } from "./history.ts";
import { KINDS, parseSearch, type Search, writeCursor } from "./rules.ts";

export interface HistoryRoutesPorts {
  history: History;
  pages: Pages;
  visits: {
    present(context: Context): Promise<{ account: { id: string; email: string } } | undefined>;
    toSignIn(context: Context): void;
  };
  /** The sites that the account has used, for the search. */
  sites(accountId: string): Promise<readonly { clientId: string; name: string }[]>;
  /** How a confirmation of the account's own was given, and its receipt; undefined for another's. */
  confirmed(accountId: string, id: string, context: Context): Promise<Confirmed | undefined>;
  /** Where the pages are, and the one that they are behind. */
  paths: { history: string; account: string; verify: string };
}

export type Confirmed = Omit<AccountViews["account/confirmation"], "historyHref" | "verifyHref">;

/** So many sites to choose from, the last used first, keep the page small. */
const SITES = 10;

/** What has happened, as pages, as a table and as data; and one confirmation with its receipt. */
export function createHistoryRoutes(ports: HistoryRoutesPorts): Router {
  const { history, pages, visits, paths } = ports;
  const router = new Router();

  type Handler = (context: Context, account: { id: string; email: string }, search: Search) => Promise<void> | void;
  const searching = (handler: Handler) => async (context: Context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const search = parseSearch(context.query);
    if ("wrong" in search) throw new Fault("invalid-request", { detail: `${search.wrong}: ${HELP[search.wrong]}` });
    await handler(context, here.account, search);
  };

  router.get(
    paths.history,
    searching(async (context, account, search) => {
      const locale = pages.locale(context);
      const [{ entries, next }, sites] = await Promise.all([
        history.page(account.id, search, locale),
        ports.sites(account.id),
      ]);
      const values = valuesOf(context);
      const asked = new URLSearchParams(Object.entries(values).filter(([, value]) => value !== ""));
      const at = (path: string, more: Record<string, string> = {}) => {
        const query = new URLSearchParams([...asked, ...Object.entries(more)]).toString();
        return query === "" ? path : `${path}?${query}`;
      };
      const data: AccountViews["account/history"] = {
        action: paths.history,
        accountHref: paths.account,
        values,
        kinds: KINDS,
        sites: sites.slice(0, SITES).map(({ clientId, name }) => ({ clientId, name })),
        entries: entries.map((entry) => shown(entry, paths.history)),
        csvHref: at(`${paths.history}.csv`),
        jsonHref: at(`${paths.history}.json`),
        ...(next === undefined ? {} : { olderHref: at(paths.history, { before: writeCursor(next) }) }),
        ...(search.before === undefined ? {} : { newestHref: at(paths.history) }),
      };
      pages.show(context, "account/history", data, { signedIn: { email: account.email } });
    }),
  );

  const exported = (
    type: string,
    ending: string,
    written: (context: Context, entries: AsyncGenerator<Entry>) => AsyncGenerator<string>,
  ) =>
    router.get(
      `${paths.history}.${ending}`,
      searching((context, account, search) => {
        context.type = type;
        context.set("Content-Disposition", `attachment; filename="e-num-history.${ending}"`);
        const entries = history.all(account.id, search, pages.locale(context));
        context.body = Readable.from(written(context, entries));
      }),
    );
  exported("text/csv; charset=utf-8; header=present", "csv", (context, entries) =>
    csvOf(entries, pages.locale(context)),
  );
  exported("application/json; charset=utf-8", "json", (_context, entries) => jsonOf(entries));

  router.get(`${paths.history}/:id`, async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const id = String(context["params"]["id"]);
    const confirmed = /^[\w-]{1,64}$/.test(id) ? await ports.confirmed(here.account.id, id, context) : undefined;
    if (confirmed === undefined) throw new Fault("not-found", { detail: "the account has no such confirmation" });
    const data = { ...confirmed, historyHref: paths.history, verifyHref: paths.verify };
    pages.show(context, "account/confirmation", data, { signedIn: { email: here.account.email } });
  });
  return router;
}

const HELP = {
  kind: `one of ${KINDS.join(", ")}`,
  site: "a site's client_id",
  from: "a day, as 2026-11-25",
  to: "a day, as 2026-11-25",
  q: "at most 100 characters",
  before: "follow the link of the page before",
};

function valuesOf(context: Context): AccountViews["account/history"]["values"] {
  const of = (name: string) => String(context.query[name] ?? "").trim();
  return { kind: of("kind"), site: of("site"), from: of("from"), to: of("to"), q: of("q") };
}

function shown({ at, title, site, device, details, confirmation }: Entry, path: string) {
  return {
    at,
    title,
    details,
    ...(site === undefined ? {} : { site: site.name }),
    ...(device === undefined ? {} : { device }),
    ...(confirmation === undefined ? {} : { href: `${path}/${confirmation}` }),
  };
}
