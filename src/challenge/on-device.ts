import { type Clock, HOUR, type Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Challenge, Response } from "../e-num/challenge.ts";
import { type Counter, deviceCounter, isKnownBrowser, isSite, type Limits } from "../limits/limits.ts";
import { type Digester, type Sealer, sameText } from "../secrecy.ts";
import type { Origin } from "./challenge.ts";
import type { Candidate, Mode } from "./expectation.ts";
import { type Pads, padsBeside, padsIn, type WithPads } from "./pads.ts";
import { adopted, type DevicePad, digitsOf, match, placeOfDetails, type State, stateOf, TRIES } from "./rules.ts";
import {
  type ChallengeRow,
  changedSince,
  countTry,
  type EndReason,
  endKnown,
  endUnknown,
  latestChallenge,
  markAnswered,
  markExhausted,
  markReached,
  openOf,
  requestOf,
  uncountTry,
} from "./store.ts";

/** A challenge as the account's own device may know it: whatever there is of it, but for its digits. */
export interface DeviceRequest {
  id: string;
  accountId: string;
  purpose: "login" | "operation";
  clientId: string | undefined;
  counter: Counter;
  state: State;
  origin: Origin | undefined;
  details: string | undefined;
  issuedAt: Millis;
  expiresAt: Millis;
  /** A phone of the account had it in its list before. */
  reached: boolean;
}

/** What a device sends for a check number that a person carried over to it. */
export interface DeviceAnswer {
  deviceId: string;
  challenge: Challenge;
  response: Response;
  accepted: readonly Candidate[];
  signature?: string | undefined;
}

/** As a verdict on a typed response; `judged` is false when there is nothing to record: the same answer again, or a number that had ended. */
export type DeviceVerdict = { judged: boolean } & (
  | { kind: "accepted"; accountId: string; deviceId: string; mode: Mode; answeredAt: Millis; challenge: Challenge }
  | { kind: "wrong-challenge" | "wrong-response"; triesLeft: number }
  | { kind: "exhausted" | "expired" | "already-used" | "declined" }
  /** On the device's own counter; `first`, when its owner is to be told. */
  | { kind: "locked"; until: Millis; first: boolean }
);

/** Challenges as a phone meets them over the device API (PROTOCOL 6): its own counter, its own pads, and the number is judged as well. */
export interface DeviceChallenges {
  /** Open requests of an account, newest first. */
  open(sql: Sql, accountId: string): Promise<DeviceRequest[]>;
  /** It is in the list that a phone is about to get. */
  reach(sql: Sql, request: DeviceRequest): Promise<void>;
  find(sql: Sql, accountId: string, id: string): Promise<DeviceRequest | undefined>;
  answer(sql: Sql, request: { id: string; accountId: string }, given: DeviceAnswer): Promise<DeviceVerdict>;
  /** The same for the newest challenge of a context: a renewal's. */
  answerIn(sql: Sql, context: string, given: DeviceAnswer): Promise<DeviceVerdict>;
  /** True for the one call that ended it. */
  end(sql: Sql, request: DeviceRequest, reason: EndReason): Promise<boolean>;
  /** Which accounts' requests have changed since; the same row may be told again. */
  changedSince(sql: Sql, since: Millis): Promise<{ id: string; accountId: string | undefined; at: Millis }[]>;
}

export interface DeviceChallengePorts extends Pads {
  clock: Clock;
  digest: Digester;
  sealer: Sealer;
  limits: Limits;
  changed(accountId: string): void;
  adopt(sql: Sql, pad: DevicePad): Promise<boolean>;
}

/** A counter is closed out after 100 failures; what a phone is told then is the longest of the locks. */
const CLOSED_OUT: Millis = 6 * HOUR;

export function createDeviceChallenges(ports: DeviceChallengePorts): DeviceChallenges {
  const { clock, limits } = ports;
  const padsColumn = padsBeside(ports);

  const toRequest = (row: ChallengeRow, accountId: string): DeviceRequest | undefined =>
    row.purpose !== "login" && row.purpose !== "operation"
      ? undefined
      : {
          id: row.id,
          accountId,
          purpose: row.purpose,
          clientId: row.client_id ?? undefined,
          counter: row.counter,
          // One that was turned into a decoy is over for everybody who knows that.
          state: row.account_id === null ? "declined" : stateOf(row, clock()),
          origin: row.origin === null ? undefined : JSON.parse(row.origin),
          details:
            row.details_sealed === null
              ? undefined
              : ports.sealer.open(row.details_sealed, placeOfDetails(row.id)).toString(),
          issuedAt: row.issued_at,
          expiresAt: row.expires_at,
          reached: row.reached_at !== null,
        };

  /** This device's pads alone: it speaks for itself. */
  const fitting = (pads: readonly DevicePad[], row: ChallengeRow, given: DeviceAnswer) => {
    const own = pads.filter(({ deviceId }) => deviceId === given.deviceId);
    const found = match(own, digitsOf(row), given.accepted, given.response);
    return sameText(row.digits, given.challenge) ? found : undefined;
  };
  const wrong = (row: ChallengeRow, given: DeviceAnswer, judged: boolean): DeviceVerdict => ({
    kind: sameText(row.digits, given.challenge) ? "wrong-response" : "wrong-challenge",
    triesLeft: Math.max(0, TRIES - row.tries),
    judged,
  });
  const locked = (gate: Exclude<Awaited<ReturnType<Limits["gate"]>>, { kind: "open" }>): DeviceVerdict => {
    const until = gate.kind === "locked" ? gate.until : clock() + CLOSED_OUT;
    return { kind: "locked", until, first: false, judged: false };
  };

  /** The same answer again gets the same again. Any other is counted: else who has the phone could try PINs on an old number for ever. */
  const answeredBefore = async (sql: Sql, row: ChallengeRow, given: DeviceAnswer): Promise<DeviceVerdict> => {
    const counter = deviceCounter(given.deviceId);
    const counted = await limits.count(sql, counter);
    if (counted.kind !== "counted") return locked(counted);
    const same = fitting(await ports.padsOf(sql, row.account_id ?? undefined, undefined), row, given);
    if (same === undefined || row.account_id === null || row.answered_at === null)
      return counted.lock === undefined
        ? { kind: "already-used", judged: false }
        : { kind: "locked", ...counted.lock, judged: true };
    await limits.clear(sql, counter);
    const { mode, deviceId } = same;
    const answered = { accountId: row.account_id, deviceId, mode, answeredAt: row.answered_at };
    return { kind: "accepted", ...answered, challenge: digitsOf(row), judged: false };
  };

  /** Why `countTry` found nothing to judge. */
  const refusal = async (sql: Sql, row: ChallengeRow, given: DeviceAnswer, digest: string): Promise<DeviceVerdict> => {
    const state = row.account_id === null ? "declined" : stateOf(row, clock());
    switch (state) {
      case "answered":
        return row.device_id === given.deviceId
          ? answeredBefore(sql, row, given)
          : { kind: "already-used", judged: false };
      case "open":
        return row.wrong_digest !== null && sameText(row.wrong_digest, digest)
          ? wrong(row, given, false)
          : { kind: "exhausted", judged: false };
      case "expired":
      case "exhausted":
      case "declined":
        return { kind: state, judged: false };
      default:
        return state satisfies never;
    }
  };

  const judge = async (
    sql: Sql,
    given: DeviceAnswer,
    read: () => Promise<ChallengeRow | undefined>,
  ): Promise<DeviceVerdict> => {
    const found = await read();
    if (found === undefined) return { kind: "expired", judged: false };
    const now = clock();
    const counter = deviceCounter(given.deviceId);
    const digest = ports.digest("wrong-answer", `${found.id} ${given.deviceId} ${given.challenge} ${given.response}`);
    const open = found.account_id !== null && stateOf(found, now) === "open";
    const gate = open ? await limits.gate(sql, counter) : undefined;
    if (gate !== undefined && gate.kind !== "open") return locked(gate);
    const trying = { tries: TRIES, now, columns: padsColumn };
    const row = open ? await countTry<WithPads>(sql, found.id, digest, trying) : undefined;
    // Read again: another answer may have come between.
    if (row === undefined || row.account_id === null) return refusal(sql, (await read()) ?? found, given, digest);
    const counted = await limits.count(sql, counter);
    if (counted.kind !== "counted") {
      await uncountTry(sql, row.id);
      return locked(counted);
    }
    const fits = await adopted(ports, sql, fitting(padsIn(ports, row), row, given));
    if (fits !== undefined) {
      const by = { deviceId: fits.deviceId, mode: fits.mode };
      const kept = { ...by, signature: given.signature };
      if ((await markAnswered(sql, row.id, kept, ports.padsAlong.there(fits.pad), now)) !== undefined) {
        await limits.clear(sql, counter);
        ports.changed(row.account_id);
        const answered = { accountId: row.account_id, ...by, answeredAt: now, challenge: digitsOf(row) };
        return { kind: "accepted", ...answered, judged: true };
      }
    }
    const last = row.tries >= TRIES;
    if (last) {
      await markExhausted(sql, row.id, now);
      ports.changed(row.account_id);
    }
    if (counted.lock !== undefined) return { kind: "locked", ...counted.lock, judged: true };
    return last ? { kind: "exhausted", judged: true } : wrong(row, given, true);
  };

  return {
    async open(sql, accountId) {
      const rows = await openOf(sql, accountId, clock());
      return rows.flatMap((row) => toRequest(row, accountId) ?? []);
    },
    reach: (sql, { id }) => markReached(sql, id, clock()),
    async find(sql, accountId, id) {
      const row = await requestOf(sql, accountId, id);
      return row === undefined ? undefined : toRequest(row, accountId);
    },
    answer: (sql, { id, accountId }, given) => judge(sql, given, () => requestOf(sql, accountId, id)),
    answerIn: (sql, context, given) =>
      judge(sql, given, () => latestChallenge(sql, ports.digest("challenge-context", context))),
    async end(sql, request, reason) {
      const end = isKnownBrowser(request.counter) || isSite(request.counter) ? endKnown : endUnknown;
      const ended = await end(sql, request.id, reason, clock());
      if (ended) ports.changed(request.accountId);
      return ended;
    },
    async changedSince(sql, since) {
      const rows = await changedSince(sql, since);
      return rows.map(({ id, account_id, changed_at }) => ({ id, accountId: account_id ?? undefined, at: changed_at }));
    },
  };
}
