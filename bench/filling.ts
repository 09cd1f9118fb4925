import { DAY, HOUR, MINUTE } from "../src/clock.ts";
import type { Database, Engine } from "../src/database/database.ts";

/** What a database has that has been in use for long. */
export interface Filling {
  /** Each with a phone, a browser that it knows and a sign-in in its history. */
  accounts: number;
  /** Records, check numbers and limits whose time was over before the server started, which the sweep has not deleted yet. */
  expired: number;
}

/** In one statement: a minute of it would be a long one for whoever waits for SQLite's one connection. */
const AT_ONCE = 50_000;

/** As ids are: 22 characters that come in no order. */
const RANDOM: Record<Engine, string> = {
  sqlite: "lower(hex(randomblob(11)))",
  postgres: "substr(md5(random()::text), 1, 22)",
};
const NUMBERS =
  "WITH RECURSIVE numbers (n) AS (SELECT CAST(? AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)";
/** As long as what is sealed. */
const sealed = (length: number) => `1.filling0.${"x".repeat(length)}`;

/** Rows that nobody signs in by, written by the thousand, into a database that has none of them yet. */
export async function fill(database: Database, { accounts, expired }: Filling, now: number): Promise<void> {
  const id = RANDOM[database.engine];
  for (let first = 1; first <= accounts; first += AT_ONCE) {
    const last = Math.min(first + AT_ONCE - 1, accounts);
    const since = now - 90 * DAY + first;
    await database.transaction(async (sql) => {
      await sql.run(
        `${NUMBERS} INSERT INTO account (id, email, phone, locale, created_at, updated_at)
         SELECT ${id}, 'filling' || n || '@example.com', '+1666' || (10000000 + n), 'en', ?, ? FROM numbers`,
        [first, last, since, since],
      );
      // Whatever belongs to an account is written in the order of their ids, which is none.
      await sql.run(
        `INSERT INTO device (id, account_id, name, platform, status, public_jwk, pad_sealed, pad_version, created_at, activated_at)
         SELECT ${id}, id, 'phone', 'cli', 'active', '{}', '${sealed(80)}', 1, created_at, created_at FROM account
         WHERE created_at = ? AND email LIKE 'filling%'`,
        [since],
      );
      await sql.run(
        `INSERT INTO known_browser (browser_digest, account_id, first_at, last_at, user_agent)
         SELECT ${id}, id, created_at, created_at, '' FROM account WHERE created_at = ? AND email LIKE 'filling%'`,
        [since],
      );
      await sql.run(
        `INSERT INTO event (id, type, account_id, client_id, detail, at)
         SELECT ${id}, 'login.accepted', id, 'shop', '{}', created_at FROM account
         WHERE created_at = ? AND email LIKE 'filling%'`,
        [since],
      );
    });
  }
  for (let first = 1; first <= expired; first += AT_ONCE) {
    const last = Math.min(first + AT_ONCE - 1, expired);
    // Of four rows two are oidc-provider's, one is a check number and one a limit, as a sign-in leaves them.
    const half = [first, first + Math.ceil((last - first + 1) / 2) - 1] as const;
    const rest = [half[1] + 1, last] as const;
    const over = now - DAY;
    await database.transaction(async (sql) => {
      await sql.run(
        `${NUMBERS} INSERT INTO oidc (model, id, payload_sealed, account_id, client_id, saved_at, expires_at)
         SELECT 'AccessToken', ${id}, '${sealed(500)}', ${id}, 'shop', ? + n, ? + n FROM numbers`,
        [...half, over - HOUR, over],
      );
      if (rest[1] < rest[0]) return;
      await sql.run(
        `${NUMBERS} INSERT INTO challenge (id, context, subject, account_id, counter, client_id, purpose, digits, status, tries, issued_at, expires_at, changed_at)
         SELECT ${id}, ${id}, ${id}, ${id}, 'unknown:' || n, 'shop', 'login', '12345678', 'answered', 1, ? + n, ? + n, ? + n
         FROM numbers WHERE n % 2 = 0`,
        [...rest, over - 5 * MINUTE, over, over - 5 * MINUTE],
      );
      await sql.run(
        `${NUMBERS} INSERT INTO throttle (id, count, expires_at)
         SELECT 'filling ' || n || ' ' || ${id}, 1, ? + n FROM numbers WHERE n % 2 = 1`,
        [...rest, over],
      );
    });
  }
}
