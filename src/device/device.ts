/**
 * Owns enrolled phones: their names, keys, pads and states (`pending`, `active`, `locked`, `revoked`; PROTOCOL 1).
 * A pad leaves this room twice: once to the phone, encrypted to its key, and for each judgement to `challenge/`.
 * It does not know how a device comes to be (`enrolment/`), nor what it answers (`challenge/`).
 */
import type { Clock, Millis } from "../clock.ts";
import type { Sql } from "../database.ts";
import { PAD_LENGTH } from "../e-num/e-num.ts";
import { type Random, randomId } from "../random.ts";
import type { Sealer } from "../secrecy.ts";

export type Platform = "web" | "android" | "ios" | "cli";
export type DeviceStatus = "pending" | "active" | "locked" | "revoked";

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
  /** True for the one call that makes a pending device active. */
  activate(sql: Sql, id: string): Promise<boolean>;
  /** True for the one call that ends a device; its pad is erased. */
  revoke(sql: Sql, id: string): Promise<boolean>;
  /** Pads of an account's active devices, or of one pending device; for no account, none, at the same cost. */
  padsOf(
    sql: Sql,
    accountId: string | undefined,
    pendingId: string | undefined,
  ): Promise<{ deviceId: string; pad: Uint8Array }[]>;
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
  pad_version: number;
}

/** Five: what the odds of guessing in PROTOCOL 11 are computed for. */
const MAX_DEVICES = 5;
const ADD = `
  INSERT INTO device (id, account_id, name, platform, status, public_jwk, pad_sealed, pad_version, created_at)
  SELECT ?, ?, ?, ?, 'pending', ?, ?, 1, CAST(? AS BIGINT)
  WHERE (SELECT count(*) FROM device WHERE account_id = ? AND status IN ('active', 'locked')) < ${MAX_DEVICES}
  RETURNING id`;
const ACTIVATE =
  "UPDATE device SET status = 'active', activated_at = ? WHERE id = ? AND status = 'pending' RETURNING id";
const REVOKE =
  "UPDATE device SET status = 'revoked', ended_at = ?, pad_sealed = '' WHERE id = ? AND status <> 'revoked' RETURNING id";
const ACTIVE_PADS = "SELECT id, pad_sealed FROM device WHERE account_id = ? AND status = 'active' ORDER BY id";
const PENDING_PAD = "SELECT id, pad_sealed FROM device WHERE account_id = ? AND id = ? AND status = 'pending'";
const EVER_ACTIVE = "SELECT id FROM device WHERE account_id = ? AND activated_at IS NOT NULL LIMIT 1";

export function createDevices(ports: { clock: Clock; random: Random; sealer: Sealer }): Devices {
  // Bound to its account too: whoever could write to the table must not be able to move a phone to another account.
  const place = (id: string, accountId: string) => ({ table: "device", column: "pad", row: `${accountId}:${id}` });
  const nobody = ports.sealer.seal(new Uint8Array(PAD_LENGTH), place("", ""));
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
      return { device: { id, accountId, name, platform, status: "pending", key, padVersion: 1 }, pad };
    },
    activate: async (sql, id) => (await sql.rows(ACTIVATE, [ports.clock(), id])).length === 1,
    revoke: async (sql, id) => (await sql.rows(REVOKE, [ports.clock(), id])).length === 1,
    async padsOf(sql, accountId, pendingId) {
      const rows =
        pendingId === undefined
          ? await sql.rows<DeviceRow>(ACTIVE_PADS, [accountId ?? ""])
          : await sql.rows<DeviceRow>(PENDING_PAD, [accountId ?? "", pendingId]);
      // As many seals are opened for everybody, so that a decoy costs what five devices cost.
      for (let spare = rows.length; spare < MAX_DEVICES; spare += 1) ports.sealer.open(nobody, place("", ""));
      return rows.map((row) => ({
        deviceId: row.id,
        pad: ports.sealer.open(row.pad_sealed, place(row.id, accountId ?? "")),
      }));
    },
    everActive: async (sql, accountId) => (await sql.rows(EVER_ACTIVE, [accountId])).length === 1,
  };
}

function toDevice(row: DeviceRow): Device {
  const { id, account_id: accountId, name, platform, status, pad_version: padVersion } = row;
  return { id, accountId, name, platform, status, key: JSON.parse(row.public_jwk), padVersion };
}
