import type { Context } from "koa";
import type { Clock } from "../clock.ts";
import type { Sql } from "../database.ts";
import type { Cookies } from "../http/cookies.ts";
import { type Counter, knownBrowserCounter } from "../limits/limits.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";

/** Which browsers have signed an account in before: each has a cookie, and a row for each of its accounts. */
export interface Browsers {
  /** Whether this browser has signed this account in; its digest, for the name of its counter. */
  known(sql: Sql, context: Context, accountId: string | undefined): Promise<string | undefined>;
  /** After a right response. Sets the cookie where there is none. */
  remember(sql: Sql, context: Context, accountId: string): Promise<void>;
  /** After its first lock, a browser is like any other. */
  forget(sql: Sql, context: Context, accountId: string): Promise<void>;
  /** The counters of all browsers that have signed this account in. */
  counters(sql: Sql, accountId: string): Promise<ReadonlySet<Counter>>;
}

const KNOWN = "SELECT browser_digest FROM known_browser WHERE browser_digest = ? AND account_id = ?";
const ALL = "SELECT browser_digest FROM known_browser WHERE account_id = ?";
const REMEMBER = `
  INSERT INTO known_browser (browser_digest, account_id, first_at, last_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (browser_digest, account_id) DO UPDATE SET last_at = excluded.last_at`;
const FORGET = "DELETE FROM known_browser WHERE browser_digest = ? AND account_id = ?";

export function createBrowsers(ports: { clock: Clock; random: Random; digest: Digester; cookies: Cookies }): Browsers {
  const digestOf = (context: Context): string | undefined => {
    const cookie = ports.cookies.get(context, "browser");
    return cookie === undefined ? undefined : ports.digest("browser", cookie);
  };
  return {
    async known(sql, context, accountId) {
      const digest = digestOf(context);
      if (digest === undefined) return undefined;
      // Asked without an account as well, so that a decoy costs the same statements; whether there is a cookie, the browser knows.
      const row = await sql.first<{ browser_digest: string }>(KNOWN, [digest, accountId ?? ""]);
      return row?.browser_digest;
    },
    async remember(sql, context, accountId) {
      const cookie = ports.cookies.get(context, "browser") ?? randomId(ports.random);
      // Set again each time: browsers cut a cookie's life short, and each sign-in makes it new.
      ports.cookies.set(context, "browser", cookie);
      const now = ports.clock();
      await sql.run(REMEMBER, [ports.digest("browser", cookie), accountId, now, now]);
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
