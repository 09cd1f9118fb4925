import { setTimeout as delay } from "node:timers/promises";
import { SECOND } from "./clock.ts";

/**
 * Resolves when a request that is in flight now has saved what it saves, such as its session, which somebody has ended meanwhile.
 * A port: tests decide what is saved until then, and do not wait.
 */
export type Settled = () => Promise<unknown>;

/** Nothing of ours is that long between what it reads and what it saves. */
export const settled: Settled = () => delay(SECOND);
