import Router from "@koa/router";
import type { Context } from "koa";
import type { Audit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import type { Pages } from "../http/page.ts";
import type { Views } from "../http/views.ts";
import { FRESH } from "./own-operation.ts";
import { pathOf } from "./sections.ts";
import { ACCOUNT, type Present, type Visits } from "./visits.ts";

/** A session of the account; `name` is a digest, and so is a browser's. */
interface SessionHere {
  name: string;
  since: Millis | undefined;
  sites: readonly string[];
  browser: { browser?: string | undefined; userAgent: string; ip: string; country?: string | undefined } | undefined;
}

export interface SessionRoutesPorts {
  database: Database;
  pages: Pages;
  clock: Clock;
  visits: Visits;
  audit: Audit;
  sessions: {
    list(accountId: string): Promise<readonly SessionHere[]>;
    nameOf(session: string): string;
  };
  /** With what sites were granted in them. */
  endSessions(accountId: string, which: { kind: "one" | "others"; name: string }): Promise<void>;
  browsers: {
    current(context: Context): string | undefined;
    list(
      sql: Sql,
      accountId: string,
    ): Promise<
      readonly {
        digest: string;
        userAgent: string | undefined;
        country: string | undefined;
        firstAt: Millis;
        lastAt: Millis;
      }[]
    >;
    forgetOne(sql: Sql, accountId: string, digest: string): Promise<boolean>;
  };
  /** `Firefox 140, Windows`, of what a browser calls itself. */
  browserName(userAgent: string): string;
  siteName(clientId: string): string | undefined;
}

const SESSIONS = pathOf("sessions");
/** Of each, with the longest names, so that a page stays under 30 kB; the others come when these are gone. */
const SHOWN = 6;
/** As we make digests; what a stranger writes instead goes to no database. */
const DIGEST = /^[\w-]{1,64}$/;
const SITES_SHOWN = 3;

/** Where the account is signed in, and the browsers that E-num knows from before; either can be ended. */
export function createSessionRoutes(ports: SessionRoutesPorts): Router {
  const { database, visits, sessions, browsers } = ports;
  const router = new Router({ prefix: SESSIONS });

  /** Who throws others out and stays in has just shown who they are (OWASP ASVS 7.5.2); whoever leaves as well need not. */
  const isFresh = ({ since }: Present) => since !== undefined && since > ports.clock() - FRESH;

  router.get("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const { account } = here;
    const told = visits.told(context);
    const [there, known] = await Promise.all([sessions.list(account.id), browsers.list(database, account.id)]);
    const own = sessions.nameOf(here.session);
    const current = browsers.current(context);
    const data: Views["account/sessions"] = {
      action: SESSIONS,
      accountHref: ACCOUNT,
      ...(told === undefined ? {} : { told }),
      sessions: ordered(there, own)
        .slice(0, SHOWN)
        .map((one) => describe(one, own)),
      more: there.length > SHOWN,
      fresh: isFresh(here),
      known: known.slice(0, SHOWN).map(({ digest, userAgent, country, firstAt, lastAt }) => ({
        digest,
        ...named(userAgent),
        ...(country === undefined ? {} : { country }),
        firstAt: new Date(firstAt),
        lastAt: new Date(lastAt),
        here: digest === current,
      })),
      moreKnown: known.length > SHOWN,
    };
    ports.pages.show(context, "account/sessions", data, { signedIn: { email: account.email } });
  });

  const describe = ({ name, since, sites, browser }: SessionHere, own: string) => ({
    name,
    ...named(browser?.userAgent),
    ...(browser?.country === undefined ? {} : { country: browser.country }),
    ...(browser === undefined || browser.ip === "" ? {} : { ip: browser.ip }),
    ...(since === undefined ? {} : { since: new Date(since) }),
    sites: sites.flatMap((clientId) => ports.siteName(clientId) ?? []).slice(0, SITES_SHOWN),
    here: name === own,
  });
  const named = (userAgent: string | undefined) =>
    userAgent === undefined || userAgent === "" ? {} : { browser: ports.browserName(userAgent).slice(0, 80) };

  router.post("/", async (context) => {
    const here = await visits.present(context);
    if (here === undefined) return visits.toSignIn(context);
    const action = (await readForm(context)).get("action");
    const [what, name = "", ...more] = action.split(" ");
    const isName = more.length === 0 && DIGEST.test(name);
    const ends = (what === "end" && isName) || (what === "end-others" && name === "");
    if (action === "again" || (ends && !isFresh(here))) return visits.toSignIn(context, { prompt: "login" }, SESSIONS);
    if (what === "end-others" && name === "") {
      await ports.endSessions(here.account.id, { kind: "others", name: sessions.nameOf(here.session) });
      return visits.tell(context, "ended-others", SESSIONS);
    }
    if (what === "end" && isName) {
      await ports.endSessions(here.account.id, { kind: "one", name });
      return visits.tell(context, "ended", SESSIONS);
    }
    if (what === "forget" && isName) {
      await forget(here, name);
      return visits.tell(context, "forgotten", SESSIONS);
    }
    throw new Fault("invalid-request", { detail: "the page has no such button" });
  });

  const forget = ({ account }: Present, digest: string) =>
    database.transaction(async (sql) => {
      if (!(await browsers.forgetOne(sql, account.id, digest))) return;
      await ports.audit.append(sql, { type: "browser.forgotten", accountId: account.id, detail: {} });
    });

  return router;
}

/** This one first. */
function ordered(sessions: readonly SessionHere[], own: string): SessionHere[] {
  return [...sessions.filter(({ name }) => name === own), ...sessions.filter(({ name }) => name !== own)];
}
