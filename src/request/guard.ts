import { type Clock, DAY, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/** After "It was not me": for a day no request of an unknown browser is brought to the account's phones (PROTOCOL 11). */
export interface Guard {
  raise(sql: Sql, accountId: string): Promise<void>;
  isUp(sql: Sql, accountId: string): Promise<boolean>;
}

/** NIST SP 800-63B section 3.1.3.2 asks for a limit; whoever bombs a phone goes to bed once. */
const LASTS: Millis = DAY;

const RAISE = `
  INSERT INTO guard (account_id, expires_at) VALUES (?, ?)
  ON CONFLICT (account_id) DO UPDATE SET expires_at = excluded.expires_at`;
const IS_UP = "SELECT expires_at FROM guard WHERE account_id = ? AND expires_at > ?";

export function createGuard({ clock }: { clock: Clock }): Guard {
  return {
    async raise(sql, accountId) {
      await sql.rows(RAISE, [accountId, clock() + LASTS]);
    },
    isUp: async (sql, accountId) => (await sql.first(IS_UP, [accountId, clock()])) !== undefined,
  };
}
