import type { DeviceVerdict } from "../challenge/on-device.ts";
import { type Millis, SECOND } from "../clock.ts";
import { Fault } from "../errors.ts";

/** What is not accepted, as a problem; for a renewal as well. */
export function throwVerdict(verdict: Exclude<DeviceVerdict, { kind: "accepted" }>, now: Millis): never {
  switch (verdict.kind) {
    case "wrong-challenge":
    case "wrong-response":
      throw new Fault(verdict.kind, { triesLeft: verdict.triesLeft });
    case "locked":
      throw new Fault("locked", { retryAfter: Math.max(1, Math.ceil((verdict.until - now) / SECOND)) });
    case "expired":
    case "exhausted":
    case "declined":
    case "already-used":
      throw new Fault(verdict.kind);
    default:
      return verdict satisfies never;
  }
}
