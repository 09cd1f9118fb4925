import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { MasterKeySource } from "../config/config.ts";
import { codeInBrackets, parseKeys, Refusal } from "../config/values.ts";
import type { Database } from "../database/database.ts";
import type { Random } from "../random.ts";
import { KeysError } from "./making.ts";
import { allKeys } from "./store.ts";

const MASTER_KEY_BYTES = 32;

export interface MasterKeyPorts {
  source: MasterKeySource;
  /** Migrated. */
  database: Database;
  random: Random;
}

/**
 * The master keys, 32 bytes each, the first of which seals. In development the file is made when there is nothing yet that another key has sealed.
 * Throws KeysError.
 */
export async function readMasterKeys({ source, database, random }: MasterKeyPorts): Promise<readonly Uint8Array[]> {
  if (source.kind === "given") return source.keys;
  const { path } = source;
  return readFile(path) ?? database.alone(async () => readFile(path) ?? (await makeFile(path, database, random)));
}

async function makeFile(path: string, database: Database, random: Random): Promise<readonly Uint8Array[]> {
  if ((await allKeys(database)).length > 0) {
    throw new KeysError(
      `The master key file ${path} is missing, and the database is sealed under it: ` +
        "put the file back, give the key in ENUM_ID_MASTER_KEY, or begin with an empty database.",
    );
  }
  const key = random.bytes(MASTER_KEY_BYTES);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${Buffer.from(key).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new KeysError(
      `The master key file ${path} cannot be written${codeInBrackets(cause)}: make its folder writable.`,
      {
        cause,
      },
    );
  }
  return [key];
}

function readFile(path: string): readonly Uint8Array[] | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw new KeysError(`The master key file ${path} cannot be read${codeInBrackets(cause)}: correct its mode.`, {
      cause,
    });
  }
  const keys = parseKeys(text.trim(), false);
  if (keys instanceof Refusal) throw new KeysError(`The master key file ${path} ${keys.sentence}`);
  return keys;
}
