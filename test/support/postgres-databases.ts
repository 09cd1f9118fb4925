import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** Databases on the shared server, made and dropped over connections that a worker keeps: each connection is a process of the server's. */
interface Maintenance {
  /** A copy of the template that nobody has used; the next one is made meanwhile. */
  copyOf(template: string): Promise<string>;
  /** Is not waited for, since the server looks each tenth of a second whether all have left; but so many do not wait at once. */
  drop(name: string): Promise<unknown>;
}

/** Of 8 MB each. */
const MOST_WAITING = 5;

let maintenance: Maintenance | undefined;

/** One for each worker; the server ends its connections when it ends. */
export function postgresDatabases(): Maintenance {
  maintenance ??= createMaintenance(inject("postgresUrl"));
  return maintenance;
}

function createMaintenance(url: string): Maintenance {
  const making = standing(url);
  const dropping = standing(url);
  const spare = new Map<string, Promise<string>>();
  const waiting = new Set<Promise<unknown>>();

  const copy = async (template: string) => {
    const name = `test_${randomBytes(8).toString("hex")}`;
    // FILE_COPY costs 12 ms, and the default, which writes the copy into the log, 30.
    await making(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);
    return name;
  };

  return {
    async copyOf(template) {
      const name = await (spare.get(template) ?? copy(template));
      const next = copy(template);
      // Who takes it hears of it.
      next.catch(() => undefined);
      spare.set(template, next);
      return name;
    },
    async drop(name) {
      const dropped = dropping(`DROP DATABASE ${name} WITH (FORCE)`);
      waiting.add(dropped);
      // One that fails stays, for whoever waits for all.
      dropped.then(
        () => waiting.delete(dropped),
        () => undefined,
      );
      if (waiting.size > MOST_WAITING) await Promise.all(waiting);
    },
  };
}

/** Sends statements one after the other over a connection of its own. */
function standing(url: string): (statement: string) => Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  let before: Promise<unknown> = client.connect();
  return (statement) => {
    const done = before.then(() => client.query(statement));
    before = done.catch(() => undefined);
    return done;
  };
}
