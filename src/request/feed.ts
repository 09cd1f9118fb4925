import type { DeviceChallenges } from "../challenge/on-device.ts";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Sql } from "../database.ts";

/**
 * Tells those who wait that something about their account has changed. What this process did it says itself (`changed`); what other
 * nodes did is found by one question a second for all who wait here, whatever their number (decision 0020).
 */
export interface Feed {
  /** In a transaction that is about to commit. */
  changed(accountId: string): void;
  /** Undefined where this device waits in too many places already. Registered before the list is read, so that no change is missed. */
  wait(accountId: string, deviceId: string): Waiting | undefined;
  /** The process ends: whoever waits is answered within a second, and so is whoever comes. */
  closing(): void;
  /** How many wait here. */
  readonly size: number;
}

export interface Waiting {
  /** Calls once: at the next change, at `until`, or when it is left or the process ends; which of them, the list will tell. */
  next(until: Millis, call: () => void): void;
  /** Whether there is anything left to wait for. */
  readonly over: boolean;
  leave(): void;
}

export interface FeedPorts {
  database: Sql;
  clock: Clock;
  changedSince: DeviceChallenges["changedSince"];
  /** The table could not be read: told once, and again after it could be. */
  onAway(error: unknown): void;
}

/** Most transactions have committed by then; the next poll finds the others. */
const COMMIT: Millis = 50;
const POLL: Millis = SECOND;
/** How late `until` may be: one timer looks at all, where ten thousand would each keep their own. */
const TICK: Millis = 100;
/** As far as two nodes' clocks may differ, and a transaction may take from its change to its commit. */
const OVERLAP: Millis = 3 * SECOND;
/** A phone has one connection; more are those that it lost and we do not know of yet, or somebody who wants our memory. */
const PER_DEVICE = 4;

interface Waiter {
  deviceId: string;
  /** Infinite while nobody is to be called. */
  until: Millis;
  wake(): void;
}

export function createFeed(ports: FeedPorts): Feed {
  const { clock } = ports;
  const waiters = new Map<string, readonly Waiter[]>();
  /** What was told already, by row and time, as long as the question reaches back to it. */
  const told = new Map<string, Millis>();
  let size = 0;
  let closing = false;
  let timers: NodeJS.Timeout[] = [];
  let asking = false;
  let reachable = true;

  const wake = (accountId: string) => {
    for (const waiter of waiters.get(accountId) ?? []) waiter.wake();
  };

  const ask = async (): Promise<void> => {
    const since = clock() - OVERLAP;
    for (const [key, at] of told) if (at < since) told.delete(key);
    for (const { id, accountId, at } of await ports.changedSince(ports.database, since)) {
      const key = `${id} ${at}`;
      if (told.has(key)) continue;
      told.set(key, at);
      if (accountId !== undefined) wake(accountId);
    }
  };

  const look = async () => {
    // A database that hangs is asked once and not once a second.
    if (asking) return;
    asking = true;
    try {
      await ask();
      reachable = true;
    } catch (error) {
      if (reachable) ports.onAway(error);
      reachable = false;
    } finally {
      asking = false;
    }
  };

  const tick = () => {
    const now = clock();
    for (const all of waiters.values()) for (const waiter of all) if (waiter.until <= now) waiter.wake();
  };

  const register = (accountId: string, waiter: Waiter): void => {
    waiters.set(accountId, [...(waiters.get(accountId) ?? []), waiter]);
    size += 1;
    if (size === 1) timers = [setInterval(() => void look(), POLL).unref(), setInterval(tick, TICK).unref()];
  };
  const unregister = (accountId: string, waiter: Waiter): void => {
    const all = waiters.get(accountId) ?? [];
    const others = all.filter((other) => other !== waiter);
    if (others.length === all.length) return;
    size -= 1;
    if (others.length > 0) waiters.set(accountId, others);
    else waiters.delete(accountId);
    if (size > 0) return;
    for (const timer of timers) clearInterval(timer);
    told.clear();
  };

  return {
    get size() {
      return size;
    },
    changed(accountId) {
      if (waiters.has(accountId)) setTimeout(() => wake(accountId), COMMIT).unref();
    },
    wait(accountId, deviceId) {
      const same = (waiters.get(accountId) ?? []).filter((other) => other.deviceId === deviceId);
      if (same.length >= PER_DEVICE) return undefined;
      let pending = false;
      let waited: (() => void) | undefined;
      let over = false;
      const waiter: Waiter = {
        deviceId,
        until: Number.POSITIVE_INFINITY,
        wake() {
          const call = waited;
          pending = call === undefined;
          if (call === undefined) return;
          waited = undefined;
          waiter.until = Number.POSITIVE_INFINITY;
          over ||= closing;
          call();
        },
      };
      register(accountId, waiter);
      return {
        get over() {
          return over;
        },
        next(until, call) {
          waited = call;
          waiter.until = closing ? Math.min(until, clock() + POLL) : until;
          // What changed while the list was read is not waited for.
          if (pending || over) waiter.wake();
        },
        leave() {
          over = true;
          unregister(accountId, waiter);
          waiter.wake();
        },
      };
    },
    closing() {
      closing = true;
      for (const all of waiters.values()) for (const waiter of all) waiter.wake();
    },
  };
}
