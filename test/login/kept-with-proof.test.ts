import { expect, inject, test } from "vitest";
import type { Sql } from "../../src/database/database.ts";
import { asked } from "../request/asked.ts";
import { freshDatabase } from "../support/databases.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

test("a response whose result cannot be kept is not used up, and signs in as soon as it can", async () => {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  let fails = true;
  const failing = (sql: Sql): Sql => ({
    ...sql,
    run(statement, bindings) {
      const isResult = /^\s*UPDATE oidc SET payload_sealed = /.test(statement);
      return fails && isResult ? Promise.reject(new Error("the disk is full")) : sql.run(statement, bindings);
    },
  });
  const database = {
    ...fresh.database,
    transaction: <T>(work: (sql: Sql) => Promise<T>) => fresh.database.transaction((sql) => work(failing(sql))),
  };
  await using world = await createWorld({ database: { ...fresh, database } });
  const visitor = createVisitor(world.issuer);
  const page = await asked(world, visitor);
  const response = world.answer(ALICE, page.challenge);
  expect((await visitor.submit(page, "next", { response })).status).toBe(500);
  expect(await database.rows("SELECT status, tries FROM challenge")).toEqual([{ status: "open", tries: 0 }]);
  expect(await database.rows("SELECT id FROM event WHERE type = 'login.accepted'")).toEqual([]);
  fails = false;
  expect((await visitor.submit(page, "next", { response })).url).toContain("code=");
});
