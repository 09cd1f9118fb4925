import type { DeviceChallenges } from "../challenge/on-device.ts";
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Sql } from "../database/database.ts";

/**
 * Tells those who wait that something about their account has changed. What this process did it says itself (`changed`); what other
 * nodes did is found by one question a second for all who wait here, whatever their number (decision 0020).
 */
export interface Feed {
  /** In a transaction that is about to commit. */
  changed(accountId: string): void;
  /** Undefined where this device waits in too many places already. Registered before the list is read, so that no change is missed. */
  wait(accountId: string, deviceId: string): Waiting | undefined;
  /** Calls once: at the next change, at `until`, or when it is left or the process ends; which of them, the list will tell. */
  next(waiting: Waiting, until: Millis, call: () => void): void;
  leave(waiting: Waiting): void;
  /** The process ends: whoever waits is answered within a second, and so is whoever comes. */
  closing(): void;
  /** How many wait here. */
  readonly size: number;
}

/** One who waits. All that is kept of them here is this record: there may be ten thousand, and a function for each would be as large again. */
export interface Waiting {
  readonly accountId: string;
  readonly deviceId: string;
  /** Infinite while nobody is to be called. */
  until: Millis;
  /** Who is to be called, once. */
  call: (() => void) | undefined;
  /** Something has changed while nobody was to be called. */
  pending: boolean;
  /** There is nothing left to wait for. */
  over: boolean;
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

export function createFeed(ports: FeedPorts): Feed {
  const { clock } = ports;
  const waiters = new Map<string, readonly Waiting[]>();
  /** What was told already, by row and time, as long as the question reaches back to it. */
  const told = new Map<string, Millis>();
  let size = 0;
  let closing = false;
  let timers: NodeJS.Timeout[] = [];
  let asking = false;
  let reachable = true;

  const wake = (waiting: Waiting) => {
    const { call } = waiting;
    waiting.pending = call === undefined;
    if (call === undefined) return;
    waiting.call = undefined;
    waiting.until = Number.POSITIVE_INFINITY;
    waiting.over ||= closing;
    call();
  };
  const wakeAll = (accountId: string) => {
    for (const waiting of waiters.get(accountId) ?? []) wake(waiting);
  };

  const ask = async (): Promise<void> => {
    const since = clock() - OVERLAP;
    for (const [key, at] of told) if (at < since) told.delete(key);
    for (const { id, accountId, at } of await ports.changedSince(ports.database, since)) {
      const key = `${id} ${at}`;
      if (told.has(key)) continue;
      told.set(key, at);
      if (accountId !== undefined) wakeAll(accountId);
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
    for (const all of waiters.values()) for (const waiting of all) if (waiting.until <= now) wake(waiting);
  };

  const register = (waiting: Waiting): void => {
    const { accountId } = waiting;
    waiters.set(accountId, [...(waiters.get(accountId) ?? []), waiting]);
    size += 1;
    if (size === 1) timers = [setInterval(() => void look(), POLL).unref(), setInterval(tick, TICK).unref()];
  };
  const unregister = (waiting: Waiting): void => {
    const { accountId } = waiting;
    const all = waiters.get(accountId) ?? [];
    const others = all.filter((other) => other !== waiting);
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
      if (waiters.has(accountId)) setTimeout(() => wakeAll(accountId), COMMIT).unref();
    },
    wait(accountId, deviceId) {
      const same = (waiters.get(accountId) ?? []).filter((other) => other.deviceId === deviceId);
      if (same.length >= PER_DEVICE) return undefined;
      const until = Number.POSITIVE_INFINITY;
      const waiting: Waiting = { accountId, deviceId, until, call: undefined, pending: false, over: false };
      register(waiting);
      return waiting;
    },
    next(waiting, until, call) {
      waiting.call = call;
      waiting.until = closing ? Math.min(until, clock() + POLL) : until;
      // What changed while the list was read is not waited for.
      if (waiting.pending || waiting.over) wake(waiting);
    },
    leave(waiting) {
      waiting.over = true;
      unregister(waiting);
      wake(waiting);
    },
    closing() {
      closing = true;
      for (const all of waiters.values()) for (const waiting of all) wake(waiting);
    },
  };
}
