import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Digester } from "../secrecy.ts";
import { isReported, recordDelivery } from "./store.ts";

/** What a gateway says of an SMS that it took: it waits for the phone, it did not get there, it did. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export const DELIVERY_STATES = ["buffered", "failed", "delivered"] as const;

/** `known`: said before, or outdone by what was said before. `unknown`: there is no message with this token, or no longer. */
export type ReportVerdict = "recorded" | "known" | "unknown";

/** Reports may come late, twice and in any order: a message that was delivered stays so, and one that failed waits no more. */
export interface DeliveryReports {
  record(token: string, state: DeliveryState): Promise<ReportVerdict>;
}

export const REPORT_PATH = "/sms/reports/";

export function reportUrl(issuer: string, token: string): string {
  return `${issuer}${REPORT_PATH}${token}`;
}

/** A token says of one message what has become of it, and is good for nothing else; the database has its digest. */
export function reportDigest(digest: Digester, token: string): string {
  return digest("sms-report", token);
}

export function createDeliveryReports({
  database,
  clock,
  digest,
}: {
  database: Database;
  clock: Clock;
  digest: Digester;
}): DeliveryReports {
  return {
    async record(token, state) {
      const digested = reportDigest(digest, token);
      if (await recordDelivery(database, digested, state, clock())) return "recorded";
      return (await isReported(database, digested)) ? "known" : "unknown";
    },
  };
}
