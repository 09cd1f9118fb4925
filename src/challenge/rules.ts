import type { Challenge, Response } from "../e-num/challenge.ts";
import { computeResponse, PAD_LENGTH, sameResponse } from "../e-num/e-num.ts";
import { type StatementHash, statementHash } from "../e-num/statement.ts";
import { type Random, randomBelow } from "../random.ts";
import type { ChallengeRow } from "./store.ts";

/** Modes a person can pick on the phone where only the check number is typed. */
type TypedMode = "login" | "confirm" | "activate";

export interface DevicePad {
  deviceId: string;
  pad: Uint8Array;
}

const HASHES: Record<TypedMode, StatementHash> = {
  login: statementHash({ mode: "login" }),
  confirm: statementHash({ mode: "confirm" }),
  activate: statementHash({ mode: "activate" }),
};
/** As many pads are tried for every subject, so that a decoy costs what an account with five devices costs. */
const PADS = 5;
const NO_PAD = new Uint8Array(PAD_LENGTH);

/** Eight digits, the first not 0 (PROTOCOL 1): 9 * 10^7 of them, each equally likely. */
export function drawDigits(random: Random): string {
  return String(10_000_000 + randomBelow(random, 90_000_000));
}

/** The device whose pad makes this response for this mode; every pad is computed and compared, whichever fits. */
export function matchingDevice(
  pads: readonly DevicePad[],
  challenge: Challenge,
  mode: TypedMode,
  response: Response,
): string | undefined {
  let found: string | undefined;
  for (let index = 0; index < PADS; index += 1) {
    const candidate = pads[index];
    const expected = computeResponse(candidate?.pad ?? NO_PAD, challenge, HASHES[mode]);
    const same = sameResponse(expected, response);
    if (same && candidate !== undefined) found = candidate.deviceId;
  }
  return found;
}

/** The mode, other than the demanded one, that would have made this response: the person chose another screen on the phone. */
export function otherMode(
  pads: readonly DevicePad[],
  challenge: Challenge,
  demanded: TypedMode,
  response: Response,
): TypedMode | undefined {
  let found: TypedMode | undefined;
  for (const mode of ["login", "confirm", "activate"] as const) {
    if (mode !== demanded && matchingDevice(pads, challenge, mode, response) !== undefined) found = mode;
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
