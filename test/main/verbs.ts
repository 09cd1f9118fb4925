import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Launch, Outcome } from "./processes.ts";

const PROCESS = fileURLToPath(new URL("./verbs-process.ts", import.meta.url));

/** One for each worker; it ends with it. A start costs half a second of a processor, and a verb a tenth of that. */
let running: ChildProcess | undefined;
/** Two at once would share folder and environment. */
let before: Promise<unknown> = Promise.resolve();

/** What `enum-id <args>` says and ends with: `main` of src/cli/cli.ts, in a process that is there already. That it starts is for cli.test.ts. */
export function outcome(args: string[], launch: Pick<Launch, "folder" | "env">): Promise<Outcome> {
  const said = before.then(() => called(args, launch));
  before = said.catch(() => undefined);
  return said;
}

async function called(args: string[], { folder, env }: Pick<Launch, "folder" | "env">): Promise<Outcome> {
  const child = running ?? begin();
  running = child;
  const over = new AbortController();
  const { signal } = over;
  const answered = once(child, "message", { signal });
  const gone = once(child, "exit", { signal }).then(() => {
    running = undefined;
    throw new Error(`enum-id ${args.join(" ")} has brought its process down`);
  });
  child.send({ args, folder: folder.path, env: { PATH: process.env["PATH"] ?? "", ...env } });
  try {
    const [said] = await Promise.race([answered, gone]);
    return said;
  } finally {
    gone.catch(() => undefined);
    over.abort();
  }
}

function begin(): ChildProcess {
  const child = fork(PROCESS, { execArgv: [] });
  child.unref();
  child.channel?.unref();
  return child;
}
