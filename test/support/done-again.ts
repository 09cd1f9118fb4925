import type { Database } from "../../src/database/database.ts";

/** A database that does a transaction again as PostgreSQL has it done, when it is told to: the first that comes to what `meant` says. */
export function doneAgain(database: Database) {
  let next: { meant(done: unknown): boolean; between(): Promise<unknown> } | undefined;
  const takenBack = new Error("two have waited for one another");
  const transaction: Database["transaction"] = async (work) => {
    const meant = next;
    if (meant === undefined) return database.transaction(work);
    try {
      return await database.transaction(async (sql) => {
        const done = await work(sql);
        if (meant.meant(done)) throw takenBack;
        return done;
      });
    } catch (error) {
      if (error !== takenBack) throw error;
      next = undefined;
      await meant.between();
      return database.transaction(work);
    }
  };
  return {
    database: { ...database, transaction },
    /** `between`: what somebody else does after the first try. */
    once(meant: (done: unknown) => boolean, between: () => Promise<unknown>) {
      next = { meant, between };
    },
    get waits() {
      return next !== undefined;
    },
  };
}
