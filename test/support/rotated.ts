import { randomBytes } from "node:crypto";
import { type Rotation, rotateKeys } from "../../src/keys/rotation.ts";
import type { Rotatable } from "../../src/keys/rules.ts";
import type { World } from "./world.ts";

/** What the operator's verb does, and the server's next look. */
export async function rotated(
  world: World,
  purpose: Rotatable,
  atOnce = false,
): Promise<Extract<Rotation, { kind: "rotated" }>> {
  const random = { bytes: (length: number) => randomBytes(length) };
  const { database, sealer, now: clock } = world;
  const rotation = await rotateKeys({ database, sealer, clock, random }, purpose, atOnce);
  if (rotation.kind !== "rotated") throw new Error(rotation.kind);
  await world.lookAtKeys();
  return rotation;
}
