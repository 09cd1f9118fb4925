import type { Millis } from "../clock.ts";
import type { Sql } from "../database.ts";
import type { ResourceScope } from "../interaction/step.ts";

/** The scopes that an account has let a site have. */
export async function consentedScopes(
  sql: Sql,
  accountId: string,
  clientId: string,
): Promise<{ scopes: string[]; ofResources: Map<string, string[]> }> {
  return sorted(await keptScopes(sql, accountId, clientId));
}

/** All that an account has let sites have, with when it last did. */
export async function consentsOf(
  sql: Sql,
  accountId: string,
): Promise<{ clientId: string; scopes: string[]; ofResources: Map<string, string[]>; at: Millis }[]> {
  const rows = await sql.rows<{ client_id: string; scope: string; given_at: Millis }>(
    "SELECT client_id, scope, given_at FROM consent WHERE account_id = ?",
    [accountId],
  );
  return rows.map(({ client_id: clientId, scope, given_at: at }) => ({ clientId, ...sorted(listed(scope)), at }));
}

/** False where nothing was let. */
export async function withdrawConsent(sql: Sql, accountId: string, clientId: string): Promise<boolean> {
  await sql.rows("DELETE FROM wmid_choice WHERE account_id = ? AND client_id = ?", [accountId, clientId]);
  const statement = "DELETE FROM consent WHERE account_id = ? AND client_id = ? RETURNING client_id";
  return (await sql.first(statement, [accountId, clientId])) !== undefined;
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
  return row === undefined ? [] : listed(row.scope);
}

function listed(scope: string): string[] {
  return scope.split(" ").filter((one) => one !== "");
}

/** Those of the account itself, and those of resource servers by their resource. */
function sorted(kept: readonly string[]): { scopes: string[]; ofResources: Map<string, string[]> } {
  const ofResources = new Map<string, string[]>();
  const scopes: string[] = [];
  for (const one of kept) {
    const [resource = "", scope] = one.split("#");
    if (scope === undefined) scopes.push(one);
    else ofResources.set(resource, [...(ofResources.get(resource) ?? []), scope]);
  }
  return { scopes, ofResources };
}
