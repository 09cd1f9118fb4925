import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const LAUNCHER = fileURLToPath(new URL("../../bin/enum-id.mjs", import.meta.url));
const FAKE = fileURLToPath(new URL("./fake-features.ts", import.meta.url));
const CLIENTS = fileURLToPath(new URL("../../config/clients.json", import.meta.url));
const LOGOS = fileURLToPath(new URL("../../config/logos", import.meta.url));

/** A folder of its own to start in, with the demo's clients file and its logos; gone with all that was made in it. */
export interface Folder extends Disposable {
  path: string;
}

export function freshFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), "enum-id-main-"));
  mkdirSync(join(path, "config"));
  copyFileSync(CLIENTS, join(path, "config/clients.json"));
  cpSync(LOGOS, join(path, "config/logos"), { recursive: true });
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A process that was started, with what it has written so far. */
export interface Started extends Disposable {
  child: ChildProcess;
  stdout(): string;
  /** Resolves when the text was written; rejects with everything that was when it ends before. */
  wrote(text: string): Promise<void>;
  ended: Promise<Outcome>;
}

export interface Launch {
  folder: Folder;
  env?: Record<string, string>;
  /** Before the script. */
  nodeArgs?: string[];
}

/** `enum-id <args>`. */
export function enumId(args: string[], { folder, env, nodeArgs = [] }: Launch): Started {
  return launch([...nodeArgs, LAUNCHER, ...args], folder, env);
}

/** The same as npm starts it: behind a shell, which is the child that is seen and told to end. */
export function startFakeByNpm({ folder, env }: Launch): Started {
  const script = `"${process.execPath}" "${FAKE}"; exit $?`;
  return launch(["-c", script], folder, { ...env, npm_lifecycle_event: "start" }, "sh");
}

/** `enum-id start` with fake-features.ts in the place of all features. */
export function startFake({ folder, env }: Launch): Started {
  return launch([FAKE], folder, env);
}

/** `node <args>` in the folder. */
export function launch(
  args: string[],
  folder: Folder,
  env: Record<string, string> = {},
  program = process.execPath,
): Started {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(program, args, { cwd: folder.path, env: { PATH, NODE_COMPILE_CACHE, ...env } });
  const written = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    written.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    written.stderr += text;
  });
  const ended = once(child, "close").then(([code]) => ({ code, ...written }));
  return {
    child,
    ended,
    stdout: () => written.stdout,
    wrote: (text) =>
      new Promise((resolve, reject) => {
        const look = () => written.stdout.includes(text) && resolve();
        child.stdout.on("data", look);
        ended.then(() => reject(new Error(`it ended without "${text}":\n${written.stdout}${written.stderr}`)));
        look();
      }),
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  };
}

/** A port that nothing listens on; another process may take it, if rarely. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
