import type { TestProject } from "vitest/node";
import { openDatabase } from "../../src/database/database.ts";
import { TEMPLATES, urlOf } from "./databases.ts";
import { startPostgres } from "./postgres-server.ts";
import { fill } from "./templates.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the one server that all tests of the project `postgres` share. */
    postgresUrl: string;
  }
}

/** Before the project `postgres`, after the templates of SQLite: one server, with the databases that the tests' own are copied from. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { masterKey, seededPhones } = project.getProvidedContext();
  const server = await startPostgres();
  try {
    for (const holding of ["tables", "people"] as const) {
      const maintenance = openDatabase({ url: server.url });
      await maintenance.rows(`CREATE DATABASE ${TEMPLATES[holding]}`);
      await maintenance.close();
      const phones = await fill(urlOf(server.url, TEMPLATES[holding]), holding, masterKey);
      project.provide("seededPhones", { ...seededPhones, postgres: phones });
    }
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  project.provide("postgresUrl", server.url);
  return async () => {
    await server[Symbol.asyncDispose]();
  };
}
