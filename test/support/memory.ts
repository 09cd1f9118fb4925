import { accessSync, constants, statfsSync } from "node:fs";

const MEMORY = "/dev/shm";

/** A folder whose files are in memory, where there is one with so much room (bytes): there a file is made and gone at once, and some disks take a millisecond for each. */
export function memoryFolder(enough: number): string | undefined {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > enough ? MEMORY : undefined;
  } catch {
    // There is none, or it is not ours.
    return undefined;
  }
}
