/**
 * Owns the key files that people keep here: one WMID's in one account, as many WMIDs' in an account as the operator allows, the last versions
 * of each. What comes is encrypted by its owner already; it is sealed once more, and nothing here could open it.
 * It knows neither tokens nor pages: who asks has confirmed it, and that confirmation is spent in the transaction of what it allows, with
 * the event and the mail that tell of it. Control enters by the methods, and leaves with what is kept or a fault that says why not.
 */
import type { Audit } from "../audit/audit.ts";
import type { StorageEvent } from "../audit/events.ts";
import { type Clock, DAY, type Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { Fault } from "../errors.ts";
import type { Notices } from "../notice/notice.ts";
import { type Random, randomId } from "../random.ts";
import { placeIn, type SealedColumn, type Sealer } from "../secrecy.ts";
import type { Wmid } from "../wmid.ts";
import { digestOf, entityTag, holds, type Precondition } from "./rules.ts";
import {
  deleteKept,
  type FileLine,
  fileOf,
  forgetVersions,
  insertFile,
  insertKept,
  type KeptRow,
  keptBy,
  keptOf,
  markMoved,
  markRead,
  nextVersion,
  versionsOf,
} from "./store.ts";

/** Who has confirmed that it is done, at which client, and the confirmation that is spent by it. */
export interface Allowed {
  accountId: string;
  clientId: string;
  confirmation: string;
}

/** One version, as who keeps it is told. */
export interface Kept {
  version: number;
  tag: string;
  at: Millis;
}

/** A version that leaves: `older`: the newest of those before it; `until`: when it is gone, if it was moved out. */
export interface Given extends Kept {
  envelope: Uint8Array;
  older: number | undefined;
  until: Millis | undefined;
}

export interface KeptKeys extends KeptRow {
  versions: readonly FileLine[];
}

export interface Storage {
  /** A first version or the next, as the precondition says. */
  keep(allowed: Allowed, wmid: Wmid, envelope: Uint8Array, precondition: Precondition): Promise<Kept>;
  retrieve(
    allowed: Allowed,
    wmid: Wmid,
    which: { precondition: Precondition; version?: number | undefined },
  ): Promise<Given>;
  /** Gives the newest version, and keeps all of them only as long as an answer may have been lost. */
  move(allowed: Allowed, wmid: Wmid, precondition: Precondition): Promise<Given>;
  remove(allowed: Allowed, wmid: Wmid, precondition: Precondition): Promise<void>;
  /** In a transaction of the caller's, who has spent the confirmation; false where it was gone. */
  removeBy(sql: Sql, allowed: Allowed, wmid: Wmid): Promise<boolean>;
  /** Whether this account keeps keys of this WMID. */
  keeps(sql: Sql, accountId: string, wmid: Wmid): Promise<boolean>;
  list(accountId: string): Promise<KeptKeys[]>;
}

export interface StoragePorts {
  database: Database;
  clock: Clock;
  random: Random;
  sealer: Sealer;
  audit: Audit;
  notices: Pick<Notices, "tell">;
  /** Until the transaction ends, nobody else changes what this account keeps. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** True for the one call that spends a confirmation which still counts. */
  spend(sql: Sql, confirmation: string): Promise<boolean>;
  /** What people call a client. */
  siteName(clientId: string): string;
  /** How many WMIDs' keys one account keeps. */
  limit: number;
}

/** Of each file; a program that spoils one is noticed before. */
const VERSIONS = 5;
/** An answer that was lost is noticed in this time. */
const MOVED: Millis = 7 * DAY;

export const SEALED_ENVELOPES: SealedColumn = {
  table: "key_file",
  column: "envelope_sealed",
  name: "envelope_sealed",
  key: ["id"],
  row: ["id"],
  at: "created_at",
};

export function createStorage(ports: StoragePorts): Storage {
  const { database, clock, random, sealer } = ports;

  /** One by one for an account, on the word of one confirmation that is spent with it; a fault leaves it unspent. */
  const allowedOnce = <T>(allowed: Allowed, work: (sql: Sql, now: Millis) => Promise<T>): Promise<T> =>
    database.transaction(async (sql) => {
      await ports.hold(sql, allowed.accountId);
      if (!(await ports.spend(sql, allowed.confirmation)))
        throw new Fault("already-used", { detail: "what was confirmed has been done already: have it confirmed anew" });
      return work(sql, clock());
    });

  const own = async (sql: Sql, accountId: string, wmid: Wmid, now: Millis): Promise<KeptRow | undefined> => {
    const kept = await keptOf(sql, wmid, now);
    return kept?.account_id === accountId ? kept : undefined;
  };

  const meant = async (sql: Sql, { accountId }: Allowed, wmid: Wmid, precondition: Precondition): Promise<KeptRow> => {
    const kept = await own(sql, accountId, wmid, clock());
    if (kept === undefined) throw new Fault("not-found", { detail: "no keys of this WMID are kept for this account" });
    if (!holds(precondition, kept)) throw changed(kept);
    return kept;
  };

  const tell = async (sql: Sql, allowed: Allowed, event: StorageEvent, wmid: Wmid, version: number): Promise<void> => {
    const { accountId, clientId, confirmation } = allowed;
    const detail = { wmid, version, confirmation };
    await ports.audit.append(sql, { type: `storage.${event}`, accountId, clientId, detail });
    await ports.notices.tell(sql, accountId, { kind: "kept-keys", event, wmid, site: ports.siteName(clientId) });
  };

  /** The next version, under a row that has its number already. */
  const put = async (sql: Sql, { clientId }: Allowed, wmid: Wmid, version: number, envelope: Uint8Array) => {
    const [id, at, digest] = [randomId(random), clock(), digestOf(envelope)];
    const sealed = sealer.seal(envelope, placeIn(SEALED_ENVELOPES, id));
    const size = envelope.length;
    await insertFile(sql, {
      id,
      wmid,
      version,
      size,
      digest,
      envelope_sealed: sealed,
      client_id: clientId,
      created_at: at,
    });
    await forgetVersions(sql, wmid, version - VERSIONS);
    return { version, tag: entityTag({ version, digest }), at };
  };

  const take = async (sql: Sql, { clientId }: Allowed, kept: KeptRow, version: number): Promise<Given> => {
    const file = await fileOf(sql, kept.wmid, version);
    if (file === undefined) throw new Fault("not-found", { detail: `version ${version} is not kept` });
    await markRead(sql, kept.wmid, clientId, clock());
    const older = (await versionsOf(sql, kept.wmid)).find((one) => one.version < version)?.version;
    const envelope = sealer.open(file.envelope_sealed, placeIn(SEALED_ENVELOPES, file.id));
    return { version, tag: entityTag(file), at: file.created_at, envelope, older, until: kept.ends_at ?? undefined };
  };

  const room = async (sql: Sql, accountId: string, now: Millis): Promise<void> => {
    const all = await keptBy(sql, accountId, now);
    if (all.filter(({ ends_at: end }) => end === null).length < ports.limit) return;
    const detail = `an account keeps the keys of at most ${ports.limit}: move or delete those that are kept`;
    throw new Fault("no-room", { detail });
  };

  return {
    keep: (allowed, wmid, envelope, precondition) =>
      allowedOnce(allowed, async (sql, now) => {
        const { accountId } = allowed;
        const kept = await own(sql, accountId, wmid, now);
        if (!holds(precondition, kept)) throw changed(kept);
        if (kept === undefined || kept.ends_at !== null) await room(sql, accountId, now);
        if (kept === undefined) {
          if (!(await insertKept(sql, wmid, accountId, now)))
            throw new Fault("no-room", { detail: "the keys of this WMID are kept in another account" });
        } else if (!(await nextVersion(sql, kept))) throw changed(kept);
        const version = (kept?.version ?? 0) + 1;
        const made = await put(sql, allowed, wmid, version, envelope);
        await tell(sql, allowed, kept === undefined ? "backed-up" : "changed", wmid, version);
        return made;
      }),

    retrieve: (allowed, wmid, { precondition, version }) =>
      allowedOnce(allowed, async (sql) => {
        const kept = await meant(sql, allowed, wmid, precondition);
        const given = await take(sql, allowed, kept, version ?? kept.version);
        await tell(sql, allowed, "retrieved", wmid, given.version);
        return given;
      }),

    move: (allowed, wmid, precondition) =>
      allowedOnce(allowed, async (sql, now) => {
        const kept = await meant(sql, allowed, wmid, precondition);
        const given = await take(sql, allowed, kept, kept.version);
        // Moved before, it goes when it was to go.
        const until = kept.ends_at ?? now + MOVED;
        await markMoved(sql, wmid, until);
        await tell(sql, allowed, "moved", wmid, given.version);
        return { ...given, until };
      }),

    remove: (allowed, wmid, precondition) =>
      allowedOnce(allowed, async (sql) => {
        const { version } = await meant(sql, allowed, wmid, precondition);
        await deleteKept(sql, wmid, allowed.accountId);
        await tell(sql, allowed, "deleted", wmid, version);
      }),

    async removeBy(sql, allowed, wmid) {
      const kept = await own(sql, allowed.accountId, wmid, clock());
      if (kept === undefined || !(await deleteKept(sql, wmid, allowed.accountId))) return false;
      await tell(sql, allowed, "deleted", wmid, kept.version);
      return true;
    },

    keeps: async (sql, accountId, wmid) => (await own(sql, accountId, wmid, clock())) !== undefined,

    async list(accountId) {
      const kept = await keptBy(database, accountId, clock());
      return Promise.all(kept.map(async (row) => ({ ...row, versions: await versionsOf(database, row.wmid) })));
    },
  };
}

function changed(kept: KeptRow | undefined): Fault {
  const now = kept === undefined ? "nothing is kept yet: If-None-Match: *" : `what is kept is ${entityTag(kept)}`;
  return new Fault("version-changed", { detail: now });
}
