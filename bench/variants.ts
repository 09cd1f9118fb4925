import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JWK } from "jose";
import { z } from "zod";
import { startPostgres } from "../test/support/postgres-server.ts";
import type { Person, Usage } from "./child.ts";
import type { Filling } from "./filling.ts";
import { bareLogin, type Login, ourLogin } from "./logins.ts";

export const VARIANTS = ["bare", "sqlite", "sqlite_normal", "postgres"] as const;
export type VariantName = (typeof VARIANTS)[number];

/** A server of its own process, ready to be signed in at. */
export interface Variant {
  name: VariantName;
  port: number;
  people: readonly Person[];
  login: Login;
  /** The key that all phones share, as JWK. */
  key: JWK | undefined;
  /** One of its own figures, by name. */
  figure(name: string): Promise<number>;
  usage(): Promise<Usage>;
}

export interface VariantOptions {
  names: readonly VariantName[];
  accounts: number;
  /** What else is in each database of ours. */
  filling?: Filling;
  /** Where each server writes a CPU profile when it ends. */
  profiles: string | undefined;
}

const readySchema = z.object({
  port: z.number(),
  people: z.array(z.object({ identifier: z.string(), pad: z.string(), device: z.string() })),
  key: z.looseObject({ kty: z.string() }).optional(),
  figures: z.number().optional(),
});
const usageSchema = z.object({ cpuMs: z.number(), rssMb: z.number(), roundTrips: z.number() });

/** Starts the servers one after the other, and ends them all, with their databases, when it is disposed of. */
export async function startVariants(options: VariantOptions): Promise<{ variants: Variant[] } & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), "enum-id-bench-"));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const variants: Variant[] = [];
  if (!hasStarted && options.names.some((name) => name !== "bare")) await startOnce({ ...options, folder, stack });
  for (const name of options.names) variants.push(await startVariant(name, { ...options, folder, stack }));
  const all = stack.move();
  return { variants, [Symbol.asyncDispose]: () => all.disposeAsync() };
}

interface Surroundings extends VariantOptions {
  folder: string;
  stack: AsyncDisposableStack;
}

let hasStarted = false;

/** What one start has compiled the next one takes, so that the very first is another than all that follow. */
async function startOnce(around: Surroundings): Promise<void> {
  hasStarted = true;
  await using stack = new AsyncDisposableStack();
  const folder = mkdtempSync(join(around.folder, "first-"));
  await startVariant("sqlite_normal", { ...around, filling: NOTHING, profiles: undefined, folder, stack });
}

async function startVariant(name: VariantName, around: Surroundings): Promise<Variant> {
  const child = spawnServer(name, await argumentsOf(name, around), around);
  around.stack.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.disconnect();
    await gone;
  });
  const { port, people, key, figures } = readySchema.parse(await heard(child));
  return {
    name,
    port,
    people,
    key,
    async figure(wanted) {
      const told = await (await fetch(`http://127.0.0.1:${figures}/metrics`)).text();
      return Number(new RegExp(`^${wanted} (\\S+)$`, "m").exec(told)?.[1]);
    },
    login: name === "bare" ? bareLogin : ourLogin(people),
    async usage() {
      const answer = heard(child);
      child.send("usage");
      return usageSchema.parse(await answer);
    },
  };
}

const NOTHING: Filling = { accounts: 0, expired: 0 };

async function argumentsOf(name: VariantName, around: Surroundings): Promise<string[]> {
  const { folder, stack, accounts, filling = NOTHING } = around;
  const rows = [accounts, filling.accounts, filling.expired].map(String);
  switch (name) {
    case "bare":
      return ["bare.ts"];
    case "sqlite":
    case "sqlite_normal":
      return ["server.ts", `sqlite:${join(folder, `${name}.sqlite`)}`, name === "sqlite" ? "FULL" : "NORMAL", ...rows];
    case "postgres":
      // This server does without fsync, which changes its answers' times and no CPU of ours.
      return ["server.ts", stack.use(await startPostgres()).url, "FULL", ...rows];
    default:
      return name satisfies never;
  }
}

/** Ours runs as `npm start` runs it. */
const { scripts } = z
  .object({ scripts: z.object({ start: z.string() }) })
  .parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));
const COMPILED = join(import.meta.dirname, "../node_modules/.cache/compiled");
const OUR_FLAGS = scripts.start.split(" ").filter((word) => word.startsWith("--"));

function spawnServer(
  name: VariantName,
  [program = "", ...rest]: string[],
  { folder, profiles }: Surroundings,
): ChildProcess {
  const profile =
    profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}.cpuprofile`];
  const flags = name === "bare" ? [] : OUR_FLAGS;
  const cache = name === "bare" ? {} : { NODE_COMPILE_CACHE: COMPILED };
  return spawn(process.execPath, [...flags, ...profile, join(import.meta.dirname, program), ...rest], {
    env: { ...process.env, ...cache, NODE_ENV: "production" },
    // The log is written as a service's is, to a file.
    stdio: ["ignore", openSync(join(folder, `${name}.log`), "a"), "inherit", "ipc"],
  });
}

/** The child's next message; a child that ends instead has said why on standard error. */
async function heard(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  const message = once(child, "message", { signal: ended.signal }).then(([said]: unknown[]) => said);
  const gone = once(child, "exit", { signal: ended.signal }).then(([code]) => {
    throw new Error(`the server has ended with ${code}`);
  });
  try {
    return await Promise.race([message, gone]);
  } finally {
    ended.abort();
    await Promise.allSettled([message, gone]);
  }
}
