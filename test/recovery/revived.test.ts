import { expect, test } from "vitest";
import { firstResponse, stage } from "../device/own-support.ts";
import { activate } from "../support/phone.ts";
import { ALICE } from "../support/sign-in.ts";
import { atCode, made } from "./support.ts";

const own = "SELECT id FROM account WHERE email = ?";

test("an enrolment that a recovery has ended gets no other code in its browser, nor does one that had failed", async () => {
  await using on = await stage();
  const codes = await made(on.world, on.visitor, on.phone);
  const recovered = async (index: number) => {
    const { visitor, page } = await atCode(on.world, ALICE);
    return { visitor, page: await visitor.submit(page, "next", { code: codes[index] ?? "" }) };
  };
  const thief = await recovered(0);
  const failed = await recovered(1);
  // The thief's first one is over with this.
  expect((await thief.visitor.post("/enrolment/activate", "action=new-challenge")).status).toBe(400);
  const declined = await activate(on.world.issuer, ALICE, failed.page.activation, "Thief’s phone");
  expect(declined.id).not.toBe("");
  const first = await failed.visitor.submit(failed.page, "answered");
  expect((await failed.visitor.submit(first, "decline")).url).toBe(`${on.world.issuer}/enrolment/ended`);

  const owner = await recovered(2);
  for (const { visitor } of [thief, failed])
    for (const path of ["activate", "ended"])
      expect((await visitor.post(`/enrolment/${path}`, "action=new-challenge")).status).toBe(400);
  expect(await on.world.database.rows("SELECT id FROM enrolment WHERE status = 'waiting'")).toHaveLength(1);

  const phone = await activate(on.world.issuer, ALICE, owner.page.activation, "Owner’s phone");
  const number = await owner.visitor.submit(owner.page, "answered");
  const done = await owner.visitor.submit(number, "next", { response: firstResponse(phone, number) });
  expect(done.url).toBe(`${on.world.issuer}/enrolment/done`);
  const working = `SELECT name FROM device WHERE status = 'active' AND account_id = (${own})`;
  expect(await on.world.database.rows(working, [ALICE])).toEqual([{ name: "Owner’s phone" }]);
});
