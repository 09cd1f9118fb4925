import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { ResourceScope } from "../interaction/step.ts";

const KEPT = "SELECT scope FROM consent WHERE account_id = ? AND client_id = ?";
const FIRST = `
  INSERT INTO consent (account_id, client_id, scope, given_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (account_id, client_id) DO NOTHING RETURNING client_id`;
const ADD = `
  UPDATE consent SET scope = ?, given_at = ? WHERE account_id = ? AND client_id = ? AND scope = ? RETURNING client_id`;
const NARROW = `
  UPDATE consent SET scope = ? WHERE account_id = ? AND client_id = ? AND scope = ? RETURNING client_id`;
const FORGET_CHOICE = "DELETE FROM wmid_choice WHERE account_id = ? AND client_id = ?";

/** The scopes that an account has let a site have. */
export async function consentedScopes(
  sql: Sql,
  accountId: string,
  clientId: string,
): Promise<{ scopes: string[]; ofResources: Map<string, string[]> }> {
  return sorted(listed((await keptText(sql, accountId, clientId)) ?? ""));
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
  await sql.rows(FORGET_CHOICE, [accountId, clientId]);
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
  for (;;) {
    const former = await keptText(sql, accountId, clientId);
    const all = [...new Set([...listed(former ?? ""), ...scopes])].join(" ");
    // Guarded by what was read: what somebody takes back meanwhile does not come back by this.
    const rows =
      former === undefined
        ? await sql.rows(FIRST, [accountId, clientId, all, now])
        : await sql.rows(ADD, [all, now, accountId, clientId, former]);
    if (rows.length === 1) return;
  }
}

/** One scope is let no more, by the name under which it is kept; false where it was not let. */
export async function narrowConsent(sql: Sql, accountId: string, clientId: string, scope: string): Promise<boolean> {
  if (scope === "wmid") await sql.rows(FORGET_CHOICE, [accountId, clientId]);
  for (;;) {
    const former = await keptText(sql, accountId, clientId);
    const all = listed(former ?? "");
    if (former === undefined || !all.includes(scope)) return false;
    const rest = all.filter((one) => one !== scope).join(" ");
    if ((await sql.rows(NARROW, [rest, accountId, clientId, former])).length === 1) return true;
  }
}

/** How a resource server's scope is kept beside the others: a resource has no fragment (RFC 8707 section 2), and neither part a space. */
export function keptAs({ resource, scope }: ResourceScope): string {
  return `${resource}#${scope}`;
}

async function keptText(sql: Sql, accountId: string, clientId: string): Promise<string | undefined> {
  return (await sql.first<{ scope: string }>(KEPT, [accountId, clientId]))?.scope;
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
