import { expect, vi } from "vitest";
import type { World } from "./world.ts";

/** Resolves when so many phones wait to be told of a change, by the figures. */
export function phonesWaiting(world: World, count: number): Promise<void> {
  return vi.waitFor(async () => expect(await world.metrics()).toContain(`\nenum_id_phones_waiting ${count}\n`), {
    timeout: 10_000,
    interval: 10,
  });
}
