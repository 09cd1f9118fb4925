import type { TestProject } from "vitest/node";
import { openDatabase } from "../../src/database.ts";
import { TEMPLATE, urlOf } from "./databases.ts";
import { startPostgres } from "./postgres-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the one server that all tests of the project `postgres` share. */
    postgresUrl: string;
  }
}

/** Before the project `postgres`: one server, with one migrated database that the tests' own are copied from. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  try {
    const template = openDatabase({ url: server.url });
    await template.rows(`CREATE DATABASE ${TEMPLATE}`);
    await template.close();
    const migrated = openDatabase({ url: urlOf(server.url, TEMPLATE) });
    await migrated.migrate("latest");
    await migrated.close();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  project.provide("postgresUrl", server.url);
  return async () => {
    await server[Symbol.asyncDispose]();
  };
}
