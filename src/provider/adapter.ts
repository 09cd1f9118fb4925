import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from "oidc-provider";
import { type Clock, epochSeconds, type Millis, SECOND } from "../clock.ts";
import type { Binding, Sql } from "../database.ts";
import type { Digester, Place, Sealer } from "../secrecy.ts";

/**
 * What oidc-provider remembers (sessions, interactions, codes, tokens, grants), in the table `oidc`.
 * It owns that table and no other; it decides nothing about tokens, except that what is single-use is used once.
 * Control enters by the factory that the provider's configuration takes, and by `sweep`.
 *
 * The identifiers are the bearer secrets themselves (a code, a token, a cookie), so only keyed digests of them are stored,
 * and each payload, which repeats them, is sealed whole. What an operator or a person asks for is in clear: account and client.
 */
export interface AdapterPorts {
  /** Not inside a transaction that fails with the request: what the loser of a race revokes must stay revoked. */
  database: Sql;
  sealer: Sealer;
  digest: Digester;
  clock: Clock;
}

/** How long a record outlives its expiry: oidc-provider's own tolerance for clocks that differ (its default `clockTolerance`). */
const TOLERANCE: Millis = 15 * SECOND;

/** What dies with its grant. An interaction names a grant as well, but it is a visit that goes on. */
const GRANTABLE: ReadonlySet<string> = new Set([
  "AccessToken",
  "AuthorizationCode",
  "BackchannelAuthenticationRequest",
  "DeviceCode",
  "PreAuthorizedCode",
  "RefreshToken",
]);

const INSERT = `
  INSERT INTO oidc (model, id, payload_sealed, grant_id, uid, user_code, account_id, client_id, saved_at, expires_at, consumed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (model, id) DO UPDATE SET
    payload_sealed = excluded.payload_sealed, grant_id = excluded.grant_id, uid = excluded.uid, user_code = excluded.user_code,
    account_id = excluded.account_id, client_id = excluded.client_id, saved_at = excluded.saved_at, expires_at = excluded.expires_at`;
/** Consumption survives a later save, which may hold what was read before it. */
const REPLACE = `${INSERT}, consumed_at = COALESCE(oidc.consumed_at, excluded.consumed_at)`;
/** A record that is there and not expired stays as it is, and nothing comes back. */
const INSERT_UNUSED = `${INSERT}, consumed_at = NULL WHERE oidc.expires_at < ? RETURNING id`;

const FIND = "SELECT id, payload_sealed, consumed_at FROM oidc WHERE model = ? AND id = ?";
/** Two rows may have one uid: parallel requests of a session each give it a new id (node-oidc-provider #1145). */
const NEWEST = "ORDER BY saved_at DESC, id DESC LIMIT 1";
const FIND_BY_UID = `SELECT id, payload_sealed, consumed_at FROM oidc WHERE uid = ? AND model = ? ${NEWEST}`;
const FIND_BY_USER_CODE = `SELECT id, payload_sealed, consumed_at FROM oidc WHERE user_code = ? AND model = ? ${NEWEST}`;
const CONSUME = "UPDATE oidc SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL RETURNING id";
const DESTROY = "DELETE FROM oidc WHERE model = ? AND id = ?";
const GRANT_OF = "SELECT grant_id FROM oidc WHERE model = ? AND id = ?";
const REVOKE = "DELETE FROM oidc WHERE grant_id = ?";
/** One statement, so that nobody sees the code gone and its grant alive. A token's `grant_id` is the `id` of the grant's own row. */
export const KILL_GRANT = "DELETE FROM oidc WHERE grant_id = ? OR (model = 'Grant' AND id = ?)";
const SWEEP = `
  DELETE FROM oidc
  WHERE (model, id) IN (SELECT model, id FROM oidc WHERE expires_at < ? ORDER BY expires_at LIMIT ?)
  RETURNING model`;

interface Row {
  id: string;
  payload_sealed: string;
  consumed_at: Millis | null;
}

/** The `adapter` of oidc-provider's configuration: called once for each model, by its name. */
export function createAdapter(ports: AdapterPorts): AdapterFactory {
  return (model) => adapterFor(model, ports);
}

/** Deletes at most `limit` records that expired longer ago than clocks may differ; says how many it deleted. */
export async function sweep(sql: Sql, now: Millis, limit: number): Promise<number> {
  return (await sql.rows(SWEEP, [now - TOLERANCE, limit])).length;
}

export function keyOfGrant(digest: Digester, grantId: string): string {
  return digest("oidc Grant", grantId);
}

/** Where a record of this model and key is sealed. */
export function placeOfRecord(model: string, key: string): Place {
  return { table: "oidc", column: "payload", row: `${model}:${key}` };
}

function adapterFor(model: string, { database, sealer, digest, clock }: AdapterPorts): Adapter {
  const keyOf = (id: string) => digest(`oidc ${model}`, id);
  const grantKeyOf = (grantId: string) => keyOfGrant(digest, grantId);
  const uidKeyOf = (uid: string) => digest("oidc uid", uid);
  const userCodeKeyOf = (userCode: string) => digest("oidc user code", userCode);
  const placeOf = (key: string) => placeOfRecord(model, key);

  const rowFor = (key: string, payload: AdapterPayload, expiresIn: number | undefined): Binding[] => {
    const now = clock();
    return [
      model,
      key,
      sealer.seal(JSON.stringify(payload), placeOf(key)),
      GRANTABLE.has(model) && payload.grantId ? grantKeyOf(payload.grantId) : null,
      payload.uid ? uidKeyOf(payload.uid) : null,
      payload.userCode ? userCodeKeyOf(payload.userCode) : null,
      payload.accountId ?? null,
      payload.clientId ?? null,
      now,
      expiresIn === undefined ? null : now + expiresIn * SECOND,
      payload.consumed ? now : null,
    ];
  };

  const opened = (row: Row | undefined): AdapterPayload | undefined => {
    if (row === undefined) return undefined;
    const payload: AdapterPayload = JSON.parse(sealer.open(row.payload_sealed, placeOf(row.id)).toString());
    return row.consumed_at === null ? payload : { ...payload, consumed: epochSeconds(row.consumed_at) };
  };

  /** Somebody else has used it before: RFC 6749 section 4.1.2 has the tokens of such a code revoked, RFC 9700 section 4.14.2 those of a refresh token. */
  const refuseReuse = async (key: string): Promise<never> => {
    const row = await database.first<{ grant_id: string | null }>(GRANT_OF, [model, key]);
    // A row that is gone was revoked together with its grant.
    if (row?.grant_id) await database.rows(KILL_GRANT, [row.grant_id, row.grant_id]);
    throw alreadyUsed(model);
  };

  return {
    async upsert(id, payload, expiresIn) {
      const row = rowFor(keyOf(id), payload, expiresIn);
      if (model !== "ReplayDetection") {
        await database.rows(REPLACE, row);
        return;
      }
      const inserted = await database.first(INSERT_UNUSED, [...row, clock() - TOLERANCE]);
      if (inserted === undefined) throw alreadyUsed(model);
    },
    // Expired records are returned until they are swept: oidc-provider looks at `exp` itself, and some it wants to see in order to say why.
    find: async (id) => opened(await database.first<Row>(FIND, [model, keyOf(id)])),
    findByUid: async (uid) => opened(await database.first<Row>(FIND_BY_UID, [uidKeyOf(uid), model])),
    findByUserCode: async (code) => opened(await database.first<Row>(FIND_BY_USER_CODE, [userCodeKeyOf(code), model])),
    async consume(id) {
      const key = keyOf(id);
      const won = await database.first(CONSUME, [clock(), model, key]);
      if (won === undefined) await refuseReuse(key);
    },
    async destroy(id) {
      await database.rows(DESTROY, [model, keyOf(id)]);
    },
    async revokeByGrantId(grantId) {
      await database.rows(REVOKE, [grantKeyOf(grantId)]);
    },
  };
}

/** oidc-provider looks before it leaps; these are the answers for those who come in between, as it would have given them itself. */
function alreadyUsed(model: string): Error {
  switch (model) {
    case "PushedAuthorizationRequest":
      return new errors.InvalidRequestUri("request_uri is invalid, expired, or was already used");
    case "ReplayDetection":
      // A client assertion or a DPoP proof: the adapter is not told which, so the error that is true of both.
      return new errors.InvalidRequest("a JWT in the request was already used");
    default:
      return new errors.InvalidGrant(`${model} was already used`);
  }
}
