import type { Sql } from "../database/database.ts";
import type { Sealer } from "../secrecy.ts";
import { placeOfRecord } from "./adapter.ts";
import { scopeOfClaim } from "./claims.ts";

/** A scope of the account itself, or one of a resource server's. */
export interface Taken {
  scope: string;
  resource?: string | undefined;
}

/** oidc-provider's Grant, as far as one scope can be taken from it; lists of scopes have spaces between them. */
export interface NarrowedGrant {
  openid?: { scope?: string; claims?: string[] };
  resources?: Record<string, string>;
}

/** What hangs on a grant, as far as it says what it is good for. */
interface StoredToken {
  scope?: string;
  aud?: string;
  /** An operation's: it has no scope to take. */
  rar?: unknown;
  expiresWithSession?: boolean;
}

interface Row {
  model: string;
  id: string;
  payload_sealed: string;
}

const GRANTS = `
  SELECT model, id, payload_sealed FROM oidc WHERE account_id = ? AND model = 'Grant' AND client_id = ?`;
const AGAIN = "SELECT model, id, payload_sealed FROM oidc WHERE model = ? AND id = ?";
const TOKENS = `
  SELECT model, id, payload_sealed FROM oidc WHERE grant_id = ? AND model IN ('AccessToken', 'RefreshToken')`;
/** By what was read: a request may have added to it meanwhile, and that stays. */
const REWRITE = "UPDATE oidc SET payload_sealed = ? WHERE model = ? AND id = ? AND payload_sealed = ? RETURNING id";
const END = "DELETE FROM oidc WHERE model = ? AND id = ?";

export function scopesOf(scope: string | undefined): string[] {
  return (scope ?? "").split(" ").filter((word) => word !== "");
}

/**
 * Takes one scope from every grant that an account has with a client, and ends the tokens that have it; false where none had it.
 * What is exchanged or refreshed later gets no more than its grant has (oidc-provider's `getOIDCScopeFiltered`), and so does userinfo. The scope
 * leaves the grant and is not put among what oidc-provider calls rejected: that would be kept from the site without a question for ever.
 */
export async function narrow(
  ports: { sql: Sql; sealer: Sealer },
  accountId: string,
  clientId: string,
  taken: Taken,
): Promise<boolean> {
  let narrowed = false;
  for (const row of await ports.sql.rows<Row>(GRANTS, [accountId, clientId])) {
    if (!(await narrowGrant(ports, row, taken))) continue;
    narrowed = true;
    await endTokens(ports, row.id, taken);
  }
  return narrowed;
}

async function narrowGrant({ sql, sealer }: { sql: Sql; sealer: Sealer }, row: Row, taken: Taken): Promise<boolean> {
  const place = placeOfRecord(row.model, row.id);
  for (let now: Row | undefined = row; now !== undefined; now = await sql.first<Row>(AGAIN, [row.model, row.id])) {
    const grant: NarrowedGrant = JSON.parse(sealer.open(now.payload_sealed, place).toString());
    if (!has(grant, taken)) return false;
    const sealed = sealer.seal(JSON.stringify(without(grant, taken)), place);
    if ((await sql.rows(REWRITE, [sealed, row.model, row.id, now.payload_sealed])).length === 1) return true;
  }
  return false;
}

function has({ openid, resources }: NarrowedGrant, { scope, resource }: Taken): boolean {
  if (resource !== undefined) return scopesOf(resources?.[resource]).includes(scope);
  return scopesOf(openid?.scope).includes(scope) || (openid?.claims ?? []).some((one) => scopeOfClaim(one) === scope);
}

function without(grant: NarrowedGrant, { scope, resource }: Taken): NarrowedGrant {
  const rest = (list: string | undefined) =>
    scopesOf(list)
      .filter((one) => one !== scope)
      .join(" ");
  // An empty list is left out, as oidc-provider leaves it out when it saves a grant.
  if (resource !== undefined) {
    const { [resource]: list, ...others } = grant.resources ?? {};
    const left = rest(list);
    return { ...grant, resources: left === "" ? others : { ...others, [resource]: left } };
  }
  const left = rest(grant.openid?.scope);
  const claims = (grant.openid?.claims ?? []).filter((one) => scopeOfClaim(one) !== scope);
  return { ...grant, openid: { ...(left === "" ? {} : { scope: left }), ...(claims.length === 0 ? {} : { claims }) } };
}

async function endTokens({ sql, sealer }: { sql: Sql; sealer: Sealer }, grantId: string, taken: Taken): Promise<void> {
  for (const { model, id, payload_sealed: sealed } of await sql.rows<Row>(TOKENS, [grantId])) {
    const token: StoredToken = JSON.parse(sealer.open(sealed, placeOfRecord(model, id)).toString());
    if (isOf(model, token, taken)) await sql.rows(END, [model, id]);
  }
}

/** A refresh token is filtered when it is used, and ends only with the leave to be used in an absence. */
function isOf(model: string, { scope, aud, rar, expiresWithSession }: StoredToken, taken: Taken): boolean {
  if (rar !== undefined) return false;
  if (taken.resource === undefined && taken.scope === "offline_access")
    return model === "RefreshToken" || expiresWithSession !== true;
  return model === "AccessToken" && aud === taken.resource && scopesOf(scope).includes(taken.scope);
}
