import type { Database } from "../../src/database/database.ts";

/** A database that says how many transactions had to be done again, because they and others had waited for one another. */
export function countRedone(database: Database): { database: Database; redone(): number } {
  let begun = 0;
  let asked = 0;
  return {
    database: {
      ...database,
      transaction(work) {
        asked += 1;
        return database.transaction((sql) => {
          begun += 1;
          return work(sql);
        });
      },
    },
    redone: () => begun - asked,
  };
}
