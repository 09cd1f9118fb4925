import type { KoaContextWithOIDC } from "oidc-provider";
import type { Accounts } from "../account/account.ts";
import type { Database, Sql } from "../database.ts";
import { wmidIsClear } from "./claims.ts";
import { asksForOperation } from "./operations.ts";

export interface GrantPorts {
  database: Database;
  accounts: Accounts;
  /** What the person has let a site have before. */
  consentedScopes(sql: Sql, accountId: string, clientId: string): Promise<string[]>;
}

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
  const loginHint = typeof params?.["login_hint"] === "string" ? params["login_hint"] : undefined;
  // Asked in each request for a WMID, since a hint that names one of several is remembered as the choice.
  const clear = !scopes.has("wmid") || (await wmidIsClear(ports, { accountId, clientId, loginHint }));

  const firstParty = client["first_party"] === true;
  const free = firstParty
    ? scopes
    : new Set(existing === undefined ? await ports.consentedScopes(ports.database, accountId, clientId) : []);
  const granted = new Set(existing?.getOIDCScope().split(" "));
  const missing = [...scopes].filter((scope) => free.has(scope) && !granted.has(scope) && (scope !== "wmid" || clear));
  const claims = firstParty ? [...context.oidc.requestParamClaims] : [];
  // An operation's code hangs on a grant as well, also where no scope is asked for.
  const needed = existing === undefined && asksForOperation(context);
  if (missing.length === 0 && claims.length === 0 && !needed) return existing;

  const grant = existing ?? new provider.Grant({ accountId, clientId });
  if (missing.length > 0) grant.addOIDCScope(missing.join(" "));
  if (claims.length > 0) grant.addOIDCClaims(claims);
  await grant.save();
  return grant;
}
