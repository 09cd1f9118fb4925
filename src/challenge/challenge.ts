/**
 * Owns check numbers: issues them, judges responses, ends them. It hides lifetime, tries, single use, which pads are compared, and decoys:
 * a subject without an account gets a challenge like any other, and no response fits it.
 * It does not know pages or sites: a caller names a `context` (an interaction, an enrolment) and acts on the verdict.
 * `answer` runs in the caller's transaction, so that what follows from the verdict is kept with it or not at all.
 */
import type { Clock, Millis } from "../clock.ts";
import { MINUTE } from "../clock.ts";
import type { Sql } from "../database.ts";
import { type Challenge, parseChallenge, type Response } from "../e-num/challenge.ts";
import type { Counter, Gate, Limits } from "../limits/limits.ts";
import { type Random, randomId } from "../random.ts";
import { type Digester, sameText } from "../secrecy.ts";
import { createAhead } from "./ahead.ts";
import type { Expectation, Mode } from "./expectation.ts";
import { type DevicePad, drawDigits, match, type State, stateOf } from "./rules.ts";
import {
  type ChallengeRow,
  countTry,
  declineAll,
  declineOpen,
  insertChallenge,
  latestChallenge,
  markAnswered,
  markExhausted,
  replaceFormer,
  reserveDigits,
  uncountTry,
  WITH_LATEST,
} from "./store.ts";

/** Who is asked: an account, or nobody (a decoy); both are keyed alike. */
export interface Subject {
  key: string;
  accountId: string | undefined;
}

export interface IssueRequest {
  /** What the challenge belongs to; a new one replaces the open one of the same context. */
  context: string;
  subject: Subject;
  counter: Counter;
  purpose: "login" | "activate" | "operation";
  clientId?: string | undefined;
  /** Where it is not the five minutes of a login. */
  lifetime?: Millis | undefined;
  /** Only this device's pad may answer: the one that is being enrolled. */
  deviceId?: string;
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
  /** For `answered`: which device did, and when. */
  answer: { deviceId: string; mode: Mode; at: Millis } | undefined;
}

/**
 * `judged` is false when nothing was counted or changed: the same answer again, as a double click gives it, which stays as right or wrong
 * as it was; or a number that had ended before.
 */
export type Verdict = { judged: boolean } & (
  | { kind: "accepted"; accountId: string; deviceId: string; mode: Mode; answeredAt: Millis }
  | { kind: "wrong-response"; triesLeft: number; otherMode: Mode | undefined }
  | { kind: "exhausted" }
  | { kind: "expired" }
  | { kind: "already-used" }
  | { kind: "declined" }
  /** `first`: this wrong response has brought the first lock of its counter, and the owner is to be told. */
  | { kind: "locked"; until: Millis; first: boolean }
  /** Too many wrong responses in unknown browsers: their owner must open it. */
  | { kind: "closed-out" }
);

export interface Challenges {
  issue(sql: Sql, request: IssueRequest): Promise<ChallengeView>;
  /** The newest challenge of a context, whatever has become of it. */
  current(sql: Sql, context: string): Promise<ChallengeView | undefined>;
  /**
   * The verdict, and the challenge that it is on; none where the context has none. `shown` is what `current` has just said of this context:
   * then it is not read once more, and where another has taken its place meanwhile, that one is judged.
   */
  answer(
    sql: Sql,
    context: string,
    response: Response,
    expectation: Expectation,
    shown?: ChallengeView,
  ): Promise<{ verdict: Verdict; challenge: ChallengeView | undefined }>;
  /** Ends every open challenge of an account; how many there were. */
  endAll(sql: Sql, accountId: string): Promise<number>;
  /** Ends the open challenge of a context; true when there was one. */
  decline(sql: Sql, context: string): Promise<boolean>;
  /** For whoever reads something else of a context in the same HTTP request, and brings its newest challenge along for `current`. */
  readonly beside: {
    readonly columns: string;
    readonly join: string;
    binding(context: string): string;
    keep(context: string, row: ChallengeRow | NoChallenge): void;
  };
}

/** What a join leaves where there is none. */
type NoChallenge = { [column in keyof ChallengeRow]: null };

export interface ChallengePorts {
  clock: Clock;
  random: Random;
  digest: Digester;
  limits: Limits;
  /** Names the HTTP request that is being answered, by an object of its own. */
  request?: () => object | undefined;
  /** The pads that may answer for an account, or for one pending device; asked for decoys as well. */
  padsOf(sql: Sql, accountId: string | undefined, deviceId: string | undefined): Promise<DevicePad[]>;
}

/** PSD2 RTS article 4(3)(d) allows five minutes; NIST SP 800-63B section 5.1.3.2 at most ten. */
const LIFETIME: Millis = 5 * MINUTE;
/** Three tries: one for a slip of the finger, one for the wrong screen. */
const TRIES = 3;

/** A response that is to be judged; by its digest alone a wrong one is known again. */
interface Given {
  response: Response;
  expectation: Expectation;
  digest: string;
}

function shut(gate: Exclude<Gate, { kind: "open" }>): Verdict {
  return gate.kind === "locked" ? { ...gate, first: false, judged: false } : { ...gate, judged: false };
}

function digitsOf(row: ChallengeRow): Challenge {
  const parsed = parseChallenge(row.digits);
  if (!parsed.ok) throw new Error("a stored challenge is not eight digits");
  return parsed.value;
}

export function createChallenges(ports: ChallengePorts): Challenges {
  const ahead = createAhead(ports.request ?? (() => undefined));
  const view = (row: ChallengeRow): ChallengeView => ({
    id: row.id,
    subject: { key: row.subject, accountId: row.account_id ?? undefined },
    clientId: row.client_id ?? undefined,
    counter: row.counter,
    digits: digitsOf(row),
    state: stateOf(row, ports.clock()),
    expiresAt: row.expires_at,
    triesLeft: Math.max(0, TRIES - row.tries),
    answer:
      row.device_id === null || row.answered_mode === null || row.answered_at === null
        ? undefined
        : { deviceId: row.device_id, mode: row.answered_mode, at: row.answered_at },
  });
  const contextKey = (context: string) => ports.digest("challenge-context", context);

  const current: Challenges["current"] = async (sql, context) => {
    const key = contextKey(context);
    const { row } = ahead.take(key) ?? { row: await latestChallenge(sql, key) };
    return row === undefined ? undefined : view(row);
  };

  /** The answer that was accepted is judged again without a trace of it: the pad makes the same response once more. */
  const answeredBefore = async (
    sql: Sql,
    row: ChallengeRow,
    response: Response,
    { accepted }: Expectation,
  ): Promise<Verdict> => {
    const fits = match(await padsFor(sql, row), digitsOf(row), accepted, response);
    if (fits === undefined || fits.deviceId !== row.device_id || row.account_id === null || row.answered_at === null)
      return { kind: "already-used", judged: false };
    return { kind: "accepted", accountId: row.account_id, ...fits, answeredAt: row.answered_at, judged: false };
  };

  /** A first response comes from the one device that is being enrolled, every other from any that is active. */
  const padsFor = (sql: Sql, row: ChallengeRow) =>
    ports.padsOf(
      sql,
      row.account_id ?? undefined,
      row.purpose === "activate" ? (row.device_id ?? undefined) : undefined,
    );

  /** Why `countTry` found nothing to judge. */
  const refusal = async (sql: Sql, row: ChallengeRow, given: Given): Promise<Verdict> => {
    const gate = row.status === "open" ? await ports.limits.gate(sql, row.counter) : { kind: "open" as const };
    if (gate.kind !== "open") return shut(gate);
    const state = stateOf(row, ports.clock());
    switch (state) {
      case "answered":
        return answeredBefore(sql, row, given.response, given.expectation);
      case "open":
        if (row.wrong_digest !== null && sameText(row.wrong_digest, given.digest))
          return { kind: "wrong-response", triesLeft: TRIES - row.tries, otherMode: undefined, judged: false };
        return { kind: "exhausted", judged: false };
      case "expired":
      case "exhausted":
      case "declined":
        return { kind: state, judged: false };
      default:
        return state satisfies never;
    }
  };

  /** Undefined when there is nothing to judge. */
  const judge = async (sql: Sql, id: string, given: Given): Promise<Verdict | undefined> => {
    const now = ports.clock();
    const row = await countTry(sql, id, given.digest, TRIES, now);
    if (row === undefined) return undefined;
    const [counted, pads] = await Promise.all([ports.limits.count(sql, row.counter), padsFor(sql, row)]);
    if (counted.kind !== "counted") {
      // Nothing is judged on this counter now, so that it costs the number no try.
      await uncountTry(sql, row.id);
      return shut(counted);
    }

    const challenge = digitsOf(row);
    const fits = match(pads, challenge, given.expectation.accepted, given.response);
    if (fits !== undefined && row.account_id !== null && (await markAnswered(sql, row.id, fits, now))) {
      await ports.limits.clear(sql, row.counter);
      return { kind: "accepted", accountId: row.account_id, ...fits, answeredAt: now, judged: true };
    }
    const mistaken = match(pads, challenge, given.expectation.mistaken, given.response)?.mode;
    if (counted.lock !== undefined) {
      await markExhausted(sql, row.id);
      return { kind: "locked", ...counted.lock, judged: true };
    }
    if (row.tries >= TRIES) {
      await markExhausted(sql, row.id);
      return { kind: "exhausted", judged: true };
    }
    return { kind: "wrong-response", triesLeft: TRIES - row.tries, otherMode: mistaken, judged: true };
  };

  const drawUnused = async (sql: Sql, subject: string, context: string, now: Millis) => {
    for (;;) {
      const digits = drawDigits(ports.random);
      const former = await reserveDigits(sql, { subject, digits, context, now });
      if (former !== undefined) return { digits, former };
    }
  };

  return {
    async issue(sql, request) {
      const now = ports.clock();
      const context = contextKey(request.context);
      ahead.forget();
      const { digits, former } = await drawUnused(sql, request.subject.key, context, now);
      if (former > 0) await replaceFormer(sql, context);
      const row: ChallengeRow = {
        id: randomId(ports.random),
        context,
        subject: request.subject.key,
        account_id: request.subject.accountId ?? null,
        counter: request.counter,
        client_id: request.clientId ?? null,
        purpose: request.purpose,
        digits,
        status: "open",
        tries: 0,
        wrong_digest: null,
        device_id: request.deviceId ?? null,
        answered_mode: null,
        issued_at: now,
        answered_at: null,
        expires_at: now + (request.lifetime ?? LIFETIME),
      };
      await insertChallenge(sql, row);
      return view(row);
    },

    current,

    async answer(sql, context, response, expectation, shown) {
      const givenTo = (id: string) => ({
        response,
        expectation,
        digest: ports.digest("wrong-response", `${id} ${response}`),
      });
      const first = shown ?? (await current(sql, context));
      ahead.forget();
      const verdict = first === undefined ? undefined : await judge(sql, first.id, givenTo(first.id));
      if (verdict !== undefined) return { verdict, challenge: first };

      const row = await latestChallenge(sql, contextKey(context));
      if (row === undefined) return { verdict: { kind: "expired", judged: false }, challenge: first };
      const given = givenTo(row.id);
      const second = row.id === first?.id ? undefined : await judge(sql, row.id, given);
      return { verdict: second ?? (await refusal(sql, row, given)), challenge: view(row) };
    },

    async endAll(sql, accountId) {
      ahead.forget();
      return declineAll(sql, accountId);
    },

    async decline(sql, context) {
      ahead.forget();
      return declineOpen(sql, contextKey(context));
    },

    beside: {
      ...WITH_LATEST,
      binding: contextKey,
      keep(context, row) {
        ahead.keep(contextKey(context), row.id === null ? undefined : row);
      },
    },
  };
}
