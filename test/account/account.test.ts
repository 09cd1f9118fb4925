import { describe, expect, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { placeOfRecord } from "../../src/provider/adapter.ts";
import { order, STORE, TYPED } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";
import { atAccount, CARE, eventsOf, HEADING, on, press, scan, toldOf } from "./support.ts";

describe("the account page", () => {
  test("is reached by an ordinary sign-in at our own client, and says who is signed in", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const asked = await visitor.open("/account");
    expect(asked.url).toMatch(/\/interaction\//);
    expect(asked.text).toContain("E-num account");
    const { page } = await atAccount(world, { visitor });
    expect(page.url).toBe(`${world.issuer}/account`);
    expect(page.title).toContain(HEADING);
    for (const shown of ["Signed in as alice@example.com", "+15•••••01", "3012 3456 7890"])
      expect(page.text).toContain(shown);
    expect(page.text).not.toContain("5555550101");
    for (const section of page.html.querySelectorAll(".sections a").map((link) => link.getAttribute("href") ?? ""))
      expect((await visitor.open(section)).status).toBe(200);
    expect(page.html.querySelector('a[href="/sign-out"]')).not.toBeNull();
  });

  test("says to who has no WMID how one comes, and the consent page that a site gets none", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const HOW = "A service that knows it adds it here, or the people who run E-num do.";
    expect((await visitor.open("/account")).text).not.toContain(HOW);
    await world.database.rows("DELETE FROM account_wmid");
    expect((await visitor.open("/account")).text).toContain(HOW);
    const { begin } = await createRelyingParty(world.issuer, LIBRARY);
    const consent = await visitor.open((await begin({ scope: "openid wmid" })).address);
    expect(consent.text.replace(/\s+/g, " ")).toContain("Your WMID (none yet)");
  });

  test("is there at once for who is signed in already, and in Russian", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    expect((await visitor.open("/account")).title).toContain(HEADING);
    expect((await visitor.open("/account?lang=ru")).title).toContain("Ваш счёт E-num");
  });

  test("lets nobody in with a session that is over, or ended", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect((await visitor.open("/account")).title).toContain("Sign in to E-num account");
    const { visitor: other } = await signIn(world);
    world.pass(13 * HOUR);
    expect((await other.open("/account")).title).toContain("Sign in to E-num account");
  });

  test("lets nobody in with less than a response, who is asked for one", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const session = "SELECT id, payload_sealed FROM oidc WHERE model = 'Session'";
    const row = await world.database.first<{ id: string; payload_sealed: string }>(session);
    if (row === undefined) throw new Error("there is no session");
    const place = placeOfRecord("Session", row.id);
    const payload = JSON.parse(world.sealer.open(row.payload_sealed, place).toString());
    const sealed = world.sealer.seal(JSON.stringify({ ...payload, acr: "urn:e-num:acr:sms" }), place);
    await world.database.rows("UPDATE oidc SET payload_sealed = ? WHERE id = ?", [sealed, row.id]);
    expect((await visitor.open("/account")).title).toContain("Sign in to E-num account");
    expect((await visitor.post(CARE, "action=on+no-sms")).title).toContain("Sign in to E-num account");
    expect(await world.database.rows("SELECT id FROM policy_raised")).toEqual([]);
    const { page } = await atAccount(world, { visitor });
    expect(page.title).toContain(HEADING);
  });

  test("says that nothing has changed to who does not sign in, and does not ask again by itself", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const number = await visitor.submit(await visitor.open("/account"), "next", { identifier: ALICE });
    const farewell = await visitor.submit(number, "decline");
    const stopped = await visitor.open(farewell.html.querySelector("a.button")?.getAttribute("href") ?? "");
    expect(stopped.url).toContain("/account/callback?error=access_denied");
    expect(stopped.text).toContain("You are not signed in");
    expect(stopped.html.querySelector("a.button")?.getAttribute("href")).toBe("/account");
  });

  test("answers a callback to no request of ours with a page, and does nothing", async () => {
    await using world = await createWorld();
    const stranger = createVisitor(world.issuer);
    for (const query of ["", "?state=", "?state=x", "?state=x.y&code=z", "?error=access_denied"]) {
      const page = await stranger.open(`/account/callback${query}`);
      expect(page.status).toBe(400);
      expect(page.text).not.toContain(HEADING);
    }
    const { visitor } = await atAccount(world);
    expect((await visitor.open("/account/callback?state=x.y&code=z")).title).toContain(HEADING);
  });

  test("takes no form of another site", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    const refused = await visitor.post(CARE, "action=on+no-sms", { "sec-fetch-site": "cross-site" });
    expect(refused.status).toBe(403);
    expect(on(await visitor.open(CARE))).toEqual([]);
  });

  test("asks who is signed out to sign in first, and then has changed nothing", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const asked = await visitor.post(CARE, "action=on+no-sms");
    expect(asked.title).toContain("Sign in to E-num account");
    await atAccount(world, { visitor });
    expect(on(await visitor.open(CARE))).toEqual([]);
  });

  test.each(["", "on", "on login", "on login nowhere", "on login account", "on refuse", "off no-sms x", "on no-sms "])(
    "has no button %j",
    async (action) => {
      await using world = await createWorld();
      const { visitor } = await atAccount(world);
      const answer = await visitor.post(CARE, new URLSearchParams({ action }).toString());
      expect(answer.status).toBe(400);
      expect(await world.database.rows("SELECT id FROM policy_raised")).toEqual([]);
    },
  );

  test("names the sites that the account has signed in to, the latest first, and no others", async () => {
    await using world = await createWorld({ clients: [SHOP, LIBRARY, client({ client_id: "z", client_name: "Zoo" })] });
    const sitesOf = (text: string) => ["Book shop", "City library", "Zoo"].filter((name) => text.includes(name));
    const { visitor } = await atAccount(world);
    expect((await visitor.open(CARE)).text).toContain("You have not signed in to any site yet.");
    await signIn(world, { client: LIBRARY });
    await signIn(world, { client: SHOP });
    const later = await visitor.open(CARE);
    expect(sitesOf(later.text)).toEqual(["Book shop", "City library"]);
    expect(later.text.indexOf("Book shop")).toBeLessThan(later.text.indexOf("City library"));
    // With the session that is there nobody is asked, so that there is no login to tell of; the session itself knows.
    await signIn(world, { visitor, client: client({ client_id: "z", client_name: "Zoo" }) });
    expect(sitesOf((await visitor.open(CARE)).text)).toEqual(["Book shop", "City library", "Zoo"]);
  });

  test("shows five sites at once, those where it is on first", async () => {
    const many = Array.from({ length: 20 }, (_, place) =>
      client({ client_id: `site-${place}`, client_name: `Site number ${place}` }),
    );
    await using world = await createWorld({ clients: many });
    const { visitor } = await atAccount(world);
    const { id } = await alice(world);
    for (const [place, { client_id: site }] of many.entries()) {
      await world.database.rows(
        "INSERT INTO event (id, type, account_id, client_id, detail, at) VALUES (?, 'login.accepted', ?, ?, '{}', ?)",
        [`event-${place}`, id, site, place],
      );
    }
    const buttons = (page: Awaited<ReturnType<typeof visitor.open>>) => page.html.querySelectorAll(".switches button");
    const first = await visitor.open(CARE);
    expect(buttons(first)).toHaveLength(2 + 5);
    expect(first.text).not.toContain("Site number 0");
    const next = (page: typeof first) => page.html.querySelector('a[href*="from="]')?.getAttribute("href") ?? "";
    let last = first;
    for (const shown of [5, 5, 5]) {
      last = await visitor.open(next(last));
      expect(buttons(last)).toHaveLength(2 + shown);
    }
    const after = await visitor.submit(last, "on login site-0");
    expect(on(after)).toEqual(["login site-0"]);
  });
});

describe("switching on", () => {
  test.each(["no-sms", "operation", "login shop"])(
    "%s works at once, is an event, and its owner is told",
    async (what) => {
      await using world = await createWorld();
      const { visitor } = await signIn(world);
      const page = await press(visitor, `on ${what}`);
      expect(page.url).toBe(`${world.issuer}${CARE}`);
      expect(on(page)).toEqual([what]);
      expect(toldOf(page)).toContain("It is switched on");
      expect(toldOf(await visitor.open(CARE))).toBeUndefined();
      const [demands, clientId = null] = what.split(" ");
      expect(await eventsOf(world, "account.setting-on")).toEqual([{ clientId, demands }]);
      const { subject, text } = await world.message(ALICE);
      expect(subject).toBe("Switched on for your E-num account");
      expect(text).toContain(`${world.issuer}/account`);
      if (clientId === "shop") expect(text).toContain("A response at every sign-in: Book shop");
    },
  );

  test("a second click changes nothing, and tells nobody once more", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    const body = "action=on+operation";
    await Promise.all(Array.from({ length: 16 }, () => visitor.post(CARE, body)));
    expect(await world.database.rows("SELECT raised_by, demands FROM policy_raised")).toEqual([
      { raised_by: "person", demands: "operation" },
    ]);
    expect(await eventsOf(world, "account.setting-on")).toHaveLength(1);
    expect((await world.messages()).filter(({ to }) => to === ALICE)).toHaveLength(1);
  });

  test("has what has an amount scanned, with the reason on the page, and nothing else", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    await press(visitor, "on operation");
    const { page } = await order(world, visitor);
    expect(page.text).toContain("You have asked for more care with your account.");
    expect(page.text).toContain("Scan this code with your phone");
    const response = world.answer(ALICE, page.challenge, TYPED);
    expect((await visitor.submit(page, "next", { response })).status).toBe(422);
    expect((await scan(world, visitor, page)).url).toContain("code=");
  });
});

async function alice(world: World): Promise<{ id: string }> {
  const row = await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
  if (row === undefined) throw new Error("alice is not here");
  return row;
}
