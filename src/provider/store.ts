/** The statements over the table `oidc`, which is the adapter's alone. */
import type { AccountBeside } from "../account/account.ts";
import type { SealedColumn } from "../secrecy.ts";

type Beside = Omit<AccountBeside, "keep">;

export const SEALED_RECORDS: SealedColumn = {
  table: "oidc",
  column: "payload_sealed",
  name: "payload",
  key: ["model", "id"],
  row: ["model", "id"],
  at: "saved_at",
};

/** What an ended interaction leaves behind until it is swept, so that its end is written in one statement with what it ends in. */
export const DESTROYED = "";

const ALL = "model, id, payload_sealed, grant_id, uid, user_code, account_id, client_id, saved_at, expires_at";
const PLACES = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?";

/** Written once, since the drivers know statements by their texts; more rows than these are rare. */
const upTo = (most: number, write: (rows: number) => string): ((rows: number) => string) => {
  const written = Array.from({ length: most }, (_, index) => write(index + 1));
  return (rows) => written[rows - 1] ?? write(rows);
};

const insert = (rows: number) => `
  INSERT INTO oidc (${ALL}, consumed_at)
  VALUES ${Array.from({ length: rows }, () => `(${PLACES})`).join(", ")}
  ON CONFLICT (model, id) DO UPDATE SET
    payload_sealed = excluded.payload_sealed, grant_id = excluded.grant_id, uid = excluded.uid, user_code = excluded.user_code,
    account_id = excluded.account_id, client_id = excluded.client_id, saved_at = excluded.saved_at, expires_at = excluded.expires_at`;
/** Consumption survives a later save, which may hold what was read before it. */
export const replace = upTo(
  5,
  (rows) => `${insert(rows)}, consumed_at = COALESCE(oidc.consumed_at, excluded.consumed_at)`,
);
/** What has ended stays so, and of those rows alone nothing comes back. */
export const replaceOnce = upTo(
  5,
  (rows) => `${replace(rows)} WHERE oidc.payload_sealed <> '${DESTROYED}' RETURNING id`,
);
/** A record that is there and not expired stays as it is, and nothing comes back. */
export const INSERT_UNUSED = `${insert(1)}, consumed_at = NULL WHERE oidc.expires_at < ? RETURNING id`;

/** For what was read in this request: a record that is gone since then does not come back. */
export const CHANGE = `
  UPDATE oidc SET payload_sealed = ?, grant_id = ?, uid = ?, user_code = ?, account_id = ?, client_id = ?, saved_at = ?, expires_at = ?
  WHERE model = ? AND id = ? AND payload_sealed <> '${DESTROYED}'`;
export const UPDATE = `${CHANGE} RETURNING id`;

const COLUMNS = "model, id, uid, payload_sealed, consumed_at, saved_at";
export const FIND = `SELECT ${COLUMNS} FROM oidc WHERE model = ? AND id = ?`;
/** With the account whose person has just signed in, where an interaction names one. */
export const findInteraction = ({ columns, join }: Beside) => `
  SELECT ${of("oidc")}, ${columns} FROM oidc ${join("oidc")} WHERE oidc.model = ? AND oidc.id = ?`;
/** A code is exchanged by looking at its grant, its session and its account as well. */
export const findCode = ({ columns, join, none }: Beside) => `
  SELECT ${of("oidc")}, ${columns} FROM oidc ${join("oidc")} WHERE oidc.model = 'AuthorizationCode' AND oidc.id = ?
  UNION ALL
  SELECT ${of("other")}, ${none} FROM oidc AS code JOIN oidc AS other ON other.model = 'Grant' AND other.id = code.grant_id
  WHERE code.model = 'AuthorizationCode' AND code.id = ?
  UNION ALL
  SELECT ${of("other")}, ${none} FROM oidc AS code JOIN oidc AS other ON other.uid = code.uid AND other.model = 'Session'
  WHERE code.model = 'AuthorizationCode' AND code.id = ?`;
/** Two rows may have one uid: parallel requests of a session each give it a new id (node-oidc-provider #1145). */
const NEWEST = "ORDER BY saved_at DESC, id DESC LIMIT 1";
export const FIND_BY_UID = `SELECT ${COLUMNS} FROM oidc WHERE uid = ? AND model = ? ${NEWEST}`;
export const FIND_BY_USER_CODE = `SELECT ${COLUMNS} FROM oidc WHERE user_code = ? AND model = ? ${NEWEST}`;
/** With what comes of it, for what is used once. */
export const USE = `
  UPDATE oidc SET payload_sealed = ?, grant_id = ?, uid = ?, user_code = ?, account_id = ?, client_id = ?, saved_at = ?, expires_at = ?,
    consumed_at = ?
  WHERE model = ? AND id = ? AND consumed_at IS NULL RETURNING id`;
export const CONSUME =
  "UPDATE oidc SET consumed_at = ? WHERE model = ? AND id = ? AND consumed_at IS NULL RETURNING id";
/**
 * Uses a code up and saves the token that it is exchanged for: `now`, the code's key, and the token's row. `used` is 1 in one row for the one
 * who has used it. Where the code goes with its grant in the same moment, PostgreSQL inserts what was to be updated, which therefore is what an
 * ended record leaves.
 */
export const EXCHANGE = `
  INSERT INTO oidc (${ALL}, consumed_at)
  SELECT model, id, '${DESTROYED}', grant_id, uid, user_code, account_id, client_id, saved_at, expires_at, CAST(? AS BIGINT)
  FROM oidc WHERE model = 'AuthorizationCode' AND id = ? AND consumed_at IS NULL
  UNION ALL SELECT ${PLACES} WHERE true
  ON CONFLICT (model, id) DO UPDATE SET consumed_at = excluded.consumed_at WHERE oidc.consumed_at IS NULL
  RETURNING CASE WHEN consumed_at IS NULL OR payload_sealed = '${DESTROYED}' THEN 0 ELSE 1 END AS used`;
export const DESTROY = "DELETE FROM oidc WHERE model = ? AND id = ?";
export const END = `${DESTROY} RETURNING id`;
export const GRANT_OF = "SELECT grant_id FROM oidc WHERE model = ? AND id = ?";
export const REVOKE = "DELETE FROM oidc WHERE grant_id = ?";
/** One statement, so that nobody sees the code gone and its grant alive. A token's `grant_id` is the `id` of the grant's own row. */
export const KILL_GRANT = "DELETE FROM oidc WHERE grant_id = ? OR (model = 'Grant' AND id = ?)";
/** The bound stands twice: what was saved again while this waited for it stays. A third is for what is asked for again and again. */
export const SWEEP = `
  DELETE FROM oidc
  WHERE expires_at < ? AND (model, id) IN (
    SELECT model, id FROM oidc
    WHERE expires_at < ? AND (expires_at < ? OR model NOT IN ('BackchannelAuthenticationRequest', 'DeviceCode'))
    ORDER BY expires_at LIMIT ?)
  RETURNING model`;

function of(alias: string): string {
  return COLUMNS.replace(/\w+/g, (column) => `${alias}.${column}`);
}
