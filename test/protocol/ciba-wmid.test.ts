import { describe, expect, test } from "vitest";
import { onlinePhone } from "../support/online-phone.ts";
import { ALICE } from "../support/sign-in.ts";
import { askOnPhone, pollTokens, TILL } from "../support/till.ts";
import { createWorld, type World } from "../support/world.ts";

async function onPhone(world: World) {
  const phone = await onlinePhone(world);
  const [request] = (await phone.requests()).requests;
  return { phone, id: request?.id ?? "" };
}

async function secondWmid(world: World) {
  await world.database.rows(
    "INSERT INTO account_wmid (wmid, account_id, created_at) SELECT '309999999999', id, 0 FROM account WHERE email = ?",
    [ALICE],
  );
}

describe("which of several WMIDs", () => {
  const wmid = { scope: "openid wmid" };
  const entry = { ...TILL, scope: "openid wmid" };

  test("is remembered when the person has answered, and not when a site has asked", async () => {
    await using world = await createWorld({ clients: [entry] });
    await secondWmid(world);
    const first = await askOnPhone(world, { ...wmid, login_hint: "309999999999" });
    const chosen = () => world.database.rows("SELECT wmid FROM wmid_choice");
    expect(await chosen()).toEqual([]);
    const { phone, id } = await onPhone(world);
    await phone.answer(id, first.body.enum_challenge);
    const { body } = await pollTokens(world, first);
    expect(await chosen()).toEqual([{ wmid: "309999999999" }]);
    const userinfo = await fetch(`${world.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body["access_token"]}` },
    });
    expect(await userinfo.json()).toMatchObject({ wmid: "309999999999" });
  });

  test("a site is not told by a refusal that somebody has several: it gets none", async () => {
    await using world = await createWorld({ clients: [entry] });
    await secondWmid(world);
    const first = await askOnPhone(world, wmid);
    expect(first.status).toBe(200);
    const { phone, id } = await onPhone(world);
    await phone.answer(id, first.body.enum_challenge);
    const { body } = await pollTokens(world, first);
    const userinfo = await fetch(`${world.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${body["access_token"]}` },
    });
    expect(Object.keys(await userinfo.json())).toEqual(["sub"]);
  });
});
