import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { openDatabase } from "../../src/database.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { createSealer } from "../../src/secrecy.ts";

/** What a fresh database begins with: migrations cost 30 ms of a processor and keys 60, and hundreds of tests begin with both. */
export type Holding = "tables" | "keys";

declare module "vitest" {
  interface ProvidedContext {
    /** In hexadecimal digits: the keys are sealed under it that a database has from the beginning. */
    masterKey: string;
    /** The files that fresh databases of SQLite are copies of. */
    sqliteTemplates: Record<Holding, string>;
  }
}

/** Before each project. */
export async function setup(project: TestProject): Promise<() => void> {
  const masterKey = randomBytes(32).toString("hex");
  const folder = mkdtempSync(join(tmpdir(), "enum-id-templates-"));
  const templates = { tables: join(folder, "tables.sqlite"), keys: join(folder, "keys.sqlite") };
  await fill(`sqlite:${templates.tables}`, "tables", masterKey);
  await fill(`sqlite:${templates.keys}`, "keys", masterKey);
  project.provide("masterKey", masterKey);
  project.provide("sqliteTemplates", templates);
  return () => rmSync(folder, { recursive: true, force: true });
}

/** As the first start does it. */
export async function fill(url: string, holding: Holding, masterKey: string): Promise<void> {
  const database = openDatabase({ url });
  const random = { bytes: (length: number) => randomBytes(length) };
  await database.migrate("latest");
  const sealer = createSealer([Buffer.from(masterKey, "hex")], random);
  if (holding === "keys") await loadKeys({ database, sealer, clock: Date.now, random });
  await database.close();
}
