import type { Context } from "koa";
import type { Origin } from "../challenge/challenge.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Cookies } from "../http/cookies.ts";
import { type Counter, knownBrowserCounter, knownBrowserCounterOf } from "../limits/limits.ts";
import { type Along, named, type Scalar } from "../limits/throttle.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";

/** A browser that has signed an account in, as it called itself then; older ones have not been asked. */
export interface KnownBrowser {
  digest: string;
  userAgent: string | undefined;
  country: string | undefined;
  firstAt: Millis;
  lastAt: Millis;
}

/** Which browsers have signed an account in before: each has a cookie, and a row for each of its accounts. */
export interface Browsers {
  /** The digest of this browser's cookie, where it has one. */
  current(context: Context): string | undefined;
  /** Those that this account knows, the last one first. */
  list(sql: Sql, accountId: string): Promise<KnownBrowser[]>;
  /** Whether this browser has signed this account in; its digest, for the name of its counter. */
  known(sql: Sql, context: Context, accountId: string | undefined): Promise<string | undefined>;
  /** The same with its counter, and what is read along of it. */
  knownWith<Row>(
    sql: Sql,
    context: Context,
    accountId: string | undefined,
    along: (counter: Counter) => Along,
  ): Promise<{ counter: Counter; row: Row } | undefined>;
  /** Whether this browser knows the account whose id a statement finds itself: its digest as `browser_digest`, or null; and its counter. */
  knownAlong(context: Context, account: Scalar): { known: Along; counter: Scalar };
  /**
   * After a right response in a browser that was known when it was asked. One that its owner has had forgotten since stays so: its next
   * sign-in is a new browser's.
   */
  seen(sql: Sql, context: Context, accountId: string): Promise<void>;
  /** After a right response in any other. Sets the cookie where there is none. True for the one call that made it known. */
  remember(sql: Sql, context: Context, accountId: string): Promise<boolean>;
  /** After its first lock, a browser is like any other. */
  forget(sql: Sql, context: Context, accountId: string): Promise<void>;
  /** At its owner's wish; false where the account knows none of this digest. */
  forgetOne(sql: Sql, accountId: string, digest: string): Promise<boolean>;
  /** All of an account, as at its recovery; how many. */
  forgetAll(sql: Sql, accountId: string): Promise<number>;
  /** The counters of all browsers that have signed this account in. */
  counters(sql: Sql, accountId: string): Promise<ReadonlySet<Counter>>;
}

const knownWith = (columns: string, account = "?") =>
  `SELECT ${columns} FROM known_browser WHERE browser_digest = ? AND account_id = ${account}`;
const KNOWN = knownWith("browser_digest");
const ALL = "SELECT browser_digest FROM known_browser WHERE account_id = ?";
const REMEMBER = `
  INSERT INTO known_browser (browser_digest, account_id, first_at, last_at, user_agent, country) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING RETURNING browser_digest`;
const SEEN =
  "UPDATE known_browser SET last_at = ?, user_agent = ?, country = ? WHERE browser_digest = ? AND account_id = ?";
const LIST = `
  SELECT browser_digest, user_agent, country, first_at, last_at FROM known_browser WHERE account_id = ?
  ORDER BY last_at DESC, browser_digest`;
const FORGET = "DELETE FROM known_browser WHERE browser_digest = ? AND account_id = ?";
const FORGET_ALL = "DELETE FROM known_browser WHERE account_id = ? RETURNING browser_digest";
const FORGET_ONE = `${FORGET} RETURNING browser_digest`;

export interface BrowsersPorts {
  clock: Clock;
  random: Random;
  digest: Digester;
  cookies: Cookies;
  originOf(context: Context): Pick<Origin, "userAgent" | "country">;
}

export function createBrowsers(ports: BrowsersPorts): Browsers {
  const digestOf = (context: Context): string | undefined => {
    const cookie = ports.cookies.get(context, "browser");
    return cookie === undefined ? undefined : ports.digest("browser", cookie);
  };
  /** Set again each time: browsers cut a cookie's life short, and each sign-in makes it new. */
  const renewCookie = (sql: Sql, context: Context, cookie: string) => {
    sql.afterwards(() => ports.cookies.set(context, "browser", cookie));
    return ports.digest("browser", cookie);
  };
  const markSeen = (sql: Sql, context: Context, digest: string, accountId: string) => {
    const { userAgent, country = null } = ports.originOf(context);
    return sql.run(SEEN, [ports.clock(), userAgent, country, digest, accountId]);
  };
  return {
    current: digestOf,
    async list(sql, accountId) {
      const rows = await sql.rows<KnownBrowserRow>(LIST, [accountId]);
      return rows.map((row) => ({
        digest: row.browser_digest,
        userAgent: row.user_agent ?? undefined,
        country: row.country ?? undefined,
        firstAt: row.first_at,
        lastAt: row.last_at,
      }));
    },
    forgetOne: async (sql, accountId, digest) => (await sql.first(FORGET_ONE, [digest, accountId])) !== undefined,
    forgetAll: forgetBrowsers,
    async known(sql, context, accountId) {
      const digest = digestOf(context);
      if (digest === undefined) return undefined;
      // Asked without an account as well, so that a decoy costs the same statements; whether there is a cookie, the browser knows.
      const row = await sql.first<{ browser_digest: string }>(KNOWN, [digest, accountId ?? ""]);
      return row?.browser_digest;
    },
    async knownWith<Row>(
      sql: Sql,
      context: Context,
      accountId: string | undefined,
      along: (counter: Counter) => Along,
    ) {
      const digest = digestOf(context);
      if (digest === undefined) return undefined;
      const counter = knownBrowserCounter(digest, accountId ?? "");
      const { columns, bindings } = along(counter);
      const row = await sql.first<Row>(knownWith(columns), [...bindings, digest, accountId ?? ""]);
      return row === undefined ? undefined : { counter, row };
    },
    knownAlong(context, account) {
      // Without a cookie it is asked as well, of a digest that no browser has.
      const digest = digestOf(context) ?? "";
      const scalar = `(${knownWith("browser_digest", account.scalar)})`;
      return {
        known: named({ scalar, bindings: [digest, ...account.bindings] }, "browser_digest"),
        counter: knownBrowserCounterOf(digest, account),
      };
    },
    async remember(sql, context, accountId) {
      const digest = renewCookie(sql, context, ports.cookies.get(context, "browser") ?? randomId(ports.random));
      const now = ports.clock();
      const { userAgent, country = null } = ports.originOf(context);
      const first = await sql.first(REMEMBER, [digest, accountId, now, now, userAgent, country]);
      if (first === undefined) await markSeen(sql, context, digest, accountId);
      return first !== undefined;
    },
    async seen(sql, context, accountId) {
      const cookie = ports.cookies.get(context, "browser");
      if (cookie !== undefined) await markSeen(sql, context, renewCookie(sql, context, cookie), accountId);
    },
    async forget(sql, context, accountId) {
      await sql.run(FORGET, [digestOf(context) ?? "", accountId]);
    },
    async counters(sql, accountId) {
      const rows = await sql.rows<{ browser_digest: string }>(ALL, [accountId]);
      return new Set(rows.map(({ browser_digest: digest }) => knownBrowserCounter(digest, accountId)));
    },
  };
}

interface KnownBrowserRow {
  browser_digest: string;
  user_agent: string | null;
  country: string | null;
  first_at: Millis;
  last_at: Millis;
}

/** All of an account, as `forgetAll`: for the operator's verbs, which have no visitors. */
export async function forgetBrowsers(sql: Sql, accountId: string): Promise<number> {
  return (await sql.rows(FORGET_ALL, [accountId])).length;
}
