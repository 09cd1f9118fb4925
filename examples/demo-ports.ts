/** A demo beside another: on ports of its own, with a database and a clients file of its own. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Environment } from "../src/config/config.ts";
import { StartError } from "../src/main.ts";

/** The first of the ports that config/clients.json and the defaults have; the demo's sites and the API follow it. */
const FIRST = 3000;
const LAST = 3006;
const CHOSEN_BY_PORT = ["ENUM_ID_ISSUER", "ENUM_ID_PORT", "ENUM_ID_CLIENTS"];

/**
 * The environment of a demo that was begun by `words` in the folder `at`; `--port 4400` takes 4400 to 4406.
 * @throws {StartError} with what to write instead.
 */
export function onItsPorts(words: readonly string[], env: Environment, at: string): Environment {
  const port = portOf(words);
  if (port === undefined) return env;
  const given = CHOSEN_BY_PORT.filter((name) => env[name] || env[`${name}_FILE`]);
  if (given.length > 0) throw new StartError([`--port chooses issuer and clients: take ${given.join(", ")} away.`]);
  const folder = join(at, `var/demo-${port}`);
  const clients = join(folder, "clients.json");
  mkdirSync(folder, { recursive: true });
  writeFileSync(clients, moved(join(at, "config/clients.json"), port));
  return {
    ...env,
    ...(env["ENUM_ID_DATABASE_URL"] || env["ENUM_ID_DATABASE_URL_FILE"]
      ? {}
      : { ENUM_ID_DATABASE_URL: `sqlite:${join(folder, "enum-id.sqlite")}` }),
    ENUM_ID_PORT: String(port),
    ENUM_ID_CLIENTS: clients,
  };
}

function portOf(words: readonly string[]): number | undefined {
  const usage = `Write: npm run demo -- --port <number>, for that port and the ${LAST - FIRST} after it.`;
  let given: string | undefined;
  try {
    given = parseArgs({ args: [...words], options: { port: { type: "string" } } }).values.port;
  } catch {
    throw new StartError([usage]);
  }
  if (given === undefined) return undefined;
  const port = /^\d{4,5}$/.test(given) ? Number(given) : 0;
  // Below 1024 ports are the system's.
  if (port < 1024 || port > 65_535 - (LAST - FIRST)) throw new StartError([usage]);
  return port;
}

/** The same clients on other ports; their logos stay where they are. */
function moved(file: string, port: number): string {
  return readFileSync(file, "utf8")
    .replaceAll(/(http:\/\/localhost:)(\d+)/g, (_, before, old) => `${before}${Number(old) - FIRST + port}`)
    .replaceAll(
      /("logo_file": )"([^"]+)"/g,
      (_, before, logo) => `${before}${JSON.stringify(resolve(dirname(file), logo))}`,
    );
}
