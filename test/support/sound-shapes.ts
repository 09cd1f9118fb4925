import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder with an empty file for each shape of a page in which some worker of this run has seen one that breaks no rule. */
    soundShapes: string;
  }
}

/** Before the journeys. */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), "enum-id-shapes-"));
  project.provide("soundShapes", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
