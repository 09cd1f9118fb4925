/**
 * Owns what a site asks of a person without a browser (OpenID Connect CIBA Core; PROTOCOL 12): one open request for a site and a person, ten an hour
 * for a person, with a check number that the site shows or reads out; and what has become of it. An answer comes from the person's online phone alone.
 * It knows neither tokens nor hints: `begin` is told whom to ask, an account or nobody, and asks both alike; `outcome` is asked when the site comes for tokens.
 * Sites that want to be told instead of asking again and again are told by `pings.ts`, after the answer is in the database.
 */
import type { Challenges, Subject } from "../challenge/challenge.ts";
import { type Clock, HOUR, type Millis } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { siteCounter } from "../limits/limits.ts";
import type { Throttle, ThrottleRule } from "../limits/throttle.ts";
import { placeIn, type SealedColumn, type Sealer } from "../secrecy.ts";
import { insertPing } from "./store.ts";

export interface BackChannelRequest {
  /** The `auth_req_id`: whoever has it, and is the client, gets the tokens. */
  id: string;
  clientId: string;
  subject: Subject;
  purpose: "login" | "operation";
  /** JSON that the phone's answer is judged by, with the site's `binding_message`. */
  details: string;
  lifetime: Millis;
  /** Whether the site is to be told. */
  ping: boolean;
}

export type Begun = { kind: "asked"; challengeId: string; digits: string } | { kind: "too-many" };

/** `reason`: the person's own, or why a right answer may not be accepted. */
export type CibaOutcome =
  | { kind: "pending" }
  | { kind: "answered"; accountId: string; at: Millis; signed: boolean }
  | { kind: "denied"; reason: string };

export interface Ciba {
  begin(request: BackChannelRequest): Promise<Begun>;
  outcome(challengeId: string): Promise<CibaOutcome>;
}

export interface CibaPorts {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  challenges: Pick<Challenges, "issue" | "byId">;
  throttle: Throttle;
}

/** PROTOCOL 12: a person's phone is not to be filled by sites. */
const REQUESTS: ThrottleRule = { limit: 10, window: HOUR };

export function createCiba(ports: CibaPorts): Ciba {
  const { database, challenges } = ports;
  return {
    begin: ({ id, clientId, subject, ping, ...asked }) =>
      database.transaction(async (sql) => {
        if (!(await ports.throttle.pass(sql, `back channel to ${subject.key}`, REQUESTS))) return { kind: "too-many" };
        const counter = siteCounter(clientId, subject.key);
        // By its context the new one takes the place of the one that was open.
        const issued = await challenges.issue(sql, { ...asked, context: counter, subject, counter, clientId });
        if (ping) {
          const sealed = ports.sealer.seal(id, placeOfRequest(issued.id));
          const row = { id: issued.id, client_id: clientId, request_sealed: sealed, expires_at: issued.expiresAt };
          await insertPing(sql, row, ports.clock());
        }
        return { kind: "asked", challengeId: issued.id, digits: issued.digits };
      }),
    async outcome(challengeId) {
      const found = await challenges.byId(database, challengeId);
      const { accountId } = found?.subject ?? {};
      if (found?.state === "open") return { kind: "pending" };
      if (found?.state === "answered" && found.answer !== undefined && accountId !== undefined)
        return { kind: "answered", accountId, at: found.answer.at, signed: found.answer.signed };
      if (found?.state === "declined") return { kind: "denied", reason: found.endReason ?? "declined" };
      if (found?.state === "exhausted") return { kind: "denied", reason: "three wrong answers" };
      // Its time is over, which the engine says by itself; or a newer request of the site has taken its place.
      const replaced = found !== undefined && found.expiresAt > ports.clock();
      return replaced ? { kind: "denied", reason: "a newer request has taken its place" } : { kind: "pending" };
    },
  };
}

export const SEALED_REQUESTS: SealedColumn = {
  table: "ciba_ping",
  column: "request_sealed",
  name: "request",
  key: ["id"],
  row: ["id"],
};

/** Where the `auth_req_id` is sealed. */
export function placeOfRequest(challengeId: string) {
  return placeIn(SEALED_REQUESTS, challengeId);
}
