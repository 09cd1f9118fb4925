import type { Millis } from "../clock.ts";
import type { Sql } from "../database.ts";
import type { ResourceScope } from "../interaction/step.ts";

/** The scopes that an account has let a site have. */
export async function consentedScopes(
  sql: Sql,
  accountId: string,
  clientId: string,
): Promise<{ scopes: string[]; ofResources: Map<string, string[]> }> {
  const ofResources = new Map<string, string[]>();
  const scopes: string[] = [];
  for (const kept of await keptScopes(sql, accountId, clientId)) {
    const [resource = "", scope] = kept.split("#");
    if (scope === undefined) scopes.push(kept);
    else ofResources.set(resource, [...(ofResources.get(resource) ?? []), scope]);
  }
  return { scopes, ofResources };
}

/** What was let before stays; each scope is kept once. */
export async function keepConsent(
  sql: Sql,
  accountId: string,
  clientId: string,
  scopes: readonly string[],
  now: Millis,
): Promise<void> {
  const all = new Set([...(await keptScopes(sql, accountId, clientId)), ...scopes]);
  await sql.rows(
    `INSERT INTO consent (account_id, client_id, scope, given_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (account_id, client_id) DO UPDATE SET scope = excluded.scope, given_at = excluded.given_at`,
    [accountId, clientId, [...all].join(" "), now],
  );
}

/** How a resource server's scope is kept beside the others: a resource has no fragment (RFC 8707 section 2), and neither part a space. */
export function keptAs({ resource, scope }: ResourceScope): string {
  return `${resource}#${scope}`;
}

async function keptScopes(sql: Sql, accountId: string, clientId: string): Promise<string[]> {
  const row = await sql.first<{ scope: string }>("SELECT scope FROM consent WHERE account_id = ? AND client_id = ?", [
    accountId,
    clientId,
  ]);
  return row === undefined ? [] : row.scope.split(" ").filter((scope) => scope !== "");
}
