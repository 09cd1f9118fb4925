import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from "oidc-provider";
import type { AccountBeside, AccountColumns } from "../account/account.ts";
import { type Clock, epochSeconds, MINUTE, type Millis, SECOND } from "../clock.ts";
import type { Binding, Database, Sql } from "../database/database.ts";
import { type Digester, type Place, placeIn, rememberDigests, type Sealer } from "../secrecy.ts";
import { BY_UID, type Ending, type RequestRecords, rememberByUid, type StoredRecord } from "./request.ts";
import { createSealedTexts, type SealedTexts } from "./sealed-texts.ts";
import { keyOfUid } from "./session-browsers.ts";
import { alreadyUsed, interactionGone } from "./single-use.ts";
import {
  CHANGE,
  CONSUME,
  DESTROY,
  DESTROYED,
  END,
  EXCHANGE,
  FIND,
  FIND_BY_UID,
  FIND_BY_USER_CODE,
  findCode,
  findInteraction,
  GRANT_OF,
  INSERT_UNUSED,
  KILL_GRANT,
  REVOKE,
  replace,
  replaceOnce,
  SEALED_RECORDS,
  SWEEP,
  UPDATE,
  USE,
} from "./store.ts";
import { CLAIM, isClaim, wasTyped } from "./typed-codes.ts";

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
  database: Sql & Pick<Database, "transaction">;
  sealer: Sealer;
  digest: Digester;
  clock: Clock;
  /** Read with what names it. */
  account: AccountBeside;
  /** The HTTP request that is being answered; without it, each read and write goes to the table at once. */
  request?: () => RequestRecords | undefined;
}

/** How long a record outlives its expiry: oidc-provider's own tolerance for clocks that differ (its default `clockTolerance`). */
const TOLERANCE: Millis = 15 * SECOND;
/** A device or a till that was slowed down, or slept, is told that the time is over, and not that there was no such code (RFC 8628 section 3.5). */
const LATE: Millis = 10 * MINUTE;

/** What dies with its grant. An interaction names a grant as well, but it is a visit that goes on. */
const GRANTABLE: ReadonlySet<string> = new Set([
  "AccessToken",
  "AuthorizationCode",
  "BackchannelAuthenticationRequest",
  "DeviceCode",
  "PreAuthorizedCode",
  "RefreshToken",
]);

/** A few kilobytes each; a sign-in has five at a time, and ten digests of 200 bytes. */
const KNOWN = 500;

/** As long as a request that has read the interaction before could still be on its way. */
const REMEMBERED: Millis = 10 * MINUTE;

/** Saved together with the session that the request ends with, which they are of no use without. */
const WITH_SESSION: ReadonlySet<string> = new Set(["AuthorizationCode", "Grant"]);

const CODE = "AuthorizationCode";
const BACK_CHANNEL = "BackchannelAuthenticationRequest";

/** The `adapter` of oidc-provider's configuration: called once for each model, by its name. */
export function createAdapter(ports: AdapterPorts): AdapterFactory {
  const texts = createSealedTexts(ports.sealer, KNOWN);
  const withAccount = { Interaction: findInteraction(ports.account), [CODE]: findCode(ports.account) };
  const digest = rememberDigests(ports.digest, 2 * KNOWN);
  return (model) => adapterFor(model, { ...ports, digest, texts, withAccount });
}

/** Deletes at most `limit` records that expired longer ago than clocks may differ; says how many it deleted. */
export async function sweep(sql: Sql, now: Millis, limit: number): Promise<number> {
  return (await sql.rows(SWEEP, [now - TOLERANCE, now - TOLERANCE, now - LATE, limit])).length;
}

export function keyOfGrant(digest: Digester, grantId: string): string {
  return digest("oidc Grant", grantId);
}

/** Under which a request remembers it. */
export function nameOfRecord(model: string, key: string): string {
  return `${model} ${key}`;
}

/** Where a record of this model and key is sealed. */
export function placeOfRecord(model: string, key: string): Place {
  return placeIn(SEALED_RECORDS, model, key);
}

/** Of all models' adapters. */
interface Shared {
  texts: SealedTexts;
  withAccount: Readonly<Record<string, string>>;
}

function adapterFor(
  model: string,
  { database, texts, digest, clock, account, request, withAccount }: AdapterPorts & Shared,
): Adapter {
  const keyOf = (id: string) => digest(`oidc ${model}`, id);
  const userCodeKeyOf = (userCode: string) => digest("oidc user code", userCode);

  const rowFor = (key: string, payload: AdapterPayload, expiresIn: number | undefined): Binding[] => {
    const now = clock();
    const uid = payload.uid ?? (model === "AuthorizationCode" ? payload.sessionUid : undefined);
    return [
      model,
      key,
      texts.seal(JSON.stringify(payload), placeOfRecord(model, key)),
      GRANTABLE.has(model) && payload.grantId ? keyOfGrant(digest, payload.grantId) : null,
      uid ? keyOfUid(digest, uid) : null,
      payload.userCode && !wasTyped(payload) ? userCodeKeyOf(payload.userCode) : null,
      accountIn(payload) ?? null,
      payload.clientId ?? null,
      now,
      expiresIn === undefined ? null : now + expiresIn * SECOND,
      payload.consumed ? now : null,
    ];
  };

  const opened = (row: StoredRecord | undefined): AdapterPayload | undefined => {
    if (row === undefined || row.payload_sealed === DESTROYED) return undefined;
    row.opened ??= texts.open(row.payload_sealed, placeOfRecord(row.model, row.id));
    const payload: AdapterPayload = JSON.parse(row.opened);
    return row.consumed_at === null ? payload : { ...payload, consumed: epochSeconds(row.consumed_at) };
  };

  /** Somebody else has used it before: RFC 6749 section 4.1.2 has the tokens of such a code revoked, RFC 9700 section 4.14.2 those of a refresh token. */
  const refuseReuse = async (used: string, key: string): Promise<never> => {
    const row = await database.first<{ grant_id: string | null }>(GRANT_OF, [used, key]);
    // A row that is gone was revoked together with its grant.
    request?.()?.read.clear();
    if (row?.grant_id) await database.rows(KILL_GRANT, [row.grant_id, row.grant_id]);
    throw alreadyUsed(used);
  };

  const consume = async (used: string, key: string): Promise<void> => {
    if ((await database.first(CONSUME, [clock(), used, key])) === undefined) await refuseReuse(used, key);
  };

  /** Who is late has saved the token as well, which nobody is told of. */
  const exchange = async (key: string, token: Binding[]): Promise<void> => {
    const saved = await database.rows<{ used: number }>(EXCHANGE, [clock(), key, ...token]);
    if (saved.some(({ used }) => used === 1)) return;
    await database.rows(DESTROY, token.slice(0, 2));
    await refuseReuse(CODE, key);
  };

  /** The grant is saved by the one whose use it is, and in the same moment: whoever comes next finds it and revokes it, and leaves none of their own. */
  const useGranting = async (key: string, row: Binding[], records: RequestRecords | undefined) => {
    const grants = [...(records?.waiting.values() ?? [])];
    records?.waiting.clear();
    const isFirst = await database.transaction(async (sql) => {
      if ((await sql.first(USE, [...row.slice(2), model, key])) === undefined) return false;
      await save(sql, grants);
      return true;
    });
    if (!isFirst) await refuseReuse(model, key);
  };

  const nameOf = (key: string) => nameOfRecord(model, key);

  const save = async (sql: Sql, rows: Binding[][]) => {
    const ended = rows.filter(([, , sealed]) => sealed === DESTROYED);
    if (ended.length === 0) {
      if (rows.length > 0) await sql.run(replace(rows.length), rows.flat());
      return;
    }
    const saved = await sql.rows<{ id: string }>(replaceOnce(rows.length), rows.flat());
    // Another request has ended it before. The code that was written beside it is named in no answer, and nobody else can know it.
    if (!ended.every(([, key]) => saved.some(({ id }) => id === key))) throw interactionGone();
  };

  /** All that waits, and perhaps one row more, in one statement. Where it fails, the request fails, and nothing waits any longer. */
  const write = async (records: RequestRecords | undefined, ...last: Binding[][]) => {
    const code = records?.exchanging;
    if (records !== undefined && code !== undefined) {
      records.exchanging = undefined;
      const row = model === "AccessToken" ? last.shift() : undefined;
      await (row === undefined ? consume(CODE, code) : exchange(code, row));
    }
    const ended = [...(records?.ending.values() ?? [])];
    const endings = ended.filter((ending) => "statement" in ending);
    const left = ended.flatMap((ending) => ("row" in ending ? [ending.row] : []));
    const rows = [...(records?.waiting.values() ?? []), ...last, ...left];
    records?.waiting.clear();
    records?.ending.clear();
    const all = async (sql: Sql) => {
      for (const { statement, bindings, refusal } of endings)
        if ((await sql.first(statement, bindings)) === undefined && refusal !== undefined) throw refusal;
      await save(sql, rows);
    };
    try {
      if (records?.within !== undefined) await all(records.within);
      else await (endings.length > 0 ? database.transaction(all) : save(database, rows));
    } catch (error) {
      if (records !== undefined) records.failed = true;
      throw error;
    }
  };

  /** Used up with what comes of it or, after a crash between the two, not at all. */
  const useUp = (records: RequestRecords, key: string, ending: Ending) => {
    records.ending.set(nameOf(key), ending);
    records.flush = () => write(records);
  };

  /** From what this request has read, or else from the table, where more may come with it. */
  const remembered = async (name: string, read: (sql: Sql) => Promise<readonly StoredRecord[]>) => {
    const records = request?.();
    const byUid =
      name.startsWith(BY_UID) && [...(records?.ending.keys() ?? [])].some((one) => one.startsWith("Session "));
    if (records?.waiting.has(name) || records?.ending.has(name) || byUid) await write(records);
    const known = records?.read.get(name);
    if (known !== undefined) return opened(known);
    const rows = await read(records?.within ?? database);
    for (const row of records === undefined ? [] : rows) {
      records?.read.set(`${row.model} ${row.id}`, row);
      if (row.model === "Session" && (row.model !== model || name.startsWith(BY_UID))) rememberByUid(records, row);
    }
    return opened(rows.find((row) => row.model === model));
  };

  const forget = (records: RequestRecords | undefined, key: string) => {
    if (records === undefined) return;
    records.read.delete(nameOf(key));
    if (model !== "Session") return;
    for (const name of records.read.keys()) if (name.startsWith(BY_UID)) records.read.delete(name);
  };

  return {
    async upsert(id, payload, expiresIn) {
      const key = keyOf(id);
      const row = rowFor(key, payload, expiresIn);
      if (model === "ReplayDetection") {
        const inserted = await database.first(INSERT_UNUSED, [...row, clock() - TOLERANCE]);
        if (inserted === undefined) throw alreadyUsed(model);
        return;
      }
      if (model === "DeviceCode" && isClaim(payload)) {
        const claimed = await database.first(CLAIM, [...row.slice(2, -1), model, key]);
        if (claimed === undefined) throw alreadyUsed(model);
        return;
      }
      const records = request?.();
      const wasRead = records?.read.has(nameOf(key)) === true;
      forget(records, key);
      if (model === BACK_CHANNEL && payload.consumed !== undefined) {
        await useGranting(key, row, records);
      } else if (records !== undefined && WITH_SESSION.has(model)) {
        records.waiting.set(nameOf(key), row);
        records.flush = () => write(records);
      } else if (model === "Interaction" && wasRead) {
        await write(records);
        const bindings = [...row.slice(2, -1), model, key];
        // In a transaction nobody waits for it: a visit that is gone is found so where it is resumed.
        if (records?.within !== undefined) await records.within.run(CHANGE, bindings);
        else if ((await database.first(UPDATE, bindings)) === undefined) throw interactionGone();
      } else {
        await write(records, row);
      }
    },
    // Expired records are returned until they are swept: oidc-provider looks at `exp` itself, and some it wants to see in order to say why.
    find(id) {
      const key = keyOf(id);
      const statement = request?.() === undefined ? undefined : withAccount[model];
      return remembered(nameOf(key), async (sql) => {
        if (statement === undefined) return sql.rows(FIND, [model, key]);
        const bindings = model === CODE ? [key, key, key] : [model, key];
        const rows = await sql.rows<StoredRecord & AccountColumns>(statement, bindings);
        for (const row of rows) account.keep(row);
        return rows;
      });
    },
    findByUid(uid) {
      const key = keyOfUid(digest, uid);
      return remembered(`${BY_UID}${key}`, (sql) => sql.rows(FIND_BY_UID, [key, model]));
    },
    findByUserCode: async (code) => opened(await database.first(FIND_BY_USER_CODE, [userCodeKeyOf(code), model])),
    async consume(id) {
      const key = keyOf(id);
      const records = request?.();
      forget(records, key);
      if (records !== undefined && model === "PushedAuthorizationRequest") {
        useUp(records, key, { statement: CONSUME, bindings: [clock(), model, key], refusal: alreadyUsed(model) });
        return;
      }
      if (records === undefined || model !== CODE || records.exchanging !== undefined) return consume(model, key);
      records.exchanging = key;
      // A request that fails before it has a token has used the code up, and has its answer already.
      records.flush = () => write(records).catch(unlessUsed);
    },
    async destroy(id) {
      const key = keyOf(id);
      const records = request?.();
      const wasRead = records?.read.has(nameOf(key)) === true;
      records?.waiting.delete(nameOf(key));
      forget(records, key);
      if (records === undefined || !wasRead || (model !== "Interaction" && model !== "Session")) {
        await database.run(DESTROY, [model, key]);
      } else if (model === "Session") {
        // It goes on under another name, so its end waits for that.
        useUp(records, key, { statement: END, bindings: [model, key], refusal: undefined });
      } else {
        const now = clock();
        useUp(records, key, {
          row: [model, key, DESTROYED, null, null, null, null, null, now, now + REMEMBERED, null],
        });
      }
    },
    async revokeByGrantId(grantId) {
      const records = request?.();
      await write(records);
      records?.read.clear();
      await database.rows(REVOKE, [keyOfGrant(digest, grantId)]);
    },
  };
}

/** Whose it is; of an interaction, who has signed in by it. */
function accountIn({ accountId, result }: AdapterPayload): string | undefined {
  return accountId ?? result?.login?.accountId;
}

function unlessUsed(error: unknown): void {
  if (!(error instanceof errors.InvalidGrant)) throw error;
}
