/**
 * Owns what wakes a phone that does not listen just now (Web Push: RFC 8030, 8291, 8292): where each device is woken, how often, and the
 * one push for each request. A push says nothing of the request, and is made after the answer that the request came with: it delays
 * nobody, and is lost with the process, since it is worth nothing later. What a phone then lists is `request/`'s.
 * Control enters by `announce`, and leaves by a push service of the operator's list; what came of it is counted.
 */
import type { Logger } from "pino";
import { type Clock, DAY, HOUR, type Millis, SECOND } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Throttle } from "../limits/throttle.ts";
import type { Delivery, SendPush } from "./send.ts";
import type { Kept, Subscriptions } from "./store.ts";

/** What became of a push: also that it was one too many for its account (`limited`) or for this process (`dropped`). */
export type PushOutcome = Delivery["kind"] | "limited" | "dropped";

/** A request as phones of its account list it; of those that they do not list they are told nothing. */
export interface Pushed {
  id: string;
  /** The browser that asks has signed the account in before, or none asks: it does not count to those that PROTOCOL 11 limits. */
  known: boolean;
  expiresAt: Millis;
}

export interface Push {
  /** A request of this account was issued, in a transaction that is about to commit. */
  announce(accountId: string, requestId: string): void;
  /** From now on what is announced is pushed by itself. */
  start(): void;
  /** Pushes what was announced, and returns when it has been tried. */
  drain(): Promise<void>;
  /** Begins no more, and returns when what was begun has ended. */
  stop(): Promise<void>;
}

export interface PushPorts {
  database: Database;
  clock: Clock;
  throttle: Throttle;
  subscriptions: Subscriptions;
  send: SendPush;
  /** What the account's phones list. */
  listed(accountId: string): Promise<readonly Pushed[]>;
  onOutcome(outcome: PushOutcome): void;
  logger: Pick<Logger, "warn" | "error">;
}

/** Most transactions have committed by then, and what was announced meanwhile is looked up at once. */
const GATHER: Millis = 50;
/** A request that is not there by then was taken back. */
const AGAIN: Millis = SECOND;
/** PROTOCOL 11: how often browsers that never signed in may wake an account's phones. */
const UNKNOWN = [
  { name: "hour", rule: { limit: 5, window: HOUR } },
  { name: "day", rule: { limit: 20, window: DAY } },
] as const;
/** More than a process sends in the patience of one push; what is above would come too late. */
const MOST = 1000;

interface Announced {
  accountId: string;
  requestId: string;
}

/** Something that is done in a moment, unless it is done before. */
type Later = () => Promise<void>;

export function createPush(ports: PushPorts): Push {
  const { database, clock, subscriptions } = ports;
  let gathered: Announced[] = [];
  const later = new Map<Later, NodeJS.Timeout | undefined>();
  const running = new Set<Promise<void>>();
  let started = false;
  let stopped = false;

  const mayWake = async (accountId: string): Promise<boolean> => {
    for (const { name, rule } of UNKNOWN)
      if (!(await ports.throttle.pass(database, `pushes of ${accountId} a ${name}`, rule))) return false;
    return true;
  };

  const deliver = async (same: readonly Kept[], ttl: number): Promise<void> => {
    const [first] = same;
    if (first === undefined) return;
    const delivery = await ports.send(first.subscription, ttl);
    ports.onOutcome(delivery.kind);
    switch (delivery.kind) {
      case "sent":
        return;
      case "gone":
        await Promise.all(same.map((kept) => subscriptions.drop(database, kept)));
        return;
      case "refused":
      case "failed": {
        // The host is the push service's; what stands behind it is the phone's secret.
        const { host } = new URL(first.subscription.endpoint);
        ports.logger.warn({ host, device: first.deviceId, reason: delivery.reason }, "a push was not taken");
        return;
      }
      default:
        delivery satisfies never;
    }
  };

  /** False where phones do not list the request, or not yet. */
  const wake = async ({ accountId, requestId }: Announced, kept: readonly Kept[]): Promise<boolean> => {
    const request = (await ports.listed(accountId)).find(({ id }) => id === requestId);
    if (request === undefined) return false;
    const ttl = Math.floor((request.expiresAt - clock()) / SECOND);
    if (ttl < 1) return true;
    if (!request.known && !(await mayWake(accountId))) {
      ports.onOutcome("limited");
      return true;
    }
    // A phone that was connected twice is woken once.
    const phones = Map.groupBy(kept, ({ subscription }) => subscription.endpoint);
    await Promise.all([...phones.values()].map((same) => deliver(same, ttl)));
    return true;
  };

  const run = (work: Later): void => {
    clearTimeout(later.get(work));
    later.delete(work);
    const done = work()
      .catch((error: unknown) => {
        const name = error instanceof Error ? error.name : "unknown";
        ports.logger.error({ name }, "phones could not be woken");
      })
      .finally(() => running.delete(done));
    running.add(done);
  };
  const inAMoment = (after: Millis, work: Later): void => {
    if (!stopped) later.set(work, started ? setTimeout(run, after, work).unref() : undefined);
  };

  /** Most accounts are not woken, and cost no more than their part of one statement. */
  const look = async (): Promise<void> => {
    const announced = gathered;
    gathered = [];
    const ids = [...new Set(announced.map(({ accountId }) => accountId))];
    const kept = Map.groupBy(await subscriptions.of(database, ids), ({ accountId }) => accountId);
    for (const one of announced) {
      const own = kept.get(one.accountId);
      if (own === undefined) continue;
      run(async () => {
        if (!(await wake(one, own))) inAMoment(AGAIN, async () => void (await wake(one, own)));
      });
    }
  };

  return {
    announce(accountId, requestId) {
      if (stopped) return;
      if (gathered.length + later.size + running.size > MOST) {
        ports.onOutcome("dropped");
        return;
      }
      if (gathered.length === 0) inAMoment(GATHER, look);
      gathered.push({ accountId, requestId });
    },
    start() {
      started = true;
    },
    async drain() {
      while (later.size + running.size > 0) {
        for (const work of [...later.keys()]) run(work);
        await Promise.all(running);
      }
    },
    async stop() {
      stopped = true;
      for (const timer of later.values()) clearTimeout(timer);
      later.clear();
      await Promise.all(running);
    },
  };
}
