import { expect, inject, test } from "vitest";
import { createMetrics } from "../../src/health/metrics.ts";
import { freshDatabase, recordStatements } from "../support/databases.ts";

test("the outbox's figures come by an index, however much was sent", async () => {
  await using fresh = await freshDatabase(inject("engine"));
  const { database, statements } = recordStatements(fresh.database);
  await createMetrics({ database }).text();
  const [statement = ""] = statements;
  const sqlite = database.engine === "sqlite";
  const plan = await database.transaction(async (sql) => {
    if (!sqlite) await sql.rows("SET LOCAL enable_seqscan = off");
    return JSON.stringify(await sql.rows(`EXPLAIN ${sqlite ? "QUERY PLAN " : ""}${statement}`));
  });
  expect(plan).toMatch(/index/i);
  expect(plan).not.toMatch(/Seq Scan|SCAN (message|logout_notice)(?! USING)/);
});
