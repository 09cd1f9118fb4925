/**
 * Owns enrolled phones: their names, keys, pads and states (`pending`, `active`, `locked`, `revoked`; PROTOCOL 1).
 * A pad leaves this room twice: once to the phone, encrypted to its key, and for each judgement to `challenge/`; a phone that
 * proves its key is given a new one (`renewal.ts`).
 * Whoever ends one, the end is the same (`revocation.ts`); its owner sees and changes it under `/account/devices` (`routes.ts`).
 * It does not know how a device comes to be (`enrolment/`), nor what it answers (`challenge/`).
 */
import { type Clock, MINUTE, type Millis } from "../clock.ts";
import type { Binding, Sql } from "../database/database.ts";
import { PAD_LENGTH } from "../e-num/e-num.ts";
import { type Random, randomId } from "../random.ts";
import { placeIn, type SealedColumn, type Sealer } from "../secrecy.ts";
import { countWorking, holdDevices, keepSeen } from "./store.ts";

export type Platform = "web" | "android" | "ios" | "cli";
export type DeviceStatus = "pending" | "active" | "locked" | "revoked";
/** Whose word ended it: its own, its owner's on the account page or by a recovery, or the operator's; or it never came to work. */
export type EndedBy = "device" | "account" | "operator" | "recovery" | "enrolment";

/** The public half of a P-256 key (RFC 7517, RFC 7518 section 6.2). */
export interface PublicKey {
  kty: "EC";
  crv: "P-256";
  x: string;
  y: string;
}

export interface Device {
  id: string;
  accountId: string;
  name: string;
  platform: Platform;
  status: DeviceStatus;
  key: PublicKey;
  padVersion: number;
  /** Its last call, to some minutes. */
  seenAt: Millis | undefined;
}

export interface PadOfDevice {
  deviceId: string;
  pad: Uint8Array;
  /** Of those of its device, from 1. */
  version: number;
  /** As it lay in the table. */
  sealed: string;
  /** It has not answered yet, and the old one goes on working. */
  renewed: boolean;
}

export interface NewDevice {
  accountId: string;
  name: string;
  platform: Platform;
  key: PublicKey;
}

export interface Devices {
  byId(sql: Sql, id: string): Promise<Device | undefined>;
  /** A pending device with its pad; undefined when the account has five already. */
  add(sql: Sql, device: NewDevice): Promise<{ device: Device; pad: Uint8Array } | undefined>;
  /** True for the one call that makes a pending device active; false for one that has ended, or where five are. Under `hold`. */
  activate(sql: Sql, id: string): Promise<boolean>;
  /** True for the one call that ends a device; its pad is erased. All that follows is `revocation.ts`'s. */
  revoke(sql: Sql, id: string, by: EndedBy): Promise<boolean>;
  /** Until the transaction ends, nobody else makes a device of this account work or ends one. */
  hold(sql: Sql, accountId: string): Promise<void>;
  /** How many work for an account. */
  count(sql: Sql, accountId: string): Promise<number>;
  /** A device has proven itself: kept, where that was not done in the last minutes. */
  seen(sql: Sql, device: Pick<Device, "id" | "seenAt">): Promise<void>;
  /**
   * Pads of an account's active devices, renewed ones as well, or of one pending device; for no account, none, at the same cost.
   * Only an account whose pads are more than five costs more than nobody's.
   */
  padsOf(sql: Sql, accountId: string | undefined, pendingId: string | undefined): Promise<PadOfDevice[]>;
  /** Those of the active devices, for a statement on another table that reads them along, as `pads`; its column `owner` is the account. */
  readonly padsAlong: {
    columns(owner: string): string;
    opened(pads: string | null, accountId: string | undefined): PadOfDevice[];
    /** That a pad is still its device's, for the statement that keeps what it has answered: neither was the one revoked nor the other renewed. */
    there(pad: Pick<PadOfDevice, "deviceId" | "version">): { condition: string; bindings: readonly Binding[] };
  };
  /** A new pad beside the old one, until its first right response; it takes the place of another that was not used yet. */
  renew(sql: Sql, device: Pick<Device, "id" | "accountId">): Promise<{ pad: Uint8Array; version: number } | undefined>;
  /** A renewed pad has answered: the old one is erased. `first` for the one call that did; undefined when it was replaced meanwhile. */
  adopt(sql: Sql, pad: PadOfDevice): Promise<{ first: boolean } | undefined>;
  /** Whether the account ever had a device that worked. */
  everActive(sql: Sql, accountId: string): Promise<boolean>;
}

interface DeviceRow {
  id: string;
  account_id: string;
  name: string;
  platform: Platform;
  status: DeviceStatus;
  public_jwk: string;
  pad_sealed: string;
  next_pad_sealed: string | null;
  pad_version: number;
  seen_at: Millis | null;
}

/** Bound to its account too: whoever could write to the table must not be able to move a phone to another account. */
export const SEALED_PADS: SealedColumn = {
  table: "device",
  column: "pad_sealed",
  name: "pad",
  key: ["id"],
  row: ["account_id", "id"],
};
/** Sealed for the place where they will lie. */
export const SEALED_NEXT_PADS: SealedColumn = { ...SEALED_PADS, column: "next_pad_sealed" };

type BothPads = Pick<DeviceRow, "account_id" | "pad_sealed" | "next_pad_sealed">;

/** Five: what the odds of guessing in PROTOCOL 11 are computed for. */
export const MAX_DEVICES = 5;
/** As exact as "last used" is told; a phone that asks all the time costs six writes an hour. */
const SEEN_EVERY: Millis = 10 * MINUTE;
const ADD = `
  INSERT INTO device (id, account_id, name, platform, status, public_jwk, pad_sealed, pad_version, created_at)
  SELECT ?, ?, ?, ?, 'pending', ?, ?, 1, CAST(? AS BIGINT)
  WHERE (SELECT count(*) FROM device WHERE account_id = ? AND status IN ('active', 'locked')) < ${MAX_DEVICES}
  RETURNING id`;
const ACTIVATE = `
  UPDATE device SET status = 'active', activated_at = ? WHERE id = ? AND status = 'pending'
  AND (SELECT count(*) FROM device AS other WHERE other.account_id = device.account_id AND other.status IN ('active', 'locked')) < ${MAX_DEVICES}
  RETURNING id`;
/** An account that has had a phone lapses no more. */
const STAYS =
  "UPDATE account SET lapses_at = NULL WHERE id = (SELECT account_id FROM device WHERE id = ?) AND lapses_at IS NOT NULL";
const REVOKE = `
  UPDATE device SET status = 'revoked', ended_at = ?, ended_by = ?, pad_sealed = '', next_pad_sealed = NULL, push_sealed = NULL
  WHERE id = ? AND status <> 'revoked' RETURNING id`;
/** One text of all, since one row can be read along: neither ids nor sealed values have a space or a comma. */
const activePads = (owner: string) => `
  (SELECT string_agg(id || ' ' || pad_version || ' ' || pad_sealed || ' ' || COALESCE(next_pad_sealed, ''), ',' ORDER BY id)
   FROM device WHERE account_id = ${owner} AND status = 'active') AS pads`;
const ACTIVE_PADS = `SELECT ${activePads("?")}`;
const RENEW =
  "UPDATE device SET next_pad_sealed = ? WHERE id = ? AND account_id = ? AND status = 'active' RETURNING pad_version";
const ADOPT = `
  UPDATE device SET pad_sealed = next_pad_sealed, next_pad_sealed = NULL, pad_version = pad_version + 1
  WHERE id = ? AND next_pad_sealed = ? AND status = 'active' RETURNING id`;
/** By its number, and not as it is sealed: it may have been sealed again meanwhile, under another master key. */
const THERE = "EXISTS (SELECT 1 FROM device WHERE id = ? AND pad_version = ? AND pad_sealed <> '')";
const BOTH_PADS = "SELECT account_id, pad_sealed, next_pad_sealed FROM device WHERE id = ? AND status = 'active'";
const PENDING_PAD =
  "SELECT id || ' ' || pad_version || ' ' || pad_sealed AS pads FROM device WHERE account_id = ? AND id = ? AND status = 'pending'";
const EVER_ACTIVE = "SELECT id FROM device WHERE account_id = ? AND activated_at IS NOT NULL LIMIT 1";

export function createDevices(ports: { clock: Clock; random: Random; sealer: Sealer }): Devices {
  const place = (id: string, accountId: string) => placeIn(SEALED_PADS, accountId, id);
  const nobody = ports.sealer.seal(new Uint8Array(PAD_LENGTH), place("", ""));
  const opened = (texts: string | null, accountId: string | undefined): PadOfDevice[] => {
    const one = (id: string, version: number, sealed: string, renewed = false): PadOfDevice => ({
      deviceId: id,
      pad: ports.sealer.open(sealed, place(id, accountId ?? "")),
      version,
      sealed,
      renewed,
    });
    const pads = (texts?.split(",") ?? []).flatMap((text) => {
      const [id = "", numbered, old = "", next] = text.split(" ");
      const version = Number(numbered);
      return next ? [one(id, version, old), one(id, version + 1, next, true)] : [one(id, version, old)];
    });
    // As many seals are opened for everybody, so that a decoy costs what five devices cost.
    for (let spare = pads.length; spare < MAX_DEVICES; spare += 1) ports.sealer.open(nobody, place("", ""));
    return pads;
  };
  return {
    async byId(sql, id) {
      const row = await sql.first<DeviceRow>("SELECT * FROM device WHERE id = ?", [id]);
      return row === undefined ? undefined : toDevice(row);
    },
    async add(sql, { accountId, name, platform, key }) {
      const id = randomId(ports.random);
      const pad = ports.random.bytes(PAD_LENGTH);
      const now: Millis = ports.clock();
      const sealed = ports.sealer.seal(pad, place(id, accountId));
      const rows = await sql.rows(ADD, [id, accountId, name, platform, JSON.stringify(key), sealed, now, accountId]);
      if (rows.length === 0) return undefined;
      return {
        device: { id, accountId, name, platform, status: "pending", key, padVersion: 1, seenAt: undefined },
        pad,
      };
    },
    async activate(sql, id) {
      if ((await sql.rows(ACTIVATE, [ports.clock(), id])).length !== 1) return false;
      await sql.run(STAYS, [id]);
      return true;
    },
    revoke: async (sql, id, by) => (await sql.rows(REVOKE, [ports.clock(), by, id])).length === 1,
    hold: holdDevices,
    count: countWorking,
    async seen(sql, { id, seenAt }) {
      const now = ports.clock();
      if (seenAt === undefined || seenAt <= now - SEEN_EVERY) await keepSeen(sql, id, now, now - SEEN_EVERY);
    },
    async padsOf(sql, accountId, pendingId) {
      const row =
        pendingId === undefined
          ? await sql.first<{ pads: string | null }>(ACTIVE_PADS, [accountId ?? ""])
          : await sql.first<{ pads: string }>(PENDING_PAD, [accountId ?? "", pendingId]);
      return opened(row?.pads ?? null, accountId);
    },
    padsAlong: {
      columns: activePads,
      opened,
      there: ({ deviceId, version }) => ({ condition: THERE, bindings: [deviceId, version] }),
    },
    async renew(sql, { id, accountId }) {
      const pad = ports.random.bytes(PAD_LENGTH);
      const row = await sql.first<{ pad_version: number }>(RENEW, [
        ports.sealer.seal(pad, place(id, accountId)),
        id,
        accountId,
      ]);
      return row === undefined ? undefined : { pad, version: row.pad_version + 1 };
    },
    async adopt(sql, { deviceId, pad, sealed }) {
      if ((await sql.rows(ADOPT, [deviceId, sealed])).length === 1) return { first: true };
      const row = await sql.first<BothPads>(BOTH_PADS, [deviceId]);
      if (row === undefined) return undefined;
      const same = (text: string) => Buffer.from(pad).equals(ports.sealer.open(text, place(deviceId, row.account_id)));
      const { pad_sealed: now, next_pad_sealed: next } = row;
      // It was sealed again meanwhile.
      if (next !== null && next !== sealed && same(next))
        return (await sql.rows(ADOPT, [deviceId, next])).length === 1 ? { first: true } : undefined;
      return same(now) ? { first: false } : undefined;
    },
    everActive: async (sql, accountId) => (await sql.rows(EVER_ACTIVE, [accountId])).length === 1,
  };
}

function toDevice(row: DeviceRow): Device {
  const { id, account_id: accountId, name, platform, status, pad_version: padVersion } = row;
  return {
    id,
    accountId,
    name,
    platform,
    status,
    key: JSON.parse(row.public_jwk),
    padVersion,
    seenAt: row.seen_at ?? undefined,
  };
}
