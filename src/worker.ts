import { type Millis, SECOND } from "./clock.ts";

/** Sends what waits in a table; each node has its own, and `claim` keeps them apart. */
export interface Worker {
  /** Something new waits: looks shortly after, when the transaction that put it there has committed. */
  wake(): void;
  start(): void;
  /** Attempts all that is due now, and returns when it has been tried. */
  drain(): Promise<void>;
  /** Begins no more, and returns when what was begun has ended. */
  stop(): Promise<void>;
}

export interface WorkerPorts<Row> {
  /** Takes up to `limit` rows that are due, so that nobody else takes them for a while. */
  claim(limit: number): Promise<Row[]>;
  /** One attempt at one row, and what comes of it; it rejects only where the database does. */
  attempt(row: Row): Promise<void>;
  /** The table cannot be read: told once, and again after it could be. */
  onAway(error: unknown): void;
}

/** Attempted side by side; one slow server holds up no more than its batch. */
const BATCH = 10;
const POLL: Millis = SECOND;
/** Most transactions have committed by then; the next poll finds the others. */
const WAKE: Millis = 50;

export function createWorker<Row>({ claim, attempt, onAway }: WorkerPorts<Row>): Worker {
  let poll: NodeJS.Timeout | undefined;
  let wake: NodeJS.Timeout | undefined;
  let stopping = false;
  let running: Promise<void> = Promise.resolve();
  let reachable = true;

  const attemptDue = async (): Promise<void> => {
    while (!stopping) {
      const due = await claim(BATCH);
      if (due.length === 0) return;
      await Promise.all(due.map(attempt));
    }
  };

  const drain = (): Promise<void> => {
    const next = running.then(attemptDue);
    running = next.catch(() => undefined);
    return next;
  };

  const look = () =>
    drain().then(
      () => {
        reachable = true;
      },
      (error: unknown) => {
        if (reachable) onAway(error);
        reachable = false;
      },
    );

  return {
    drain,
    wake() {
      if (poll === undefined) return;
      wake ??= setTimeout(() => {
        wake = undefined;
        void look();
      }, WAKE).unref();
    },
    start() {
      poll ??= setInterval(look, POLL).unref();
    },
    async stop() {
      stopping = true;
      clearInterval(poll);
      clearTimeout(wake);
      poll = undefined;
      await running;
    },
  };
}
