import { expect, test } from "vitest";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { asked as atNumber, requestIn } from "../request/asked.ts";
import { askForSms, numberFor } from "../support/by-sms.ts";
import { logoutListener } from "../support/logout-listener.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { askOnPhone, CIBA, pollTokens, post, TILL } from "../support/till.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, SHOP, type World } from "../support/world.ts";
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
  expect(done.html.querySelector('main a[href="/"]')?.text).toBe("Front page");
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

const sessionsOf = async (world: World) =>
  (await world.database.rows("SELECT id FROM oidc WHERE model = 'Session' AND account_id IS NOT NULL")).length;

test.each([
  { ends: "everywhere", path: "/account", button: "sign-out", left: 0 },
  { ends: "in all other browsers", path: "/account/sessions", button: "end-others", left: 1 },
])(
  "a sign-in that the phone has answered, and whose page comes after signing out $ends, begins again",
  async ({ path, button, left }) => {
    await using world = await createWorld();
    const phone = await onlinePhone(world);
    const { visitor: browser } = await signIn(world);
    // Its session has ended, and the browser is known all the same: the phone answers for it.
    await world.database.rows("DELETE FROM oidc WHERE model = 'Session' RETURNING id");
    const page = await atNumber(world, browser);
    const { visitor } = await atAccount(world);
    expect((await phone.answer(requestIn(page), page.challenge)).status).toBe(200);
    expect((await visitor.post(path, `action=${button}`)).status).toBe(200);
    const again = await browser.submit(page, "answered");
    expect(again.html.querySelector("input[name=identifier]")).not.toBeNull();
    expect(await sessionsOf(world)).toBe(left);
  },
);

test("so does one whose code by SMS was right, where the page had not gone on", async () => {
  await using world = await createWorld();
  const visitor = createVisitor(world.issuer);
  const { page } = await numberFor(world, visitor, ALICE);
  const code = await askForSms(world, visitor, page, ALICE);
  // As a node leaves it that dies before it has kept what follows.
  await world.database.rows("UPDATE sms_code SET status = 'answered', answered_at = ? RETURNING context", [
    world.now(),
  ]);
  await press((await atAccount(world)).visitor, "sign-out");
  const again = await visitor.open(new URL(code.url).pathname);
  expect(again.url).not.toContain("code=");
  expect(again.challenge).toBe(page.challenge);
});

test("a sign-in that a site has asked for on the phone, and not fetched since, is over", async () => {
  await using world = await createWorld({ clients: [TILL, SHOP] });
  const asking = await askOnPhone(world);
  const phone = await onlinePhone(world);
  const [request] = (await phone.requests()).requests;
  expect((await phone.answer(request?.id ?? "", asking.body.enum_challenge)).status).toBe(200);
  const { visitor } = await atAccount(world);
  await press(visitor, "sign-out");
  expect((await pollTokens(world, asking)).body).toMatchObject({
    error: "access_denied",
    error_description: "declined",
  });
});
