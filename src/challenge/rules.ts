import type { Sql } from "../database/database.ts";
import { type Challenge, parseChallenge, type Response } from "../e-num/challenge.ts";
import { PAD_LENGTH, responseInput, responseTo, sameResponse } from "../e-num/e-num.ts";
import { type Random, randomBelow } from "../random.ts";
import { placeIn, type SealedColumn } from "../secrecy.ts";
import type { Candidate, Mode } from "./expectation.ts";
import type { ChallengeRow } from "./store.ts";

export interface DevicePad {
  deviceId: string;
  pad: Uint8Array;
  /** Of those of its device: its answer is kept only if it still is the newest. */
  version: number;
  /** How it lay in the table. */
  sealed: string;
  /** It has not answered yet. */
  renewed: boolean;
}

/** Which pad made a response, and for which statement. */
export interface Fit {
  deviceId: string;
  mode: Mode;
  pad: DevicePad;
}

/** Three tries: one for a slip of the finger, one for the wrong screen. */
export const TRIES = 3;

/** As many pads at least are tried for every subject, so that a decoy costs what an account with five devices costs. */
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
): Fit | undefined {
  let found: Fit | undefined;
  for (const { mode, hash } of candidates) {
    const input = responseInput(challenge, hash);
    for (let index = 0; index < Math.max(PADS, pads.length); index += 1) {
      const candidate = pads[index];
      const expected = responseTo(candidate?.pad ?? NO_PAD, input);
      const same = sameResponse(expected, response);
      if (same && candidate !== undefined) found = { deviceId: candidate.deviceId, mode, pad: candidate };
    }
  }
  return found;
}

/** The first right response of a renewed pad puts it in the old one's place. */
export async function adopted(
  ports: { adopt(sql: Sql, pad: DevicePad): Promise<boolean> },
  sql: Sql,
  fit: Fit | undefined,
): Promise<Fit | undefined> {
  if (fit === undefined || !fit.pad.renewed) return fit;
  return (await ports.adopt(sql, fit.pad)) ? fit : undefined;
}

export function digitsOf(row: Pick<ChallengeRow, "digits">): Challenge {
  const parsed = parseChallenge(row.digits);
  if (!parsed.ok) throw new Error("a stored challenge is not eight digits");
  return parsed.value;
}

export const SEALED_DETAILS: SealedColumn = {
  table: "challenge",
  column: "details_sealed",
  name: "details",
  key: ["id"],
  row: ["id"],
  at: "issued_at",
};

export function placeOfDetails(id: string) {
  return placeIn(SEALED_DETAILS, id);
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
