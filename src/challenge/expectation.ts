import { type StatementHash, statementHash } from "../e-num/statement.ts";

/** The mode of a statement (PROTOCOL 3): what a person has chosen, or scanned, on the phone. */
export type Mode = "login" | "activate" | "confirm" | "payment" | "operation" | "renew";

/** A statement that a response may have been made for, by its hash. */
export interface Candidate {
  mode: Mode;
  hash: StatementHash;
}

/** What a response is compared with: what is accepted, and what would have been right for another screen of the phone. */
export interface Expectation {
  accepted: readonly Candidate[];
  mistaken: readonly Candidate[];
}

const TYPED: readonly Candidate[] = [
  { mode: "login", hash: statementHash({ mode: "login" }) },
  { mode: "confirm", hash: statementHash({ mode: "confirm" }) },
  { mode: "activate", hash: statementHash({ mode: "activate" }) },
];

/** For a challenge where only the check number is typed, on one screen. */
export function expecting(mode: "login" | "activate"): Expectation {
  return {
    accepted: TYPED.filter((candidate) => candidate.mode === mode),
    mistaken: TYPED.filter((candidate) => candidate.mode !== mode),
  };
}

/** For the renewal of a pad, which the phone answers by itself: no screen of it can be mistaken. */
export function expectingRenewal(): Expectation {
  return { accepted: [{ mode: "renew", hash: statementHash({ mode: "renew" }) }], mistaken: [] };
}

/** For an operation: the statements of its own record, and every other screen. */
export function expectingOperation(accepted: readonly Candidate[], refused: readonly Candidate[]): Expectation {
  const taken = new Set(accepted.map(({ mode }) => mode));
  return { accepted, mistaken: [...refused, ...TYPED].filter(({ mode }) => !taken.has(mode)) };
}
