/**
 * Owns the step in which a person lets a site see something: scopes, and which WMID. First-party sites come here only as native apps,
 * whose name nobody vouches for.
 * What is granted in a session is kept in oidc-provider's Grant; what was ever let, and the choice among several WMIDs, for each site here,
 * so that a person is asked once and not after each sign-out.
 */
import type { Context } from "koa";
import type Provider from "oidc-provider";
import type { Account, Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { readForm } from "../http/body.ts";
import { statusOf } from "../http/field-errors.ts";
import type { Pages } from "../http/page.ts";
import type { FieldError, Scope } from "../http/views.ts";
import { around, type Outcome, pathOf, type ResourceWords, type Step, type Visit } from "../interaction/step.ts";
import type { Wmid } from "../wmid.ts";
import { keepConsent, keptAs } from "./store.ts";

export interface ConsentPorts {
  database: Database;
  clock: Clock;
  provider: () => Provider;
  accounts: Accounts;
  audit: Audit;
  pages: Pages;
  /** Whether an app asks that anybody could pose as. */
  isApp(visit: Visit): boolean;
  /** Of the account itself: whose words say what a claim tells. */
  scopeOfClaim(claim: string): string | undefined;
  /** How long a site may use what it was let have: after a sign-in, and in an absence after its last use and in all. */
  lasting: { minutes: number; away: { days: number; most: number } };
  /** What a resource server's scope is called. */
  words: ResourceWords;
}

/** In the order of the page; `openid` is the sign-in itself and is not asked about. */
const SCOPES: readonly Scope[] = ["email", "phone", "profile", "wmid", "offline_access"];

interface Asked {
  account: Account;
  scopes: Scope[];
  /** More than one only where the person is to choose. */
  wmids: Wmid[];
  /** The site has, or gets, access in the person's absence. */
  forAbsence: boolean;
}

/** Claims are let for this session: what is kept is whole scopes. */
function isOfClaimsAlone({ missing }: Visit): boolean {
  return missing.claims.length > 0 && missing.scopes.length === 0 && missing.ofResources.length === 0;
}

const hasAbsence = (scopes: string | undefined) => scopes?.split(" ").includes("offline_access") === true;

export function createConsentStep(ports: ConsentPorts): Step {
  /**
   * By the request as oidc-provider leaves it, which drops the scope without `prompt=consent`; or by the grant, whose refresh tokens have what is
   * let now as well.
   */
  const isForAbsence = async ({ params, grantId }: Visit): Promise<boolean> =>
    hasAbsence(params["scope"]) ||
    (grantId !== undefined && hasAbsence((await ports.provider().Grant.find(grantId))?.getOIDCScope()));

  const read = async (visit: Visit): Promise<Asked> => {
    const account =
      visit.accountId === undefined ? undefined : await ports.accounts.byId(ports.database, visit.accountId);
    if (account === undefined) throw new Fault("session-lost", { detail: "nobody is signed in" });
    const claimed = visit.missing.claims.map(ports.scopeOfClaim);
    const scopes = SCOPES.filter((scope) => visit.missing.scopes.includes(scope) || claimed.includes(scope));
    const wmids = scopes.includes("wmid") ? await ports.accounts.wmids(ports.database, account.id) : [];
    const hinted = wmids.filter((wmid) => wmid === visit.params["login_hint"]);
    return { account, scopes, wmids: hinted.length === 1 ? hinted : wmids, forAbsence: await isForAbsence(visit) };
  };

  const show = (context: Context, visit: Visit, asked: Asked, errors: readonly FieldError[]): Outcome => {
    const values: Partial<Record<Scope, string>> = { email: asked.account.email, phone: asked.account.phone };
    const [only] = asked.wmids;
    if (only !== undefined && asked.wmids.length === 1) values.wmid = only;
    ports.pages.show(
      context,
      "consent/consent",
      {
        action: pathOf(visit, "/consent"),
        errors,
        values: {},
        asked: asked.scopes.map((scope) => ({
          scope,
          ...(values[scope] === undefined ? {} : { value: values[scope] }),
        })),
        wmids: asked.wmids,
        app: ports.isApp(visit),
        remembered: !ports.isApp(visit) && !isOfClaimsAlone(visit),
        lasts: asked.forAbsence ? ports.lasting.away : { minutes: ports.lasting.minutes },
        servers: serversOf(context, visit),
      },
      around(visit, statusOf(errors)),
    );
    return { kind: "page" };
  };

  /** By server, in the order of the request, in the page's language. */
  const serversOf = (context: Context, visit: Visit): { name: string; scopes: string[] }[] => {
    const language = ports.pages.locale(context, visit.params["ui_locales"]) === "ru" ? "ru" : "en";
    const servers = new Map<string, string[]>();
    for (const { resource, scope } of visit.missing.ofResources) {
      const known = ports.words(resource, scope);
      if (known === undefined) throw new Fault("site-gone", { detail: `${resource} no longer knows ${scope}` });
      servers.set(known.server, [...(servers.get(known.server) ?? []), known.words[language]]);
    }
    return [...servers].map(([name, scopes]) => ({ name, scopes }));
  };

  const allow = async (context: Context, visit: Visit, chosen: string): Promise<Outcome> => {
    const asked = await read(visit);
    const wmid = asked.wmids.length > 1 ? asked.wmids.find((candidate) => candidate === chosen) : asked.wmids[0];
    if (asked.wmids.length > 1 && wmid === undefined)
      return show(context, visit, asked, [{ field: "wmid", code: "not-chosen" }]);
    const scopes = [...visit.missing.scopes, ...visit.missing.ofResources.map(keptAs)];
    const grantId = await grant(visit, asked.account.id);
    await ports.database.transaction(async (sql) => {
      await keepConsent(sql, asked.account.id, visit.site.clientId, ["openid", ...scopes], ports.clock());
      if (wmid !== undefined) await ports.accounts.chooseWmid(sql, asked.account.id, visit.site.clientId, wmid);
      const about = { accountId: asked.account.id, clientId: visit.site.clientId };
      await ports.audit.append(sql, { ...about, type: "consent.given", detail: { scope: scopes.join(" ") } });
    });
    return { kind: "consent", grantId };
  };

  /** Adds what the site still lacks to its grant; a grant is one account's with one client (oidc-provider's Grant). */
  const grant = async (visit: Visit, accountId: string): Promise<string> => {
    const { Grant } = ports.provider();
    const existing = visit.grantId === undefined ? undefined : await Grant.find(visit.grantId);
    const granted = existing ?? new Grant({ accountId, clientId: visit.site.clientId });
    if (visit.missing.scopes.length > 0) granted.addOIDCScope(visit.missing.scopes.join(" "));
    if (visit.missing.claims.length > 0) granted.addOIDCClaims([...visit.missing.claims]);
    for (const { resource, scope } of visit.missing.ofResources) granted.addResourceScope(resource, scope);
    return granted.save();
  };

  return {
    first: async (context, visit) => show(context, visit, await read(visit), []),
    routes: [
      {
        method: "post",
        path: "/consent",
        async handler(context, visit) {
          const form = await readForm(context);
          switch (form.get("action")) {
            case "allow":
              return allow(context, visit, form.get("wmid"));
            case "decline": {
              const about = { accountId: visit.accountId, clientId: visit.site.clientId };
              await ports.audit.append(ports.database, { ...about, type: "consent.declined", detail: {} });
              return { kind: "refused", error: "access_denied", description: "the person declined the consent" };
            }
          }
          throw new Fault("invalid-request", { detail: "the page has no such button" });
        },
      },
      {
        method: "get",
        path: "/consent",
        handler: async (context, visit) => show(context, visit, await read(visit), []),
      },
    ],
  };
}
