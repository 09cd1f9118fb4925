import type { Millis } from "../clock.ts";
import type { Challenge } from "../e-num/challenge.ts";
import type { Counter } from "../limits/limits.ts";
import type { Mode } from "./expectation.ts";
import { digitsOf, type State, stateOf, TRIES } from "./rules.ts";
import type { ChallengeRow, EndReason } from "./store.ts";

/** Who is asked: an account, or nobody (a decoy); both are keyed alike. */
export interface Subject {
  key: string;
  accountId: string | undefined;
}

/** Where the browser is that asks, as it says itself: for the phone to show, never to decide by. */
export interface Origin {
  ip: string;
  userAgent: string;
  /** ISO 3166-1 alpha-2, where the operator's proxy says so. */
  country?: string;
}

export interface ChallengeView {
  id: string;
  subject: Subject;
  clientId: string | undefined;
  counter: Counter;
  digits: Challenge;
  state: State;
  expiresAt: Millis;
  triesLeft: number;
  /** Whether a phone of the account has it in its list; only a browser that is signed in may be told (PROTOCOL 7). */
  reached: boolean;
  /** For `answered`: which device did, and when. */
  answer: { deviceId: string; mode: Mode; at: Millis; signed: boolean } | undefined;
  /** For `declined`: why, where it was not this browser that declined. */
  endReason: EndReason | undefined;
}

/** What a caller may know of a challenge, at this time. */
export function toView(row: ChallengeRow, now: Millis): ChallengeView {
  return {
    id: row.id,
    subject: { key: row.subject, accountId: row.account_id ?? undefined },
    clientId: row.client_id ?? undefined,
    counter: row.counter,
    digits: digitsOf(row),
    state: stateOf(row, now),
    expiresAt: row.expires_at,
    triesLeft: Math.max(0, TRIES - row.tries),
    reached: row.reached_at !== null,
    answer:
      row.device_id === null || row.answered_mode === null || row.answered_at === null
        ? undefined
        : {
            deviceId: row.device_id,
            mode: row.answered_mode,
            at: row.answered_at,
            signed: row.signature !== null,
          },
    endReason: row.end_reason ?? undefined,
  };
}
