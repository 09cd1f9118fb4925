import { expect, test } from "vitest";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { logoutListener } from "../support/logout-listener.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { signIn } from "../support/sign-in.ts";
import { askOnPhone, CIBA, pollTokens, post, TILL } from "../support/till.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, SHOP } from "../support/world.ts";
import { atAccount, eventsOf, press } from "./support.ts";

test("signing out everywhere ends the visits of every browser, this one too, and tells the sites", async () => {
  await using site = await logoutListener();
  await using world = await createWorld({ clients: [client({ ...SHOP, backchannel_logout_uri: site.uri })] });
  const { visitor: elsewhere } = await signIn(world);
  // Bob's phone is locked where nobody has opened it.
  await world.database.rows("UPDATE device SET status = 'active'");
  const { visitor: bob } = await atAccount(world, { email: "bob@example.com" });
  const { visitor } = await atAccount(world);
  const done = await press(visitor, "sign-out");
  expect(done.text).toContain("You are signed out");
  for (const browser of [visitor, elsewhere])
    expect((await browser.open("/account")).title).toContain("Sign in to E-num account");
  expect((await bob.open("/account")).title).toContain("Your E-num account");
  await world.drain();
  expect(site.tokens).toHaveLength(1);
  expect(await eventsOf(world, "session.ended")).toEqual([
    { clientId: null, by: "person" },
    { clientId: null, by: "person" },
  ]);
});

test("who is not signed in ends nobody's visit", async () => {
  await using world = await createWorld();
  const { visitor } = await signIn(world);
  expect((await createVisitor(world.issuer).post("/account", "action=sign-out")).title).toContain("Sign in to");
  const refused = await visitor.post("/account", "action=sign-out", { "sec-fetch-site": "cross-site" });
  expect(refused.status).toBe(403);
  expect((await visitor.open("/account")).title).toContain("Your E-num account");
});

test("what a site was given on the phone, in no session, ends as well, offline access with it", async () => {
  const till: ClientEntry = {
    ...TILL,
    grant_types: [CIBA, "refresh_token"],
    scope: "openid offline_access",
  };
  await using world = await createWorld({ clients: [till, SHOP] });
  const asked = await askOnPhone(world, { scope: "openid offline_access" }, till);
  const phone = await onlinePhone(world);
  const [request] = (await phone.requests()).requests;
  await phone.answer(request?.id ?? "", asked.body.enum_challenge);
  const { body } = await pollTokens(world, asked, till);
  const refresh = (token: unknown) =>
    post(world, "/token", { grant_type: "refresh_token", refresh_token: String(token) }, till);
  const again = await refresh(body["refresh_token"]);
  expect(again.status).toBe(200);
  const { visitor } = await atAccount(world);
  await press(visitor, "sign-out");
  expect((await refresh(again.body["refresh_token"])).body).toMatchObject({ error: "invalid_grant" });
  const token = { token: String(again.body["access_token"]) };
  expect((await post(world, "/introspect", token, till)).body).toEqual({ active: false });
});
