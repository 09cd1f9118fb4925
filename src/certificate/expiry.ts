import type { Logger } from "pino";
import type { Accounts } from "../account/account.ts";
import { type Clock, DAY, HOUR, type Millis } from "../clock.ts";
import type { Database } from "../database.ts";
import type { Messaging } from "../messaging/messaging.ts";
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
  accounts: Pick<Accounts, "byId">;
  messaging: Pick<Messaging, "enqueue">;
  logger: Pick<Logger, "error">;
}

/** A month to plan it, as WebMoney did (ENUM 8), and a week for who has not; the last first, so that one who missed the first gets one mail. */
const AHEAD_DAYS = [7, 30] as const;
const BATCH = 100;
const EVERY: Millis = HOUR;

export function createExpiry({ database, clock, accounts, messaging, logger }: ExpiryPorts): Expiry {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  const batch = (days: number): Promise<number> =>
    database.transaction(async (sql) => {
      const now = clock();
      const rows = await claimExpiring(sql, { days, now, until: now + days * DAY, limit: BATCH });
      for (const { account_id: accountId, wmid, serial, expires_at: expiresAt } of rows) {
        const account = await accounts.byId(sql, accountId);
        if (account === undefined) continue;
        const { email: to, locale } = account;
        const params = { wmid, serial, until: new Date(expiresAt) };
        await messaging.enqueue(sql, { channel: "mail", to, locale, template: "certificate-expiring", params });
      }
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
