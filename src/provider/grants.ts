import type { KoaContextWithOIDC } from "oidc-provider";
import type { Accounts } from "../account/account.ts";
import type { Database, Sql } from "../database/database.ts";
import { wmidIsClear } from "./claims.ts";
import { asksForOperation } from "./operations.ts";

export interface GrantPorts {
  database: Database;
  accounts: Accounts;
  /** What the person has let a site have before. */
  consented(sql: Sql, accountId: string, clientId: string): Promise<Consented>;
}

/** Scopes of the account itself, and those of resource servers by their resource. */
export interface Consented {
  scopes: readonly string[];
  ofResources: ReadonlyMap<string, readonly string[]>;
}

const NOTHING: Consented = { scopes: [], ofResources: new Map() };

/**
 * The grant under which a request goes on; undefined, or one that lacks something, leads to the consent page. First-party sites are the
 * operator's own: what they ask for is granted without a page. Other sites are granted in a new session what the person has let them
 * have before. A WMID is granted so only where it is clear which one is meant: only the person can know.
 */
export async function loadGrant(ports: GrantPorts, context: KoaContextWithOIDC) {
  const { client, session, result, provider, params, requestParamOIDCScopes: scopes } = context.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const { clientId } = client;
  const { accountId } = session;
  const grantId = result?.consent?.grantId ?? session.grantIdFor(clientId);
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const firstParty = client["first_party"] === true;
  // Another site's hint is shown on the consent page: without one, a guess in a hidden frame would tell it which WMIDs are one person's.
  const hint = firstParty ? params?.["login_hint"] : undefined;
  const loginHint = typeof hint === "string" ? hint : undefined;
  // Asked in each request for a WMID, since a hint that names one of several is remembered as the choice.
  const clear = !scopes.has("wmid") || (await wmidIsClear(ports, { accountId, clientId, loginHint }));

  const consented =
    firstParty || existing !== undefined ? NOTHING : await ports.consented(ports.database, accountId, clientId);
  const free = firstParty ? scopes : new Set(consented.scopes);
  const granted = new Set(existing?.getOIDCScope().split(" "));
  const missing = [...scopes].filter((scope) => free.has(scope) && !granted.has(scope) && (scope !== "wmid" || clear));
  const claims = firstParty ? [...context.oidc.requestParamClaims] : [];
  const ofResources = lackingAtResources(context, existing, firstParty ? undefined : consented);
  // An operation's code hangs on a grant as well, also where no scope is asked for.
  const needed = existing === undefined && asksForOperation(context);
  if (missing.length === 0 && claims.length === 0 && ofResources.length === 0 && !needed) return existing;

  const grant = existing ?? new provider.Grant({ accountId, clientId });
  if (missing.length > 0) grant.addOIDCScope(missing.join(" "));
  if (claims.length > 0) grant.addOIDCClaims(claims);
  for (const { resource, scope } of ofResources) grant.addResourceScope(resource, scope);
  await grant.save();
  return grant;
}

/** The scopes of resource servers that this request asks for, that are free and not granted yet; without `consented` all are free. */
function lackingAtResources(
  { oidc: { resourceServers = {}, requestParamScopes: asked } }: KoaContextWithOIDC,
  existing: { getResourceScope(resource: string): string } | undefined,
  consented: Consented | undefined,
): { resource: string; scope: string }[] {
  return Object.entries(resourceServers).flatMap(([resource, { scopes }]) => {
    const had = new Set(existing?.getResourceScope(resource).split(" "));
    const free = consented === undefined ? scopes : new Set(consented.ofResources.get(resource));
    const lacking = [...asked].filter((scope) => scopes.has(scope) && free.has(scope) && !had.has(scope));
    return lacking.length === 0 ? [] : [{ resource, scope: lacking.join(" ") }];
  });
}
