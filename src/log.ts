import { type Logger, pino, stdTimeFunctions } from "pino";
import type { Millis } from "./clock.ts";

export interface Log {
  logger: Logger;
  /** Writes what waits, before the process ends. */
  flush(): void;
}

/** One write for many lines: each alone costs as much CPU as a page. */
const TOGETHER_BYTES = 4096;
/** Nobody who reads along notices; and what a kill leaves unwritten is no more than this. What must not be lost is an event, in the database. */
const LONGEST_WAIT: Millis = 100;

/** The log of the process, on standard output: a line of JSON for each event. */
export function createLog(level: string): Log {
  const destination = pino.destination({ dest: 1, sync: true, minLength: TOGETHER_BYTES, periodicFlush: LONGEST_WAIT });
  return {
    logger: pino({ level, timestamp: stdTimeFunctions.isoTime }, destination),
    flush: () => destination.flushSync(),
  };
}
