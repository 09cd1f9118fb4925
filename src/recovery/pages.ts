import type { RecoveryStage } from "./recovery.ts";

export const RECOVERY = "/recovery";
/** Where a recovery in a browser stands, and where it goes on. */
export const PAGE = {
  none: `${RECOVERY}/start`,
  waiting: `${RECOVERY}/email-code`,
  code: `${RECOVERY}/code`,
  phone: `${RECOVERY}/phone`,
} as const satisfies Record<RecoveryStage, string>;
