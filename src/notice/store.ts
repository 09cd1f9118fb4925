import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { OptionalNotice } from "./rules.ts";

const IS_MUTED = "SELECT notice FROM muted_notice WHERE account_id = ? AND notice = ?";
const MUTED = "SELECT notice FROM muted_notice WHERE account_id = ?";
const MUTE =
  "INSERT INTO muted_notice (account_id, notice, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING notice";
const UNMUTE_ALL = "DELETE FROM muted_notice WHERE account_id = ? RETURNING notice";
const UNMUTE = "DELETE FROM muted_notice WHERE account_id = ? AND notice = ? RETURNING notice";

export async function isMuted(sql: Sql, accountId: string, notice: OptionalNotice): Promise<boolean> {
  return (await sql.first(IS_MUTED, [accountId, notice])) !== undefined;
}

export async function mutedOf(sql: Sql, accountId: string): Promise<ReadonlySet<string>> {
  return new Set((await sql.rows<{ notice: string }>(MUTED, [accountId])).map(({ notice }) => notice));
}

/** False where it was switched off before: one of many at once wins. */
export async function mute(sql: Sql, accountId: string, notice: OptionalNotice, now: Millis): Promise<boolean> {
  return (await sql.rows(MUTE, [accountId, notice, now])).length === 1;
}

/** False where it was on. */
export async function unmute(sql: Sql, accountId: string, notice: OptionalNotice): Promise<boolean> {
  return (await sql.rows(UNMUTE, [accountId, notice])).length === 1;
}

/** All that the account has switched off; how many. */
export async function unmuteAll(sql: Sql, accountId: string): Promise<number> {
  return (await sql.rows(UNMUTE_ALL, [accountId])).length;
}
