import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import type { Database, Engine } from "../../src/database/database.ts";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import type { Statement } from "../../src/e-num/statement.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { enumId, freePort, freshFolder, type Started } from "../main/processes.ts";
import { freshDatabase } from "./databases.ts";

/** The real server, `enum-id start`, on a database that outlives it, with the named people. */
export interface ServerProcess extends AsyncDisposable {
  issuer: string;
  /** A connection of the test's own. */
  database: Database;
  answer(email: string, challenge: string, statement: Statement): string;
  /** As `kill -9` does it. */
  kill(): Promise<void>;
  /** Another process, on the same database and port. */
  start(): Promise<void>;
}

export async function startServer(engine: Engine, clients: readonly ClientEntry[]): Promise<ServerProcess> {
  const fresh = await freshDatabase(engine, { holds: "people" });
  const folder = freshFolder();
  writeFileSync(join(folder.path, "config/clients.json"), JSON.stringify(clients));
  const port = await freePort();
  const env = {
    ENUM_ID_PORT: String(port),
    ENUM_ID_DATABASE_URL: fresh.url,
    ENUM_ID_MASTER_KEY: inject("masterKey"),
  };
  let running: Started | undefined;
  const kill = async () => {
    running?.child.kill("SIGKILL");
    await running?.ended;
    running = undefined;
  };
  const start = async () => {
    running = enumId(["start"], { folder, env });
    await running.wrote("E-num ID is ready");
  };
  await start();
  return {
    issuer: `http://localhost:${port}`,
    database: fresh.database,
    answer(email, challenge, statement) {
      const phone = fresh.phones.find((one) => one.email === email);
      const parsed = parseChallenge(challenge);
      if (phone === undefined || !parsed.ok) throw new Error(`${email} cannot answer ${challenge}`);
      return computeResponse(phone.pad, parsed.value, statement);
    },
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill();
      folder[Symbol.dispose]();
      await fresh[Symbol.asyncDispose]();
    },
  };
}
