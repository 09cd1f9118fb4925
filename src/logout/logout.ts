/**
 * Owns the telling of sites that a session has ended (OpenID Connect Back-Channel Logout 1.0): whom to tell is kept before or with the end of
 * the session, each site is told after it, and again where it did not listen, at most five times. It knows neither tokens nor networks (`tell`
 * mints a new logout token at each attempt), nor why a session ends.
 * Control enters by `queue`; a worker of each node takes what is due and leaves by `tell`. What was given up is in the log.
 */
import type { Logger } from "pino";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Random, randomId } from "../random.ts";
import { createWorker } from "../worker.ts";
import { ATTEMPTS, pauseAfter } from "./rules.ts";
import { claimDue, insertNotice, markGivenUp, markTold, type NoticeRow, retryAt } from "./store.ts";

/** One site of a session that has ended. */
export interface Notice {
  clientId: string;
  accountId: string;
  /** The session by the name that this site knows (`sid`). */
  sid: string | undefined;
}

/** What came of one attempt; `final` where another would be in vain. */
export type Told = { kind: "told" } | { kind: "failed"; reason: string; final: boolean };

export interface Logout {
  /** Before the session ends, or in the same transaction: then nobody is forgotten, at the worst somebody is told twice. */
  queue(sql: Sql, notices: readonly Notice[]): Promise<void>;
  start(): void;
  /** Tells all who are due now, and returns when it has been tried. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export interface LogoutPorts {
  database: Database;
  clock: Clock;
  random: Random;
  /** One attempt; it must end by itself within half a minute. */
  tell(notice: Notice): Promise<Told>;
  logger: Pick<Logger, "warn" | "error">;
}

/** What a node has taken and not finished by then, another takes. */
const CLAIM: Millis = 60 * SECOND;

export function createLogout(ports: LogoutPorts): Logout {
  const { database, clock, random, logger } = ports;

  const tell = (row: NoticeRow): Promise<Told> =>
    row.attempts > ATTEMPTS
      ? Promise.resolve({ kind: "failed", reason: "a node was lost in the middle of the last attempt", final: true })
      : ports.tell({ clientId: row.client_id, accountId: row.account_id, sid: row.sid ?? undefined });

  const attempt = async (row: NoticeRow): Promise<void> => {
    const told = await tell(row);
    if (told.kind === "told") return markTold(database, row.id, clock());
    const pause = told.final ? undefined : pauseAfter(row.attempts);
    const about = { notice: row.id, client: row.client_id, attempt: row.attempts, reason: told.reason };
    if (pause !== undefined) {
      logger.warn(about, "a site was not told that a session has ended, and is told again");
      return retryAt(database, row, clock() + pause);
    }
    logger.error({ ...about, account: row.account_id }, "a site was not told that a session has ended: given up");
    return markGivenUp(database, row, clock());
  };

  const worker = createWorker({
    claim: (limit) => claimDue(database, clock(), clock() + CLAIM, limit),
    attempt,
    onAway: (error) =>
      logger.error({ reason: error instanceof Error ? error.name : "unknown" }, "the logout notices cannot be read"),
  });

  return {
    ...worker,
    async queue(sql, notices) {
      for (const { clientId, accountId, sid } of notices) {
        const row = { id: randomId(random), client_id: clientId, account_id: accountId, sid: sid ?? null, attempts: 0 };
        await insertNotice(sql, row, clock());
      }
      worker.wake();
    },
  };
}
