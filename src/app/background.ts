/** The part of the composition that works without being asked: what is due, what is sent, what has expired. */
import type { Worker } from "../worker.ts";
import type { App } from "./ports.ts";

type Sender = Pick<Worker, "start" | "drain" | "stop">;

/** Something that looks by itself, now and then. */
interface Rounds {
  start(): void;
  run(): Promise<unknown>;
  stop(): Promise<void>;
}

export interface BackgroundPorts {
  /** They make or tell what is due by now; what they make is told as well. */
  due: readonly Sender[];
  sending: readonly Sender[];
  sweeper: Rounds;
  expiry: Rounds;
  keyRing: Rounds;
}

export function createBackground({
  due,
  sending,
  sweeper,
  expiry,
  keyRing,
}: BackgroundPorts): Pick<App, "start" | "drain" | "sweep" | "remind" | "lookAtKeys" | "close"> {
  const all = [...due, ...sending, sweeper, expiry, keyRing];
  return {
    start() {
      for (const each of all) each.start();
    },
    async drain() {
      for (const each of due) await each.drain();
      await Promise.all(sending.map((each) => each.drain()));
    },
    sweep: async () => void (await sweeper.run()),
    remind: async () => void (await expiry.run()),
    lookAtKeys: async () => void (await keyRing.run()),
    close: async () => void (await Promise.all(all.map((each) => each.stop()))),
  };
}
