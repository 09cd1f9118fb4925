import { expect, inject, test } from "vitest";
import { createAhead } from "../../src/ahead.ts";
import type { Database, Sql } from "../../src/database/database.ts";
import { freshDatabase } from "../support/databases.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP } from "../support/world.ts";

/** Notes the first words of what is sent, in order. */
function noting(database: Database): { database: Database; sent: string[] } {
  const sent: string[] = [];
  const note = <T>(statement: string, work: T): T => {
    sent.push(statement.trim().split(/\s/, 1).join());
    return work;
  };
  const wrap = (sql: Sql): Sql => ({
    engine: sql.engine,
    rows: (statement, bindings) => note(statement, sql.rows(statement, bindings)),
    first: (statement, bindings) => note(statement, sql.first(statement, bindings)),
    run: (statement, bindings) => note(statement, sql.run(statement, bindings)),
    afterwards: sql.afterwards,
  });
  const transaction: Database["transaction"] = (work) => database.transaction((sql) => work(wrap(sql)));
  return { database: { ...database, ...wrap(database), transaction }, sent };
}

test("a page of a sign-in is read in one statement, with and without a check number", async () => {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database, sent } = noting(fresh.database);
  await using world = await createWorld({ database: { ...fresh, database } });
  const visitor = createVisitor(world.issuer);
  const { address } = await (await createRelyingParty(world.issuer, SHOP)).begin();
  const page = await visitor.open(address);
  expect(page.url).toContain("/interaction/");
  sent.length = 0;
  await visitor.open(page.url);
  expect(sent).toEqual(["SELECT"]);
  const number = await visitor.submit(page, "next", { identifier: ALICE });
  sent.length = 0;
  expect((await visitor.open(number.url)).challenge).toBe(number.challenge);
  expect(sent).toEqual(["SELECT"]);
});

test("the account is read with the interaction that names it, and with the code, which is used up as its token is saved", async () => {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database, sent } = noting(fresh.database);
  await using world = await createWorld({ database: { ...fresh, database } });
  const { back, tokens } = await signIn(world);
  expect(back.url).toContain("code=");
  // The last request of the browser: the interaction and the account, then session, grant and code together.
  expect(sent.slice(-2)).toEqual(["SELECT", "INSERT"]);
  expect(sent.slice(-3)).not.toEqual(["SELECT", "SELECT", "INSERT"]);
  sent.length = 0;
  expect((await tokens()).id_token).toBeDefined();
  expect(sent).toEqual(["SELECT", "INSERT"]);
});

test("what was read ahead is given once, to the same request and context, and not after a change", () => {
  let request: object | undefined = {};
  const ahead = createAhead(() => request);
  ahead.keep("context", undefined);
  expect(ahead.take("context")).toEqual({ key: "context", row: undefined });
  expect(ahead.take("context")).toBeUndefined();
  ahead.keep("context", undefined);
  expect(ahead.take("another")).toBeUndefined();
  ahead.keep("context", undefined);
  ahead.forget();
  expect(ahead.take("context")).toBeUndefined();
  ahead.keep("context", undefined);
  request = {};
  expect(ahead.take("context")).toBeUndefined();
  request = undefined;
  ahead.keep("context", undefined);
  expect(ahead.take("context")).toBeUndefined();
});
