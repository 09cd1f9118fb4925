import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { type SeededPhone, seedDemo } from "../../db/seeds/demo.ts";
import { type Engine, openDatabase } from "../../src/database/database.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createSealer } from "../../src/secrecy.ts";
import { memoryFolder } from "./memory.ts";

/** Bytes: three workers have some databases of half a megabyte each, now and then one of twenty, and their logs of writes. */
const ENOUGH_MEMORY = 256 * 1024 ** 2;

/**
 * What a fresh database begins with: the tables; with "people" the keys of an installation as well, and whom the demo knows.
 * Migrations cost 30 ms of a processor, keys 60 and people 5, and hundreds of tests begin with all of them.
 */
export type Holding = "tables" | "people";

declare module "vitest" {
  interface ProvidedContext {
    /** In hexadecimal digits: the keys are sealed under it that a database has from the beginning. */
    masterKey: string;
    /** The files that fresh databases of SQLite are copies of, and beside which these lie. */
    sqliteTemplates: Record<Holding, string>;
    /** The phones of those who are there from the beginning. */
    seededPhones: Partial<Record<Engine, readonly SeededPhone[]>>;
  }
}

/** Before each project. */
export async function setup(project: TestProject): Promise<() => void> {
  const masterKey = randomBytes(32).toString("hex");
  const folder = mkdtempSync(join(memoryFolder(ENOUGH_MEMORY) ?? tmpdir(), "enum-id-sqlite-"));
  const templates = { tables: join(folder, "tables.sqlite"), people: join(folder, "people.sqlite") };
  await fill(`sqlite:${templates.tables}`, "tables", masterKey);
  const phones = await fill(`sqlite:${templates.people}`, "people", masterKey);
  project.provide("masterKey", masterKey);
  project.provide("sqliteTemplates", templates);
  project.provide("seededPhones", { sqlite: phones });
  return () => rmSync(folder, { recursive: true, force: true });
}

/** As the first start does it; gives the phones of the people, if there are any. */
export async function fill(url: string, holding: Holding, masterKey: string): Promise<readonly SeededPhone[]> {
  const database = openDatabase({ url });
  const random = { bytes: (length: number) => randomBytes(length) };
  await database.migrate("latest");
  const ports = { database, sealer: createSealer([Buffer.from(masterKey, "hex")], random), clock: Date.now, random };
  if (holding === "people") await loadKeys(ports);
  const phones = holding === "people" ? await seedDemo(ports) : [];
  await database.close();
  return phones;
}
