import type { Millis } from "../clock.ts";
import type { Gate } from "../limits/limits.ts";
import type { Mode } from "./expectation.ts";

/**
 * `judged` is false when nothing was counted or changed: the same answer again, as a double click gives it, which stays as right or wrong
 * as it was; or a number that had ended before. `gate` is that of the counter which was to be looked at beside, of an answer that is judged.
 */
export type Verdict = { judged: boolean } & (
  | { kind: "accepted"; accountId: string; deviceId: string; mode: Mode; answeredAt: Millis; gate?: Gate }
  | { kind: "wrong-response"; triesLeft: number; otherMode: Mode | undefined }
  | { kind: "exhausted" }
  | { kind: "expired" }
  | { kind: "already-used" }
  | { kind: "declined" }
  /** `first`: this wrong response has brought the first lock of its counter, and the owner is to be told. */
  | { kind: "locked"; until: Millis; first: boolean }
  /** Too many wrong responses in unknown browsers: their owner must open it. */
  | { kind: "closed-out" }
  /** What the caller has made a condition of judging is not so. */
  | { kind: "too-many" }
);

/** Of a counter on which nothing is judged now. */
export function shut(gate: Exclude<Gate, { kind: "open" }>): Verdict {
  return gate.kind === "locked" ? { ...gate, first: false, judged: false } : { ...gate, judged: false };
}
