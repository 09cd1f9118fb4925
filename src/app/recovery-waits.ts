/** The part of the composition that is recoveries which wait: their rules, and how the pages of who is signed in tell of one. */
import type { Context } from "koa";
import type { Logger } from "pino";
import type { Audit } from "../audit/audit.ts";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { connectedSince } from "../device/store.ts";
import type { Pages } from "../http/page.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Notices } from "../notice/notice.ts";
import { createRecoveryDemand } from "../policy/recovering.ts";
import type { Random } from "../random.ts";
import { OWN_RECOVERY } from "../recovery/wait-routes.ts";
import { createWaits, phaseOf } from "../recovery/waits.ts";
import type { Digester } from "../secrecy.ts";
import { STOP } from "../stop/stop.ts";

export interface RecoveryWaitsPorts {
  issuer: string;
  database: Database;
  clock: Clock;
  random: Random;
  digest: Digester;
  audit: Audit;
  notices: Notices;
  throttle: Throttle;
  pages: Pages;
  logger: Pick<Logger, "error">;
}

export function createRecoveryWaits(ports: RecoveryWaitsPorts) {
  const waits = createWaits({
    ...ports,
    demand: createRecoveryDemand(ports),
    connectedSince,
    stopAddress: (key) => `${ports.issuer}${STOP}/${key}`,
    onAway: (error) =>
      ports.logger.error(
        { reason: error instanceof Error ? error.name : "unknown" },
        "what is due of recoveries cannot be told",
      ),
  });
  const warn = async (context: Context, accountId: string): Promise<void> => {
    const wait = await waits.current(accountId);
    if (wait !== undefined) ports.pages.warn(context, { ...phaseOf(wait), action: OWN_RECOVERY });
  };
  return { waits, warn };
}
