import type { Challenge, Response } from "../e-num/challenge.ts";
import { PAD_LENGTH, responseInput, responseTo, sameResponse } from "../e-num/e-num.ts";
import { type Random, randomBelow } from "../random.ts";
import type { Candidate, Mode } from "./expectation.ts";
import type { ChallengeRow } from "./store.ts";

export interface DevicePad {
  deviceId: string;
  pad: Uint8Array;
}

/** As many pads are tried for every subject, so that a decoy costs what an account with five devices costs. */
const PADS = 5;
const NO_PAD = new Uint8Array(PAD_LENGTH);

/** Eight digits, the first not 0 (PROTOCOL 1): 9 * 10^7 of them, each equally likely. */
export function drawDigits(random: Random): string {
  return String(10_000_000 + randomBelow(random, 90_000_000));
}

/** Which device made this response, and for which of the candidates; every pad and candidate is computed and compared, whichever fits. */
export function match(
  pads: readonly DevicePad[],
  challenge: Challenge,
  candidates: readonly Candidate[],
  response: Response,
): { deviceId: string; mode: Mode } | undefined {
  let found: { deviceId: string; mode: Mode } | undefined;
  for (const { mode, hash } of candidates) {
    const input = responseInput(challenge, hash);
    for (let index = 0; index < PADS; index += 1) {
      const candidate = pads[index];
      const expected = responseTo(candidate?.pad ?? NO_PAD, input);
      const same = sameResponse(expected, response);
      if (same && candidate !== undefined) found = { deviceId: candidate.deviceId, mode };
    }
  }
  return found;
}

export type State = "open" | "expired" | "exhausted" | "answered" | "declined";

export function stateOf(row: Pick<ChallengeRow, "status" | "expires_at">, now: number): State {
  switch (row.status) {
    case "answered":
    case "declined":
    case "exhausted":
      return row.status;
    case "open":
    case "replaced":
      return row.expires_at > now && row.status === "open" ? "open" : "expired";
    default:
      return row.status satisfies never;
  }
}
