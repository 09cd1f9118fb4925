/**
 * Owns what an operator's machines ask of a process: whether it lives, whether it can serve, and its figures (`metrics.ts`).
 * It decides nothing and changes nothing; nobody depends on it but the composition root, which puts `counted.ts` between a room and its caller.
 * Control enters by the probes' routes; `check` answers within two seconds, whatever hangs behind it.
 */
import { type Clock, type Millis, SECOND } from "../clock.ts";
import type { Database } from "../database/database.ts";

export interface Readiness {
  /** `closing` goes before all else: the process still answers, and takes nothing new soon. */
  status: "ready" | "not-ready" | "closing";
  checks: {
    database: "reached" | "failed" | "no-answer";
    migrations: "in-place" | "missing" | "unknown";
    keys: "loaded" | "behind";
  };
}

export interface Health {
  check(): Promise<Readiness>;
  /** From now on the process says that it is closing. */
  closing(): void;
}

export interface HealthPorts {
  database: Pick<Database, "first" | "pending">;
  /** Whether the keys are those that are in force. */
  keysFollow(): boolean;
  clock: Clock;
  logger: { warn(about: object, words: string): void; info(about: object, words: string): void };
}

/** A balancer's usual patience is two seconds or more. */
const PATIENCE: Millis = 1.5 * SECOND;
/** However often and by whomever it is asked, the database is looked at once in so long. */
const FRESH: Millis = SECOND;
/** A look that hangs for so long is on a connection that will not answer any more: the next takes another. */
const LOST: Millis = 10 * SECOND;

type Checks = Readiness["checks"];

interface Look {
  since: Millis;
  ended: Millis | undefined;
  checks: Promise<Checks>;
}

export function createHealth({ database, keysFollow, clock, logger }: HealthPorts): Health {
  const keysNow = () => (keysFollow() ? "loaded" : "behind");
  let isClosing = false;
  let wasReady = true;
  let look: Look | undefined;

  const inspect = async (): Promise<Checks> => {
    try {
      await database.first("SELECT 1 AS one");
    } catch {
      return { database: "failed", migrations: "unknown", keys: keysNow() };
    }
    const pending = await database.pending().catch(() => undefined);
    const migrations = pending === undefined ? "unknown" : pending.length === 0 ? "in-place" : "missing";
    return { database: "reached", migrations, keys: keysNow() };
  };

  const begin = (): Look => {
    const started: Look = { since: clock(), ended: undefined, checks: inspect() };
    void started.checks.then(() => {
      started.ended = clock();
    });
    return started;
  };

  const current = (): Promise<Checks> => {
    const now = clock();
    const old = look === undefined || (look.ended === undefined ? now - look.since > LOST : now - look.ended > FRESH);
    if (look === undefined || old) look = begin();
    return within(PATIENCE, look.checks, { database: "no-answer", migrations: "unknown", keys: keysNow() });
  };

  return {
    closing() {
      isClosing = true;
    },
    async check() {
      const checks = await current();
      const ready = checks.database === "reached" && checks.migrations === "in-place" && checks.keys === "loaded";
      if (ready !== wasReady) logger[ready ? "info" : "warn"](checks, ready ? "ready again" : "not ready");
      wasReady = ready;
      return { status: isClosing ? "closing" : ready ? "ready" : "not-ready", checks };
    },
  };
}

/** What comes first: the work, or the end of patience. */
export async function within<T>(patience: Millis, work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((done) => {
    timer = setTimeout(done, patience, otherwise);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
