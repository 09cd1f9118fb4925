import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";

const LOG = new URL("../../src/log.ts", import.meta.url).href;

/** What a process of its own logs that does `work` with `logger` and `flush`. */
async function logged(work: string): Promise<string[]> {
  const script = `import { createLog } from "${LOG}"; const { logger, flush } = createLog("info"); ${work}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return output
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line).msg);
}

test("lines are written in their order, the last ones when the process asks for it before it ends", async () => {
  const numbers = Array.from({ length: 100 }, (_, number) => String(number));
  const work = 'process.once("exit", flush); for (let n = 0; n < 100; n += 1) logger.info(String(n)); process.exit();';
  expect(await logged(work)).toEqual(numbers);
});

test("a process that is killed has written what is older than a moment", async () => {
  const work =
    'logger.info("before"); setTimeout(() => { logger.info("just now"); process.kill(process.pid, "SIGKILL"); }, 1000);';
  expect(await logged(work)).toEqual(["before"]);
});
