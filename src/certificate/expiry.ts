import type { Logger } from "pino";
import { type Clock, DAY, HOUR, type Millis } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Notices } from "../notice/notice.ts";
import { claimExpiring } from "./store.ts";

/** Tells owners of certificates that these run out: twice, and each time once, however many nodes look. */
export interface Expiry {
  start(): void;
  /** Tells of all that are due now; how many. */
  run(): Promise<number>;
  stop(): Promise<void>;
}

export interface ExpiryPorts {
  database: Database;
  clock: Clock;
  notices: Pick<Notices, "tell">;
  logger: Pick<Logger, "error">;
}

/** A month to plan it, as WebMoney did (ENUM 8), and a week for who has not; the last first, so that one who missed the first gets one mail. */
const AHEAD_DAYS = [7, 30] as const;
const BATCH = 100;
const EVERY: Millis = HOUR;

export function createExpiry({ database, clock, notices, logger }: ExpiryPorts): Expiry {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const batch = (days: number): Promise<number> =>
    database.transaction(async (sql) => {
      const now = clock();
      const rows = await claimExpiring(sql, { days, now, until: now + days * DAY, limit: BATCH });
      for (const { account_id: accountId, wmid, serial, expires_at: until } of rows)
        await notices.tell(sql, accountId, { kind: "certificate-expiring", wmid, serial, until });
      return rows.length;
    });

  const run = async (): Promise<number> => {
    let total = 0;
    for (const days of AHEAD_DAYS) for (let told = BATCH; told === BATCH; total += told) told = await batch(days);
    return total;
  };
  const look = () => {
    running = run().catch((error: unknown) =>
      logger.error({ name: error instanceof Error ? error.name : "" }, "certificates that run out are not told of"),
    );
  };

  return {
    run,
    start() {
      look();
      timer = setInterval(look, EVERY);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
