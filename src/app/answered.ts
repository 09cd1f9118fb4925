import { endAnsweredOf } from "../challenge/store.ts";
import type { Millis } from "../clock.ts";
import { endAnsweredCodesOf } from "../code/store.ts";
import type { Sql } from "../database/database.ts";

/**
 * Ends what an account has proven by a response or a code and no page has carried on: a phone that answers does not wait for the browser, which
 * may come minutes later. The page begins again; a site that asks on the phone (PROTOCOL 12) is told that it was declined.
 */
export async function endAnswered(sql: Sql, accountId: string, now: Millis): Promise<void> {
  await endAnsweredOf(sql, accountId, now);
  await endAnsweredCodesOf(sql, accountId);
}
