import { expect, test } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP } from "../support/world.ts";

test.each(["fast", "crash"] as const)(
  "a PostgreSQL that is restarted (%s) in the middle of a sign-in costs the person nothing",
  async (how) => {
    await using server = await startPostgres();
    const database = openDatabase({ url: server.url, poolSize: 3 });
    await database.migrate("latest");
    const fresh = { database, url: server.url, phones: [], [Symbol.asyncDispose]: () => database.close() };
    await using world = await createWorld({ database: fresh });
    const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin();
    const visitor = createVisitor(world.issuer);
    const restart = async () => {
      await server.stop(how);
      await server.start();
    };

    const identifier = await visitor.open(attempt.address);
    await restart();
    const number = await visitor.submit(identifier, "next", { identifier: ALICE });
    expect(number.challenge).toMatch(/^\d{8}$/);
    await restart();
    const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    await restart();
    expect((await attempt.finish(back.url)).claims()?.sub).toBeDefined();
  },
  60_000,
);

test("while PostgreSQL is away, a page says that it passes, and the same form works afterwards", async () => {
  await using server = await startPostgres();
  const database = openDatabase({ url: server.url, poolSize: 3, acquireTimeout: 300 });
  await database.migrate("latest");
  const fresh = { database, url: server.url, phones: [], [Symbol.asyncDispose]: () => database.close() };
  await using world = await createWorld({ database: fresh });
  const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin();
  const visitor = createVisitor(world.issuer);
  const number = await visitor.submit(await visitor.open(attempt.address), "next", { identifier: ALICE });
  await server.stop("fast");
  const response = world.answer(ALICE, number.challenge);
  const away = await visitor.submit(number, "next", { response });
  expect(away.status).toBe(503);
  expect(away.headers["retry-after"]).toBe("2");
  await server.start();
  const back = await visitor.submit(number, "next", { response });
  expect((await attempt.finish(back.url)).claims()?.sub).toBeDefined();
}, 60_000);
