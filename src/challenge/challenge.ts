/**
 * Owns check numbers: issues them, judges responses, ends them. It hides lifetime, tries, single use, which pads are compared, and decoys:
 * a subject without an account gets a challenge like any other, and no response fits it.
 * It does not know pages or sites: a caller names a `context` (an interaction, an enrolment) and acts on the verdict.
 * `answer` runs in the caller's transaction, so that what follows from the verdict is kept with it or not at all.
 */
import { createAhead } from "../ahead.ts";
import type { Clock, Millis } from "../clock.ts";
import { MINUTE } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Response } from "../e-num/challenge.ts";
import type { Counter, GateColumns, Limits } from "../limits/limits.ts";
import type { Condition } from "../limits/throttle.ts";
import { type Random, randomId } from "../random.ts";
import { type Digester, rememberDigests, type Sealer, sameText } from "../secrecy.ts";
import type { Expectation } from "./expectation.ts";
import { type Pads, padsBeside, padsIn, type WithPads } from "./pads.ts";
import { adopted, type DevicePad, digitsOf, drawDigits, match, placeOfDetails, stateOf, TRIES } from "./rules.ts";
import {
  type ChallengeRow,
  challengeById,
  countTry,
  declineOpen,
  type EndReason,
  endAllOf,
  endOfDevice,
  insertChallenge,
  latestChallenge,
  markAnswered,
  markExhausted,
  replaceFormer,
  reserveDigits,
  uncountTry,
  WITH_LATEST,
} from "./store.ts";
import { shut, type Verdict } from "./verdict.ts";
import { type ChallengeView, type Origin, type Subject, toView } from "./view.ts";

export type { Verdict } from "./verdict.ts";
export type { ChallengeView, Origin, Subject } from "./view.ts";

export interface IssueRequest {
  /** What the challenge belongs to; a new one replaces the open one of the same context. */
  context: string;
  subject: Subject;
  counter: Counter;
  purpose: "login" | "activate" | "operation" | "renew";
  clientId?: string | undefined;
  origin?: Origin | undefined;
  /** What an answer that comes without the browser is judged by; sealed, and the caller's to read. */
  details?: string | undefined;
  /** Where it is not the five minutes of a login. */
  lifetime?: Millis | undefined;
  /** Only this device's pad may answer: the one that is being enrolled, or renews its pad. */
  deviceId?: string;
}

export interface Challenges {
  issue(sql: Sql, request: IssueRequest): Promise<ChallengeView>;
  /** The newest challenge of a context, whatever has become of it. */
  current(sql: Sql, context: string): Promise<ChallengeView | undefined>;
  /** By its own name, also where another has taken its place since. */
  byId(sql: Sql, id: string): Promise<ChallengeView | undefined>;
  /**
   * The verdict, and the challenge that it is on; none where the context has none. `shown` is what `current` has just said of this context:
   * then it is not read once more, and where another has taken its place meanwhile, that one is judged. Where `provided` does
   * not hold, nothing is. `beside` names a counter of the account whose gate a right answer brings along.
   */
  answer(
    sql: Sql,
    context: string,
    response: Response,
    expectation: Expectation,
    shown?: ChallengeView,
    provided?: Condition,
    beside?: (accountId: string) => Counter,
  ): Promise<{ verdict: Verdict; challenge: ChallengeView | undefined }>;
  /** Ends every open challenge of an account, with the reason that its pages tell; how many there were. */
  endAll(sql: Sql, accountId: string, reason?: EndReason): Promise<number>;
  /** A device of this account ends: so does what it alone may answer, and what it has answered and no page has used. */
  endOfDevice(sql: Sql, accountId: string, deviceId: string): Promise<void>;
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

export interface ChallengePorts extends Pads {
  clock: Clock;
  random: Random;
  digest: Digester;
  sealer: Sealer;
  limits: Limits;
  /** Names the HTTP request that is being answered, by an object of its own. */
  request?: () => object | undefined;
  /** Something about this account's requests has changed, in a transaction that is about to commit. */
  changed(accountId: string): void;
  /** A request that this account's phones list was issued, likewise. */
  announce(accountId: string, id: string): void;
  /** A response was right by a renewed pad: it takes the old one's place. False when it was replaced meanwhile, and fits no more. */
  adopt(sql: Sql, pad: DevicePad): Promise<boolean>;
}

/** PSD2 RTS article 4(3)(d) allows five minutes; NIST SP 800-63B section 5.1.3.2 at most ten. */
const LIFETIME: Millis = 5 * MINUTE;
/** Of the others a phone knows by itself. */
const LISTED: readonly IssueRequest["purpose"][] = ["login", "operation"];

/** A response that is to be judged; by its digest alone a wrong one is known again. */
interface Given {
  response: Response;
  expectation: Expectation;
  digest: string;
  provided: Condition | undefined;
  beside: ((accountId: string) => Counter) | undefined;
}

export function createChallenges(ports: ChallengePorts): Challenges {
  const ahead = createAhead<ChallengeRow>(ports.request ?? (() => undefined));
  const changed = (accountId: string | null | undefined) => {
    if (accountId) ports.changed(accountId);
  };
  const view = (row: ChallengeRow) => toView(row, ports.clock());
  // One for each visit, which several requests ask for.
  const keyed = rememberDigests(ports.digest, 200);
  const padsColumn = padsBeside(ports);
  const contextKey = (context: string) => keyed("challenge-context", context);

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
    const { deviceId, mode } = fits;
    return { kind: "accepted", accountId: row.account_id, deviceId, mode, answeredAt: row.answered_at, judged: false };
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
    const trying = { tries: TRIES, now, columns: padsColumn };
    const row = await countTry<WithPads>(sql, id, given.digest, trying, given.provided);
    if (row === undefined) return undefined;
    const [counted, pads] = await Promise.all([
      ports.limits.count(sql, row.counter),
      row.purpose === "activate" ? padsFor(sql, row) : padsIn(ports, row),
    ]);
    if (counted.kind !== "counted") {
      // Nothing is judged on this counter now, so that it costs the number no try.
      await uncountTry(sql, row.id);
      return shut(counted);
    }

    const challenge = digitsOf(row);
    const fits = await adopted(ports, sql, match(pads, challenge, given.expectation.accepted, given.response));
    const { account_id: accountId } = row;
    if (fits !== undefined && accountId !== null) {
      const along = given.beside === undefined ? undefined : ports.limits.gateAlong(given.beside(accountId));
      const answered = await markAnswered<GateColumns>(sql, row.id, fits, ports.padsAlong.there(fits.pad), now, along);
      if (answered !== undefined) {
        await ports.limits.clear(sql, row.counter);
        changed(accountId);
        const { deviceId, mode } = fits;
        const gate = along === undefined ? {} : { gate: ports.limits.gateIn(answered) };
        return { kind: "accepted", accountId, deviceId, mode, answeredAt: now, judged: true, ...gate };
      }
    }
    const mistaken = match(pads, challenge, given.expectation.mistaken, given.response)?.mode;
    if (counted.lock !== undefined) {
      await markExhausted(sql, row.id, now);
      changed(row.account_id);
      return { kind: "locked", ...counted.lock, judged: true };
    }
    if (row.tries >= TRIES) {
      await markExhausted(sql, row.id, now);
      changed(row.account_id);
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
      if (former > 0) await replaceFormer(sql, context, now);
      const id = randomId(ports.random);
      const row: ChallengeRow = {
        id,
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
        origin: request.origin === undefined ? null : JSON.stringify(request.origin),
        details_sealed: request.details === undefined ? null : ports.sealer.seal(request.details, placeOfDetails(id)),
        signature: null,
        end_reason: null,
        changed_at: now,
        reached_at: null,
      };
      await insertChallenge(sql, row);
      changed(row.account_id);
      if (row.account_id !== null && LISTED.includes(row.purpose)) ports.announce(row.account_id, id);
      return view(row);
    },

    current,

    async byId(sql, id) {
      const row = await challengeById(sql, id);
      return row === undefined ? undefined : view(row);
    },

    async answer(sql, context, response, expectation, shown, provided, beside) {
      const givenTo = (id: string) => ({
        response,
        expectation,
        provided,
        beside,
        digest: ports.digest("wrong-response", `${id} ${response}`),
      });
      const first = shown ?? (await current(sql, context));
      ahead.forget();
      const verdict = first === undefined ? undefined : await judge(sql, first.id, givenTo(first.id));
      if (verdict !== undefined) return { verdict, challenge: first };
      if (provided !== undefined && !(await provided.holds(sql)))
        return { verdict: { kind: "too-many", judged: false }, challenge: first };

      const row = await latestChallenge(sql, contextKey(context));
      if (row === undefined) return { verdict: { kind: "expired", judged: false }, challenge: first };
      const given = givenTo(row.id);
      const second = row.id === first?.id ? undefined : await judge(sql, row.id, given);
      return { verdict: second ?? (await refusal(sql, row, given)), challenge: view(row) };
    },

    async endAll(sql, accountId, reason) {
      ahead.forget();
      const ended = await endAllOf(sql, accountId, reason, ports.clock());
      changed(accountId);
      return ended;
    },

    endOfDevice(sql, accountId, deviceId) {
      ahead.forget();
      changed(accountId);
      return endOfDevice(sql, accountId, deviceId, ports.clock());
    },

    async decline(sql, context) {
      ahead.forget();
      const declined = await declineOpen(sql, contextKey(context), ports.clock());
      changed(declined?.account_id);
      return declined !== undefined;
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
