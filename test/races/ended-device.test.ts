import { expect, inject, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { SEALED_PADS } from "../../src/device/device.ts";
import { placeIn } from "../../src/secrecy.ts";
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
  [
    "given a new pad",
    "UPDATE device SET pad_sealed = 'another', pad_version = pad_version + 1 WHERE id = ? RETURNING id",
  ],
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

test("a response that is typed, and an answer of the device itself, fit the pad that was sealed again while they were waiting", async () => {
  for (const by of ["page", "device"] as const) {
    await using on = await raced(afterTry);
    const { world, phone, page } = on;
    on.happens(async (sql) => {
      const [row] = await sql.rows<{ account_id: string; pad_sealed: string }>(
        "SELECT account_id, pad_sealed FROM device WHERE id = ?",
        [phone.deviceId],
      );
      const place = placeIn(SEALED_PADS, row?.account_id ?? "", phone.deviceId);
      const sealed = world.sealer.seal(world.sealer.open(row?.pad_sealed ?? "", place), place);
      await sql.rows("UPDATE device SET pad_sealed = ? WHERE id = ? RETURNING id", [sealed, phone.deviceId]);
    });
    const answered =
      by === "page"
        ? await on.visitor.submit(page, "next", { response: phone.respond(page.challenge) })
        : await phone.answer(requestIn(page), page.challenge);
    expect(answered.status).toBe(by === "page" ? 303 : 200);
    expect(await on.found()).toEqual({ status: "answered", tries: 1 });
  }
});

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
