/**
 * Owns the deletion of what has expired: small batches, with as long between them as they take, so that nobody waits long behind them. What is
 * kept until somebody ends it (accounts, devices, events, keys) is not its business, but for what is half-made: devices that never answered go
 * by what `device/gone.ts` says, accounts that were never used by `deletion/lapsing.ts`.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { type Clock, DAY, HOUR, MINUTE, type Millis } from "../clock.ts";
import type { Binding, Database } from "../database/database.ts";

export interface Sweep {
  start(): void;
  /** Deletes all that has expired by now; the number of rows. */
  run(): Promise<number>;
  /** For good; what is under way ends with its batch. */
  stop(): Promise<void>;
}

export interface SweepPorts {
  database: Database;
  clock: Clock;
  logger: Pick<Logger, "error" | "warn">;
  /** What is more than a condition on one table, as oidc-provider's records, which have a tolerance of their own; each deletes at most `limit`. */
  others: readonly ((database: Database, now: Millis, limit: number) => Promise<number>)[];
  /** Accounts that never had a phone; how many it has looked at, at most `limit`. */
  lapse(limit: number): Promise<number>;
}

/** On SQLite all others wait for a batch: on a busy machine 500 rows took 250 ms, and 50 take 10. */
const BATCH = 50;
/** Once a sweep has gone on for a minute, so that it keeps up with what comes to a database that all wait for anyway. */
const LARGE_BATCH = 500;
/** The longest that it leaves the database to others: on a busy one most of a batch's time is its own wait. */
const PAUSE: Millis = 20;
const EVERY: Millis = MINUTE;

/** Table, its key, and since when a row is of no use; each condition has an index. */
const RULES: readonly { table: string; key: string; expired: string; after: Millis }[] = [
  { table: "device_proof", key: "id_digest", expired: "expires_at < ?", after: 0 },
  { table: "throttle", key: "id", expired: "expires_at < ?", after: 0 },
  { table: "registration", key: "browser_digest", expired: "expires_at < ?", after: 0 },
  { table: "email_proof", key: "context", expired: "expires_at < ?", after: 0 },
  { table: "sms_code", key: "context", expired: "expires_at < ?", after: 0 },
  { table: "certificate_request", key: "id", expired: "expires_at < ?", after: 0 },
  { table: "contact_proof", key: "id", expired: "expires_at < ?", after: 0 },
  // As long as somebody may follow the link of an old mail and wonder.
  { table: "contact_change", key: "id", expired: "ended_at < ?", after: 90 * DAY },
  { table: "account_deletion", key: "id", expired: "ended_at < ?", after: 90 * DAY },
  // A phone that has not been opened for a year is told that its proof fits nothing.
  { table: "gone_device", key: "id_digest", expired: "gone_at < ?", after: 365 * DAY },
  { table: "recovery_phone", key: "context", expired: "expires_at < ?", after: 0 },
  { table: "recovery_wait", key: "id", expired: "ended_at < ?", after: 90 * DAY },
  { table: "recovery_case", key: "id", expired: "expires_at < ?", after: 0 },
  { table: "passkey_spent", key: "challenge_digest", expired: "expires_at < ?", after: 0 },
  { table: "certificate_proof", key: "ticket_digest", expired: "expires_at < ?", after: 0 },
  { table: "guard", key: "account_id", expired: "expires_at < ?", after: 0 },
  { table: "enrolment", key: "id", expired: "expires_at < ?", after: 0 },
  // Kept for an hour, as long as an interaction may still ask what has become of it.
  { table: "challenge", key: "id", expired: "expires_at < ?", after: HOUR },
  // Moved out, and retrieved or forgotten since; its versions go with it.
  { table: "kept_keys", key: "wmid", expired: "ends_at < ?", after: 0 },
  { table: "ciba_ping", key: "id", expired: "expires_at < ?", after: 0 },
  { table: "policy_spent", key: "id", expired: "expires_at < ?", after: 0 },
  { table: "policy_raised", key: "id", expired: "until < ?", after: 0 },
  // Sent or failed; content is erased by then, and an operator looks for a few days.
  { table: "message", key: "id", expired: "ended_at < ?", after: 7 * DAY },
  { table: "logout_notice", key: "id", expired: "ended_at < ?", after: 7 * DAY },
  // A counter without a lock that nobody has touched for a month; only a right response clears it before.
  { table: "counter", key: "id", expired: "updated_at < ? AND total < 100", after: 30 * DAY },
];

export function createSweep(ports: SweepPorts): Sweep {
  const { database, clock } = ports;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | undefined;
  let stopped = false;

  /** `begun`: when the whole sweep began, by `performance.now()`. */
  const inBatches = async (begun: number, batch: (limit: number) => Promise<number>): Promise<number> => {
    let total = 0;
    while (!stopped) {
      const now = performance.now();
      const limit = now - begun > EVERY ? LARGE_BATCH : BATCH;
      const deleted = await batch(limit);
      total += deleted;
      if (deleted < limit) break;
      await delay(Math.min(performance.now() - now, PAUSE));
    }
    return total;
  };
  const remove = async (
    table: string,
    key: string,
    condition: string,
    bindings: readonly Binding[],
    limit: number,
  ): Promise<number> => {
    // Twice: PostgreSQL looks at the outer condition again after it has waited for somebody who begins the row anew, and at the inner one only before.
    const statement = `
      DELETE FROM ${table} WHERE ${condition} AND ${key} IN (SELECT ${key} FROM ${table} WHERE ${condition} LIMIT ?) RETURNING ${key}`;
    return (await database.rows(statement, [...bindings, ...bindings, limit])).length;
  };

  const run = async (): Promise<number> => {
    const now = clock();
    let total = 0;
    const begun = performance.now();
    for (const other of ports.others) total += await inBatches(begun, (limit) => other(database, now, limit));
    for (const { table, key, expired, after } of RULES)
      total += await inBatches(begun, (limit) => remove(table, key, expired, [now - after], limit));
    total += await inBatches(begun, ports.lapse);
    const took = performance.now() - begun;
    if (took > EVERY) ports.logger.warn({ rows: total, milliseconds: Math.round(took) }, "the sweep takes long");
    return total;
  };

  return {
    run,
    start() {
      timer = setInterval(() => {
        // What has come together in a long time may take longer than a minute.
        running ??= run()
          .catch((error: unknown) =>
            ports.logger.error({ name: error instanceof Error ? error.name : "" }, "the sweep failed"),
          )
          .finally(() => {
            running = undefined;
          });
      }, EVERY);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      stopped = true;
      await running;
    },
  };
}
