import { expect, inject, test } from "vitest";
import { atAccount, press } from "../account/support.ts";
import { allowed, confirmedUntilCallback } from "../device/own-support.ts";
import { begun } from "../recovery/support.ts";
import { freshDatabase } from "../support/databases.ts";
import { doneAgain } from "../support/done-again.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, SHOP } from "../support/world.ts";

async function stage() {
  const fresh = await freshDatabase(inject("engine"), { holds: "people" });
  const again = doneAgain(fresh.database);
  const world = await createWorld({ database: { ...fresh, database: again.database } });
  return { again, world, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

test("a recovery that the second try refuses leaves the one that goes on in this browser as it was", async () => {
  await using on = await stage();
  const visitor = createVisitor(on.world.issuer);
  const before = await begun(visitor, ALICE);
  expect(before.url).toContain("/recovery/email-code");
  on.again.once(
    (done) => done === true,
    () => on.world.database.rows("UPDATE throttle SET count = 1000"),
  );
  const refused = await begun(visitor, ALICE);
  expect(on.again.waits).toBe(false);
  expect(refused.alert).toContain("Too many");
  expect(refused.headers["set-cookie"]).toBeUndefined();
  expect((await visitor.open(before.url)).url).toBe(before.url);
});

test("an enrolment that the second try refuses leaves the one that goes on in this browser as it was", async () => {
  await using on = await stage();
  const phone = await onlinePhone(on.world);
  const { visitor } = await atAccount(on.world);
  await visitor.open("/account/devices");
  const before = await allowed(on.world, visitor, phone);
  expect(before.activation).not.toBe("");
  const callback = await confirmedUntilCallback(on.world, visitor, await press(visitor, "add"), phone);
  on.again.once(
    (done) => done === "begun",
    () => on.world.database.rows("UPDATE confirmation SET spent_at = 1"),
  );
  const refused = await visitor.once(callback);
  expect(on.again.waits).toBe(false);
  expect(refused.url).toBe(`${on.world.issuer}/account/devices`);
  expect((await visitor.open(before.url)).activation).toBe(before.activation);
});

test("a response that is judged a second time is one in the figures, and makes its browser known once", async () => {
  await using on = await stage();
  const visitor = createVisitor(on.world.issuer);
  const { address } = await (await createRelyingParty(on.world.issuer, SHOP)).begin();
  const page = await visitor.submit(await visitor.open(address), "next", { identifier: ALICE });
  on.again.once(
    (done) => typeof done === "object" && done !== null && "answered" in done,
    async () => undefined,
  );
  const after = await visitor.once(page.url, `action=next&response=${on.world.answer(ALICE, page.challenge)}`);
  expect(on.again.waits).toBe(false);
  expect(after.headers["set-cookie"]?.filter((cookie) => cookie.startsWith("enum-browser="))).toHaveLength(1);
  expect(await on.world.metrics()).toContain('enum_id_challenge_answers_total{verdict="accepted"} 1\n');
});

test("a response that somebody else has given before its second try is kept all the same", async () => {
  await using on = await stage();
  const visitor = createVisitor(on.world.issuer);
  const { address } = await (await createRelyingParty(on.world.issuer, SHOP)).begin();
  const page = await visitor.submit(await visitor.open(address), "next", { identifier: ALICE });
  on.again.once(
    (done) => typeof done === "object" && done !== null && "answered" in done,
    () =>
      on.world.database.rows(
        `UPDATE challenge SET status = 'answered', answered_mode = 'login', answered_at = issued_at,
           device_id = (SELECT id FROM device WHERE account_id = challenge.account_id) RETURNING id`,
      ),
  );
  const back = await visitor.submit(page, "next", { response: on.world.answer(ALICE, page.challenge) });
  expect(on.again.waits).toBe(false);
  expect(back.url).toContain("code=");
});
