import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { DeviceStatus, EndedBy, Platform } from "./device.ts";

/** A device as its owner's page tells of it. */
export interface DeviceLine {
  id: string;
  name: string;
  platform: Platform;
  status: DeviceStatus;
  createdAt: Millis;
  activatedAt: Millis | undefined;
  /** An answer that was accepted, or a call of its own; of calls, some minutes late. */
  usedAt: Millis | undefined;
  endedAt: Millis | undefined;
  endedBy: EndedBy | undefined;
  /** A new pad waits for its first right response. */
  renewing: boolean;
}

interface LineRow {
  id: string;
  name: string;
  platform: Platform;
  status: DeviceStatus;
  created_at: Millis;
  activated_at: Millis | null;
  seen_at: Millis | null;
  answered_at: Millis | null;
  ended_at: Millis | null;
  ended_by: EndedBy | null;
  renewing: number;
}

/** The types of events are written as the index is: that of another list would not be used. */
const lines = (condition: string) => `
  SELECT id, name, platform, status, created_at, activated_at, seen_at, ended_at, ended_by,
    CASE WHEN next_pad_sealed IS NULL THEN 0 ELSE 1 END AS renewing,
    (SELECT MAX(at) FROM event WHERE event.device_id = device.id AND type IN ('login.accepted', 'operation.confirmed')) AS answered_at
  FROM device WHERE account_id = ? AND ${condition}`;
const THERE = `${lines("(status IN ('active', 'locked') OR (status = 'pending' AND created_at > ?))")} ORDER BY created_at, id`;
/** One that never worked was never one of the account's. */
const CLOSED = `${lines("status = 'revoked' AND activated_at IS NOT NULL AND ended_at > ?")} ORDER BY ended_at DESC, id LIMIT 5`;
const ONE = lines("id = ?");
const RENAME =
  "UPDATE device SET name = ? WHERE id = ? AND account_id = ? AND status <> 'revoked' AND name <> ? RETURNING id";
const SEEN = "UPDATE device SET seen_at = ? WHERE id = ? AND (seen_at IS NULL OR seen_at <= ?)";
const ENDED_SINCE = "SELECT id, account_id, ended_at FROM device WHERE ended_at > ?";
/** The account's row stands for all its devices; nothing in it changes. */
const HOLD = "UPDATE account SET updated_at = updated_at WHERE id = ? RETURNING id";
const WORKING = "SELECT COUNT(*) AS number FROM device WHERE account_id = ? AND status IN ('active', 'locked')";
const CONNECTED = "SELECT id FROM device WHERE account_id = ? AND activated_at >= ? LIMIT 1";
const SIGNED_IN = `
  SELECT DISTINCT device_id FROM event
  WHERE account_id = ? AND type = 'login.accepted' AND at >= ? AND at < ? AND device_id IS NOT NULL LIMIT 2`;

/** Those that work or wait for their first response, the oldest first; `since`: younger ones that wait. */
export async function devicesThere(sql: Sql, accountId: string, since: Millis): Promise<DeviceLine[]> {
  return (await sql.rows<LineRow>(THERE, [accountId, since])).map(toLine);
}

/** Those that have ended since, the last first. */
export async function devicesClosed(sql: Sql, accountId: string, since: Millis): Promise<DeviceLine[]> {
  return (await sql.rows<LineRow>(CLOSED, [accountId, since])).map(toLine);
}

/** Undefined for another account's as well. */
export async function deviceOf(sql: Sql, accountId: string, id: string): Promise<DeviceLine | undefined> {
  const row = await sql.first<LineRow>(ONE, [accountId, id]);
  return row === undefined ? undefined : toLine(row);
}

/** False where it has that name already, or has ended. */
export async function renameDevice(sql: Sql, accountId: string, id: string, name: string): Promise<boolean> {
  return (await sql.rows(RENAME, [name, id, accountId, name])).length === 1;
}

/** Unless it was kept at `before` or later by another call. */
export async function keepSeen(sql: Sql, id: string, now: Millis, before: Millis): Promise<void> {
  await sql.run(SEEN, [now, id, before]);
}

/** For phones that wait: which accounts have lost a device, on whatever node. */
export async function endedSince(sql: Sql, since: Millis): Promise<{ id: string; accountId: string; at: Millis }[]> {
  const rows = await sql.rows<{ id: string; account_id: string; ended_at: Millis }>(ENDED_SINCE, [since]);
  return rows.map(({ id, account_id: accountId, ended_at: at }) => ({ id, accountId, at }));
}

/** Until the transaction ends, nobody else makes a device of this account work or ends one. */
export async function holdDevices(sql: Sql, accountId: string): Promise<void> {
  await sql.rows(HOLD, [accountId]);
}

/** How many devices work for an account. */
export async function countWorking(sql: Sql, accountId: string): Promise<number> {
  return (await sql.first<{ number: number }>(WORKING, [accountId]))?.number ?? 0;
}

/** Whether one came to work since, though it may have ended. */
export async function connectedSince(sql: Sql, accountId: string, since: Millis): Promise<boolean> {
  return (await sql.first(CONNECTED, [accountId, since])) !== undefined;
}

/** Whose response signed the account in at this second; undefined where that is not certain. */
export async function deviceOfSignIn(sql: Sql, accountId: string, second: Millis): Promise<string | undefined> {
  // The event is written a moment after the response is judged, which may be in the next second.
  const rows = await sql.rows<{ device_id: string }>(SIGNED_IN, [accountId, second, second + 2000]);
  return rows.length === 1 ? rows[0]?.device_id : undefined;
}

function toLine(row: LineRow): DeviceLine {
  const used = [row.activated_at, row.seen_at, row.answered_at].filter((time) => time !== null);
  return {
    id: row.id,
    name: row.name,
    platform: row.platform,
    status: row.status,
    createdAt: row.created_at,
    activatedAt: row.activated_at ?? undefined,
    usedAt: used.length === 0 ? undefined : Math.max(...used),
    endedAt: row.ended_at ?? undefined,
    endedBy: row.ended_by ?? undefined,
    renewing: row.renewing === 1,
  };
}
