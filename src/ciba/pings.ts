import type { Logger } from "pino";
import { type Clock, MINUTE, type Millis, SECOND } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Sealer } from "../secrecy.ts";
import { createWorker, type Worker } from "../worker.ts";
import { placeOfRequest } from "./ciba.ts";
import { claimDue, markEnded, type PingRow, retryAt } from "./store.ts";

/** What came of one attempt to tell a site. */
export type Pinged = { kind: "told" } | { kind: "failed"; reason: string; final: boolean };

export interface PingsPorts {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  /** One attempt; it must end by itself within half a minute. */
  ping(clientId: string, requestId: string): Promise<Pinged>;
  logger: Pick<Logger, "warn" | "error">;
}

/** After each attempt; a request lives five minutes, and the site can always ask by itself. */
const PAUSES: readonly Millis[] = [2 * SECOND, 10 * SECOND, 30 * SECOND, MINUTE];
/** What a node has taken and not finished by then, another takes. */
const CLAIM: Millis = 60 * SECOND;

/** Tells sites that their person has answered (OpenID Connect CIBA Core section 10.2), at most five times each, as long as the request lives. */
export function createPings(ports: PingsPorts): Worker {
  const { database, clock, logger } = ports;

  const attempt = async (row: PingRow): Promise<void> => {
    const { id, client_id: client, attempts, expires_at: until } = row;
    const pinged = await ports.ping(client, ports.sealer.open(row.request_sealed, placeOfRequest(id)).toString());
    if (pinged.kind === "told") return markEnded(database, id, "told");
    const next = clock() + (PAUSES[attempts - 1] ?? Number.POSITIVE_INFINITY);
    const about = { request: id, client, attempt: attempts, reason: pinged.reason };
    if (!pinged.final && next < until) {
      logger.warn(about, "a site was not told that its person has answered, and is told again");
      return retryAt(database, row, next);
    }
    logger.error(about, "a site was not told that its person has answered: given up");
    return markEnded(database, id, "given-up");
  };

  return createWorker({
    claim: (limit) => claimDue(database, clock(), clock() + CLAIM, limit),
    attempt,
    onAway: (error) =>
      logger.error({ reason: error instanceof Error ? error.name : "unknown" }, "the sites to tell cannot be read"),
  });
}
