/**
 * Owns what an online phone sees and does (PROTOCOL 6): the open requests of its account, its answers to them, its declines.
 * A challenge is `challenge/`'s, and what a right answer leads to is the step's whose request it is: each gives an `Approver`.
 * It knows no page: whoever waits there finds the challenge answered or ended, with the same guarantees as by a typed response.
 * Control enters from the device API with a device that has proven itself, and leaves with a verdict.
 */
import type { Expectation, Mode } from "../challenge/expectation.ts";
import type { DeviceChallenges, DeviceRequest } from "../challenge/on-device.ts";
import type { Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import type { Challenge } from "../e-num/challenge.ts";
import { type Counter, isSite } from "../limits/limits.ts";
import type { Guard } from "./guard.ts";

/** An open request, and whether the browser that asks has signed this account in before. */
export interface Listed extends DeviceRequest {
  known: boolean;
}

/** As hosted pages name a site. */
export interface SiteShown {
  name: string;
  /** `books.example`; undefined for an app, which lives nowhere. */
  origin: string | undefined;
  /** The path of its picture. */
  logo: string | undefined;
}

/** A right answer that a device gave, to the step whose request it was for. */
export interface Approval {
  accountId: string;
  deviceId: string;
  mode: Mode;
  challenge: Challenge;
  answeredAt: Millis;
  /** The device's own, over this answer. */
  signature: string | undefined;
}

/** What a step knows of those of its requests that the phone answers. */
export interface Approver {
  expectation(sql: Sql, request: DeviceRequest): Promise<Expectation>;
  /** In the transaction that accepts the answer; it throws `NotApproved` to take the answer back. */
  accept(sql: Sql, request: DeviceRequest, approval: Approval): Promise<void>;
  /** For an operation: what the phone shows and computes for, signed, without its check number. */
  statement(request: DeviceRequest): Promise<string | undefined>;
}

export type Approvers = Readonly<Record<DeviceRequest["purpose"], Approver>>;

/** The response is right, and what it is for may not be done all the same; the page says why. */
export class NotApproved extends Error {
  readonly reason: "foreign" | "other-account" | "already-confirmed" | "refused";
  constructor(reason: NotApproved["reason"]) {
    super(reason);
    this.reason = reason;
  }
}

export interface RequestList {
  /** Newest first; of unknown browsers no more than three, and neither theirs nor a site's own while the guard is up (PROTOCOL 11). */
  of(accountId: string): Promise<Listed[]>;
  /** These go to a phone now: pages of browsers that are signed in say so from then on. */
  delivered(listed: readonly Listed[]): Promise<void>;
}

/** PROTOCOL 11: a stranger who knows an e-mail must not fill the phone's screen. */
const UNKNOWN_LISTED = 3;

export interface RequestListPorts {
  database: Database;
  challenges: Pick<DeviceChallenges, "open" | "reach">;
  guard: Guard;
  /** The counters of all browsers that have signed this account in. */
  knownCounters(sql: Sql, accountId: string): Promise<ReadonlySet<Counter>>;
}

export function createRequestList(ports: RequestListPorts): RequestList {
  const { database } = ports;
  return {
    async of(accountId) {
      const open = await ports.challenges.open(database, accountId);
      if (open.length === 0) return [];
      const counters = await ports.knownCounters(database, accountId);
      const listed = open.map((request) => ({ ...request, known: counters.has(request.counter) }));
      const strangers = listed.filter(({ known }) => !known);
      if (strangers.length === 0) return listed;
      if (await ports.guard.isUp(database, accountId)) return listed.filter(({ known }) => known);
      // A site asks for a person ten times an hour at most, and must not be hidden by whoever knows an e-mail.
      const hidden = strangers.filter(({ counter }) => !isSite(counter)).slice(UNKNOWN_LISTED);
      return listed.filter((request) => !hidden.includes(request));
    },
    async delivered(listed) {
      // A stranger's browser is never told, and a browser that is signed in is known.
      const news = listed.filter(({ known, reached }) => known && !reached);
      await Promise.all(news.map((request) => ports.challenges.reach(database, request)));
    },
  };
}
