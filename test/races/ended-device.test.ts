import { expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { knownAsked, requestIn } from "../request/asked.ts";
import { freshDatabase } from "../support/databases.ts";
import { afterAnswer, afterTry, type Held, untilBlocked } from "../support/held.ts";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { createWorld } from "../support/world.ts";

/** Alice at a check number, in a browser that she knows, and what may happen in the middle of its answer. */
async function raced(held: (database: Database) => Held) {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const { database, happens } = held(fresh.database);
  const world = await createWorld({ database: { ...fresh, database } });
  const phone = await onlinePhone(world);
  const { page, visitor } = await knownAsked(world);
  const found = async () =>
    (await world.database.rows("SELECT status, tries FROM challenge WHERE id = ?", [requestIn(page)]))[0];
  return { world, phone, page, visitor, happens, found, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

/** As whoever was waited for leaves a device that is removed, and one that has renewed its pad. */
const ENDS = [
  ["removed", "UPDATE device SET status = 'revoked', pad_sealed = '' WHERE id = ? RETURNING id"],
  ["given a new pad", "UPDATE device SET pad_sealed = 'another' WHERE id = ? RETURNING id"],
] as const;

for (const [what, statement] of ENDS) {
  test(`a response that is typed fits no device that was ${what} while it was waiting`, async () => {
    await using on = await raced(afterTry);
    on.happens((sql) => sql.rows(statement, [on.phone.deviceId]));
    const answered = await on.visitor.submit(on.page, "next", { response: on.phone.respond(on.page.challenge) });
    expect(answered.status).toBe(422);
    expect(await on.found()).toEqual({ status: "open", tries: 1 });
  });

  test(`nor does an answer of the device itself, when it was ${what}`, async () => {
    await using on = await raced(afterTry);
    on.happens((sql) => sql.rows(statement, [on.phone.deviceId]));
    const answered = await on.phone.answer(requestIn(on.page), on.page.challenge);
    expect(problemOf(answered)).toEqual([422, "wrong-response"]);
    expect(await on.found()).toEqual({ status: "open", tries: 1 });
  });
}

test("a removal waits for the answer that is being judged, and the sign-in that it opens begins again", async () => {
  await using on = await raced(afterAnswer);
  let removed: ReturnType<typeof on.phone.call> | undefined;
  on.happens(async () => {
    removed = on.phone.call("DELETE", "/device/v1");
    await untilBlocked(on.world.database);
  });
  expect((await on.phone.answer(requestIn(on.page), on.page.challenge)).status).toBe(200);
  expect((await removed)?.status).toBe(204);
  expect(await on.found()).toEqual({ status: "replaced", tries: 1 });
  // Her browser's page, which was about to go on.
  expect((await on.visitor.submit(on.page, "answered")).url).not.toContain("code=");
});
