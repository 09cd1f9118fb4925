import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { z } from "zod";

setFlagsFromString("--expose-gc");
const collect = z.function({ input: [z.object({ type: z.enum(["major", "minor"]) })] }).parse(runInNewContext("gc"));

/** How many bytes V8 has more among its old objects after the work than before it, with what is young collected every tenth time. */
export async function grownOld(times: number, work: () => Promise<void>): Promise<number> {
  // What is compiled and kept once is old as well.
  for (let time = 0; time < 10; time += 1) await work();
  collect({ type: "major" });
  const before = oldSize();
  for (let time = 1; time <= times; time += 1) {
    await work();
    if (time % 10 === 0) collect({ type: "minor" });
  }
  return oldSize() - before;
}

function oldSize(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === "old_space")?.space_used_size ?? Number.NaN;
}
