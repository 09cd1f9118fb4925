/**
 * The keys as a running server has them: looked at every ten seconds, so that a new one is known, begins to sign and goes without a restart.
 * What is over is destroyed or removed by whichever server sees it first.
 */
import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import { createAudit } from "../audit/audit.ts";
import { MINUTE, type Millis, SECOND } from "../clock.ts";
import { assemble, type Keys } from "./keys.ts";
import type { KeysPorts } from "./making.ts";
import { dueOf, LOOK } from "./rules.ts";
import { allKeys, destroyKey, type KeyRow, removeKey } from "./store.ts";

/** A look that hangs is on a connection that will not answer any more: the next takes another. */
const PATIENCE: Millis = 5 * SECOND;
/** Some looks in a row that came to nothing. */
const BEHIND: Millis = MINUTE;

export interface KeyRing {
  /** The same object until something of it changes. */
  current(): Keys;
  /** False where, since the start, the keys have not been looked at for a minute, or could not be opened: others may be in force by now. */
  follows(): boolean;
  /** Called with what has changed, from the next look on. */
  follow(take: (keys: Keys) => void): void;
  start(): void;
  /** Looks now. */
  run(): Promise<void>;
  stop(): Promise<void>;
}

export interface RingPorts extends KeysPorts {
  /** As loaded at the start. */
  keys: Keys;
  logger: Pick<Logger, "error" | "info">;
}

export function createKeyRing(ports: RingPorts): KeyRing {
  const { database, clock, logger } = ports;
  const audit = createAudit(ports);
  const followers: ((keys: Keys) => void)[] = [];
  let keys = ports.keys;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let turn = 0;
  let followed = clock();
  let readable = true;

  const end = (due: { destroy: KeyRow[]; remove: KeyRow[] }): Promise<void> =>
    database.transaction(async (sql) => {
      for (const [what, type, change] of [
        ["destroy", "keys.destroyed", destroyKey],
        ["remove", "keys.removed", removeKey],
      ] as const) {
        const kids: string[] = [];
        for (const { id } of due[what]) if (await change(sql, id)) kids.push(id);
        if (kids.length > 0) await audit.append(sql, { type, detail: { kids } });
      }
    });

  /** Known once all have taken it: one that throws is told again at the next look. */
  const take = (found: Keys) => {
    if (isDeepStrictEqual(found, keys)) return;
    for (const follower of followers) follower(found);
    keys = found;
    const { token, otherTokens, confirmation, confirmationSet } = found;
    const signing = [...token, confirmation].map(({ kid }) => kid);
    const published = [...otherTokens, ...confirmationSet.keys].map(({ kid }) => kid);
    logger.info({ signing, others: published.filter((kid) => !signing.includes(kid)) }, "the keys have changed");
  };

  const look = async (own: number): Promise<void> => {
    const rows = await allKeys(database);
    // What has hung for longer than it may tells nothing new.
    if (own !== turn) return;
    const now = clock();
    // Who cannot open the new ones ends none of the others.
    take(assemble(rows, ports));
    followed = now;
    const dueTo = (what: "destroy" | "remove") => rows.filter((row) => dueOf(row, now) === what);
    const due = { destroy: dueTo("destroy"), remove: dueTo("remove") };
    if (due.destroy.length + due.remove.length > 0) await end(due);
  };

  const run = (): Promise<void> => {
    const next = running.then(() => {
      turn += 1;
      return within(PATIENCE, look(turn));
    });
    running = next.catch(() => undefined);
    return next;
  };
  const lookAgain = () =>
    run().then(
      () => {
        readable = true;
      },
      (error: unknown) => {
        if (readable) logger.error({ err: error }, "the keys cannot be looked at");
        readable = false;
      },
    );

  return {
    current: () => keys,
    follows: () => timer === undefined || clock() - followed <= BEHIND,
    follow: (take) => void followers.push(take),
    run,
    start() {
      timer = setInterval(lookAgain, LOOK);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

async function within(patience: Millis, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the database has not answered")), patience);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
