import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

export type DeletionStatus = "waiting" | "stopped" | "done";

export interface DeletionRow {
  id: string;
  account_id: string;
  asked_by: "account" | "operator";
  status: DeletionStatus;
  asked_at: Millis;
  due_at: Millis;
}

export interface NewDeletion {
  id: string;
  accountId: string;
  by: DeletionRow["asked_by"];
  stopDigest: string;
  askedAt: Millis;
  dueAt: Millis;
}

/** True for the one call that has an account deleted; until it is stopped, another finds it so. */
export async function beginEnd(sql: Sql, accountId: string, dueAt: Millis): Promise<boolean> {
  const statement = "UPDATE account SET ends_at = ? WHERE id = ? AND ends_at IS NULL RETURNING id";
  return (await sql.rows(statement, [dueAt, accountId])).length === 1;
}

export async function takeBackEnd(sql: Sql, accountId: string): Promise<void> {
  await sql.run("UPDATE account SET ends_at = NULL WHERE id = ?", [accountId]);
}

export async function insertDeletion(sql: Sql, row: NewDeletion): Promise<void> {
  await sql.run(
    `INSERT INTO account_deletion (id, account_id, asked_by, status, stop_digest, asked_at, due_at)
     VALUES (?, ?, ?, 'waiting', ?, ?, ?)`,
    [row.id, row.accountId, row.by, row.stopDigest, row.askedAt, row.dueAt],
  );
}

export function deletionById(sql: Sql, id: string): Promise<DeletionRow | undefined> {
  return sql.first<DeletionRow>("SELECT * FROM account_deletion WHERE id = ?", [id]);
}

export function deletionByStop(sql: Sql, stopDigest: string): Promise<DeletionRow | undefined> {
  return sql.first<DeletionRow>("SELECT * FROM account_deletion WHERE stop_digest = ?", [stopDigest]);
}

export function waitingOf(sql: Sql, accountId: string): Promise<DeletionRow | undefined> {
  return sql.first<DeletionRow>("SELECT * FROM account_deletion WHERE account_id = ? AND status = 'waiting'", [
    accountId,
  ]);
}

export function dueDeletions(sql: Sql, now: Millis, limit: number): Promise<{ id: string }[]> {
  return sql.rows("SELECT id FROM account_deletion WHERE status = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT ?", [
    now,
    limit,
  ]);
}

/** For the one call that stops it. */
export function endWaiting(sql: Sql, id: string, now: Millis): Promise<DeletionRow | undefined> {
  return sql.first<DeletionRow>(
    "UPDATE account_deletion SET status = 'stopped', ended_at = ? WHERE id = ? AND status = 'waiting' RETURNING *",
    [now, id],
  );
}

/** For the one call that makes it, once its time has come. */
export function makeDue(sql: Sql, id: string, now: Millis): Promise<DeletionRow | undefined> {
  return sql.first<DeletionRow>(
    "UPDATE account_deletion SET status = 'done', ended_at = ? WHERE id = ? AND status = 'waiting' AND due_at <= ? RETURNING *",
    [now, id, now],
  );
}

/** It waits on, the account with it; false where it has been stopped meanwhile, or another node has put it off. */
export async function putOff(sql: Sql, row: DeletionRow, until: Millis, now: Millis): Promise<boolean> {
  const statement =
    "UPDATE account_deletion SET due_at = ? WHERE id = ? AND status = 'waiting' AND due_at <= ? RETURNING id";
  if ((await sql.first(statement, [until, row.id, now])) === undefined) return false;
  await sql.run("UPDATE account SET ends_at = ? WHERE id = ?", [until, row.account_id]);
  return true;
}

/** Accounts that never had a phone, and whose time is over. */
export function lapsedAccounts(sql: Sql, now: Millis, limit: number): Promise<{ id: string }[]> {
  return sql.rows("SELECT id FROM account WHERE lapses_at <= ? ORDER BY lapses_at LIMIT ?", [now, limit]);
}

/** False for one whose phone is to be connected once more since. */
export async function isLapsed(sql: Sql, accountId: string, now: Millis): Promise<boolean> {
  const statement = "SELECT id FROM account WHERE id = ? AND lapses_at <= ?";
  return (await sql.first(statement, [accountId, now])) !== undefined;
}

const USED = `
  SELECT id FROM device WHERE account_id = ? AND activated_at IS NOT NULL
  UNION ALL SELECT wmid AS id FROM account_wmid WHERE account_id = ?
  UNION ALL SELECT id FROM event WHERE account_id = ? AND type IN ('login.accepted', 'operation.confirmed') LIMIT 1`;

/** Whether somebody ever had a phone for it, signed in or confirmed something by SMS, or it has a WMID: then it lapses no more. */
export async function isUsed(sql: Sql, accountId: string): Promise<boolean> {
  return (await sql.first(USED, [accountId, accountId, accountId])) !== undefined;
}

export async function lapsesAt(sql: Sql, accountId: string, at: Millis): Promise<void> {
  await sql.run("UPDATE account SET lapses_at = ? WHERE id = ?", [at, accountId]);
}

export async function staysFromNow(sql: Sql, accountId: string): Promise<void> {
  await sql.run("UPDATE account SET lapses_at = NULL WHERE id = ?", [accountId]);
}

/** What is to be erased once more, and under which name its events go on. */
export interface ErasedRow {
  account_id: string;
  name: string;
}

export async function eraseLater(sql: Sql, { account_id: id, name }: ErasedRow, at: Millis): Promise<void> {
  await sql.run("INSERT INTO erased_account (account_id, name, again_at) VALUES (?, ?, ?)", [id, name, at]);
}

export function dueAgain(sql: Sql, now: Millis, limit: number): Promise<ErasedRow[]> {
  const statement = "SELECT account_id, name FROM erased_account WHERE again_at <= ? ORDER BY again_at LIMIT ?";
  return sql.rows(statement, [now, limit]);
}

/** True for the one call that does it. */
export async function endAgain(sql: Sql, accountId: string): Promise<boolean> {
  const statement = "DELETE FROM erased_account WHERE account_id = ? RETURNING account_id";
  return (await sql.first(statement, [accountId])) !== undefined;
}
