import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { endOf, periodOf } from "./calendar.ts";
import { WINDOWS, type Window } from "./policy-file.ts";
import type { Counted, Raised, Spent } from "./rules.ts";
import { exceeds, FRACTIONS, NOTHING, type Sum } from "./sum.ts";

/** Whose sums, at which time of which zone. */
export interface SpentBy {
  readonly accountId: string;
  readonly at: Millis;
  readonly zone: string;
}

type CountedAs = Pick<Counted, "rule" | "currency">;

function idOf({ accountId, at, zone }: SpentBy, { rule, currency }: CountedAs, window: Window): string {
  // The rule's name may hold blanks, so it comes last.
  return `${accountId} ${currency} ${window} ${periodOf(window, at, zone)} ${rule}`;
}

/** What was confirmed in the calendar periods that `at` is in. */
export async function spentOf(sql: Sql, by: SpentBy, counted: CountedAs): Promise<Spent> {
  const ids = WINDOWS.map((window) => idOf(by, counted, window));
  const rows = await sql.rows<Sum & { id: string }>(
    "SELECT id, whole, fraction FROM policy_spent WHERE id IN (?, ?, ?)",
    ids,
  );
  const of = (index: number): Sum => rows.find(({ id }) => id === ids[index]) ?? NOTHING;
  return { day: of(0), week: of(1), month: of(2) };
}

const WHOLE = `policy_spent.whole + excluded.whole + (policy_spent.fraction + excluded.fraction) / ${FRACTIONS}`;
const FRACTION = `(policy_spent.fraction + excluded.fraction) % ${FRACTIONS}`;
/** Adds within the row itself, so that two at once cannot both see the old sum; no row comes back where the limit would be passed. */
const ADD = `
  INSERT INTO policy_spent (id, account_id, whole, fraction, expires_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET whole = ${WHOLE}, fraction = ${FRACTION}
  WHERE ${WHOLE} < ? OR (${WHOLE} = ? AND ${FRACTION} <= ?)
  RETURNING id`;

/** No sum of a person's comes near it, and it is exact in both databases and in JavaScript. */
const BOUNDLESS: Sum = { whole: Number.MAX_SAFE_INTEGER, fraction: 0 };

/**
 * Counts one confirmed operation in every window that some limit looks at, in the transaction that confirms it. Gives the window whose
 * limit it would pass; the caller then takes all of it back.
 */
export async function spend(
  sql: Sql,
  by: SpentBy,
  counted: Counted,
  limits: Counted["most"],
): Promise<Window | undefined> {
  const { sum } = counted;
  for (const window of counted.windows) {
    const limit = limits[window] ?? BOUNDLESS;
    // The first of a period meets no row whose condition would be asked.
    if (exceeds(sum, limit)) return window;
    const id = idOf(by, counted, window);
    const end = endOf(window, periodOf(window, by.at, by.zone));
    const row = [id, by.accountId, sum.whole, sum.fraction, end];
    if ((await sql.first(ADD, [...row, limit.whole, limit.whole, limit.fraction])) === undefined) return window;
  }
  return undefined;
}

/** What a demand is about: it holds where all that it names fits. */
export interface About {
  readonly accountId?: string | undefined;
  readonly clientId?: string | undefined;
  /** The purse or WMID that is paid. */
  readonly recipient?: string | undefined;
}

export interface RaisedRow extends Raised {
  readonly id: string;
  readonly about: About;
  readonly createdAt: Millis;
  /** Undefined where it stands until it is taken back. */
  readonly until: Millis | undefined;
}

interface StoredRaised {
  id: string;
  raised_by: Raised["by"];
  demands: Raised["demands"];
  account_id: string | null;
  client_id: string | null;
  recipient: string | null;
  reason: string | null;
  created_at: number;
  until: number | null;
}

/** One of the three is always there; each branch has its index. What names an account is found by it, and not among all of its site's. */
const RAISED = `
  SELECT * FROM policy_raised WHERE account_id = ?
  UNION SELECT * FROM policy_raised WHERE client_id = ? AND account_id IS NULL
  UNION SELECT * FROM policy_raised WHERE recipient = ? AND account_id IS NULL`;

/** What holds for this account, client and recipient at this time, the oldest first. */
export async function raisedFor(sql: Sql, { accountId, clientId, recipient }: About, at: Millis): Promise<RaisedRow[]> {
  const rows = await sql.rows<StoredRaised>(RAISED, [accountId ?? null, clientId ?? null, recipient ?? null]);
  const fits = (wanted: string | undefined, given: string | undefined) => wanted === undefined || wanted === given;
  return rows
    .map(toRaised)
    .filter(({ about, until }) => {
      const now = until === undefined || until > at;
      return (
        now && fits(about.accountId, accountId) && fits(about.clientId, clientId) && fits(about.recipient, recipient)
      );
    })
    .sort((one, other) => one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1));
}

const INSERT = `
  INSERT INTO policy_raised (id, raised_by, demands, account_id, client_id, recipient, reason, created_at, until)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export async function insertRaised(sql: Sql, row: RaisedRow): Promise<void> {
  await sql.rows(INSERT, bindingsOf(row));
}

function bindingsOf(row: RaisedRow) {
  return [
    row.id,
    row.by,
    row.demands,
    row.about.accountId ?? null,
    row.about.clientId ?? null,
    row.about.recipient ?? null,
    row.reason === undefined ? null : JSON.stringify(row.reason),
    row.createdAt,
    row.until ?? null,
  ];
}

/** All that holds now for a time, for the operator; what people have switched on for themselves has no end and is not among it. */
export async function allRaised(sql: Sql, at: Millis): Promise<RaisedRow[]> {
  const rows = await sql.rows<StoredRaised>(
    "SELECT * FROM policy_raised WHERE until > ? AND raised_by = 'security' ORDER BY created_at, id",
    [at],
  );
  return rows.map(toRaised);
}

/** One row for account, demand and site: false when it was there. */
export async function insertOwn(sql: Sql, row: RaisedRow): Promise<boolean> {
  return (await sql.first(`${INSERT} ON CONFLICT DO NOTHING RETURNING id`, bindingsOf(row))) !== undefined;
}

type StoredOwn = Pick<StoredRaised, "id" | "client_id"> & { demands: Exclude<Raised["demands"], "refuse"> };

export async function ownOf(sql: Sql, accountId: string) {
  const statement = `
    SELECT id, demands, client_id FROM policy_raised WHERE account_id = ? AND raised_by = 'person' ORDER BY created_at, id`;
  const rows = await sql.rows<StoredOwn>(statement, [accountId]);
  return rows.map(({ id, demands, client_id: clientId }) => ({ id, demands, clientId: clientId ?? undefined }));
}

/** True when it was there, and the account's. */
export async function deleteOwn(sql: Sql, accountId: string, id: string): Promise<boolean> {
  const statement = "DELETE FROM policy_raised WHERE id = ? AND account_id = ? AND raised_by = 'person' RETURNING id";
  return (await sql.first(statement, [id, accountId])) !== undefined;
}

export async function standsOwn(sql: Sql, accountId: string, clientId: string): Promise<boolean> {
  const statement = `
    SELECT id FROM policy_raised
    WHERE account_id = ? AND demands = 'login' AND COALESCE(client_id, '') = ? AND raised_by = 'person'`;
  return (await sql.first(statement, [accountId, clientId])) !== undefined;
}

/** True when it was there. */
export async function deleteRaised(sql: Sql, id: string, by: Raised["by"]): Promise<boolean> {
  const gone = await sql.first("DELETE FROM policy_raised WHERE id = ? AND raised_by = ? RETURNING id", [id, by]);
  return gone !== undefined;
}

function toRaised(row: StoredRaised): RaisedRow {
  return {
    id: row.id,
    by: row.raised_by,
    demands: row.demands,
    ...(row.reason === null ? {} : { reason: JSON.parse(row.reason) }),
    about: {
      accountId: row.account_id ?? undefined,
      clientId: row.client_id ?? undefined,
      recipient: row.recipient ?? undefined,
    },
    createdAt: row.created_at,
    until: row.until ?? undefined,
  };
}
