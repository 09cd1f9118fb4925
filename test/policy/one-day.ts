import { DAY, HOUR } from "../../src/clock.ts";
import { createWorld, type World, type WorldOptions } from "../support/world.ts";

/**
 * A world in which an hour of the day is left, for what is summed in days, weeks and months of UTC: a test that begins a minute before midnight
 * would find half of its sum in the next.
 */
export async function worldInOneDay(options: WorldOptions): Promise<World> {
  const world = await createWorld(options);
  const left = DAY - (world.now() % DAY);
  if (left < HOUR) world.pass(left);
  return world;
}
