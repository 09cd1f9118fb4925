import { refreshTokenGrant } from "openid-client";
import { describe, expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import { logoutListener } from "../support/logout-listener.ts";
import { BROKER, PURSES, seenBy, WITH_SERVERS } from "../support/resource-servers.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";
import { atAccount, eventsOf, toldOf } from "./support.ts";

const SITES = "/account/sites";
const ALL = { scope: "openid email wmid offline_access", prompt: "consent" };
const OTHER_WMID = "309999999999";

const secondWmid = (world: World) =>
  world.database.rows(
    "INSERT INTO account_wmid (wmid, account_id, created_at) SELECT ?, id, 0 FROM account WHERE email = ?",
    [OTHER_WMID, ALICE],
  );

describe("the sites that I use", () => {
  test("are listed with the last use, the last used first, and lead to what each may", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    expect((await visitor.open(SITES)).text).toContain("You have not signed in to any site yet.");
    await signIn(world, { client: LIBRARY, parameters: ALL });
    world.pass(DAY / 2);
    await signIn(world, { visitor, client: SHOP, parameters: { prompt: "login" } });
    const links = (await visitor.open(SITES)).html.querySelectorAll(".sections a");
    expect(links.map((link) => link.getAttribute("href"))).toEqual([`${SITES}/shop`, `${SITES}/library`]);
    const page = await visitor.open(`${SITES}/library`);
    for (const shown of ["City library", "See your e-mail", "See your WMID 3012 3456 7890", "while you are away"])
      expect(page.text.replace(/\s+/g, " ")).toContain(shown);
    expect(page.text).not.toContain("See your phone number");
    expect((await visitor.open(`${SITES}/shop`)).text).toContain("It is run together with E-num");
  });

  test("what it may at a resource server is named in that server's words", async () => {
    await using world = await createWorld({ clients: [...WITH_SERVERS] });
    const wish = { scope: "openid purses:read", resource: PURSES };
    const { visitor } = await signIn(world, { client: BROKER, parameters: wish });
    expect((await visitor.open(`${SITES}/broker`)).text).toContain("See the balance of your purses");
    expect((await visitor.open(`${SITES}/broker?lang=ru`)).text).toContain("Видеть остаток ваших кошельков");
  });

  test("a site that the account never used, our own, and nobody's are not there", async () => {
    await using world = await createWorld();
    const { visitor } = await atAccount(world);
    for (const id of ["library", "account", "nothing", "%00", "a%2Fb"]) {
      expect((await visitor.open(`${SITES}/${id}`)).status).toBe(404);
      expect((await visitor.post(`${SITES}/${id}`, "action=revoke")).status).toBe(404);
    }
    expect(await eventsOf(world, "consent.withdrawn")).toEqual([]);
  });
});

describe("taking back", () => {
  test("ends what the site was let have, its tokens and its visit, in every browser, and asks anew", async () => {
    await using site = await logoutListener();
    const library = client({ ...LIBRARY, backchannel_logout_uri: site.uri });
    await using world = await createWorld({ clients: [SHOP, library] });
    const { visitor, tokens, party } = await signIn(world, { client: library, parameters: ALL });
    const had = await tokens();
    const { visitor: elsewhere, tokens: others } = await signIn(world, { client: library });
    const there = await others();
    const page = await visitor.submit(await visitor.open(`${SITES}/library`), "revoke");
    expect([page.url, toldOf(page)]).toEqual([`${world.issuer}${SITES}`, expect.stringContaining("It is taken back")]);
    for (const { access_token: token } of [had, there])
      expect(await seenBy(world, library, token)).toEqual({ active: false });
    await expect(refreshTokenGrant(party.config, String(had.refresh_token))).rejects.toThrow();
    await world.drain();
    expect(site.tokens).toHaveLength(2);
    for (const browser of [visitor, elsewhere]) {
      const silent = await signIn(world, { visitor: browser, client: library, parameters: { prompt: "none" } });
      expect(errorOf(silent.back)).toBe("consent_required");
    }
    expect(await eventsOf(world, "consent.withdrawn")).toEqual([{ clientId: "library" }]);
    // The other click of two.
    await visitor.post(`${SITES}/library`, "action=revoke");
    expect(await eventsOf(world, "consent.withdrawn")).toHaveLength(1);
  });

  test("touches no other site and no other account", async () => {
    await using world = await createWorld();
    await world.database.rows("UPDATE device SET status = 'active'");
    const { tokens: shops, visitor } = await signIn(world, { client: SHOP, parameters: { scope: "openid email" } });
    const shop = await shops();
    const email = "bob@example.com";
    const { tokens: bobs } = await signIn(world, { client: LIBRARY, email, parameters: ALL });
    const bob = await bobs();
    await signIn(world, { visitor, client: LIBRARY, parameters: ALL });
    await visitor.submit(await visitor.open(`${SITES}/library`), "revoke");
    expect(await seenBy(world, SHOP, shop.access_token)).toMatchObject({ active: true });
    expect(await seenBy(world, LIBRARY, bob.access_token)).toMatchObject({ active: true });
    expect(await world.database.rows("SELECT client_id FROM consent")).toEqual([{ client_id: "library" }]);
  });

  test("is for who is signed in, and takes no form of another site", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world, { client: LIBRARY });
    const stranger = createVisitor(world.issuer);
    for (const path of [SITES, `${SITES}/library`])
      expect((await stranger.open(path)).title).toContain("Sign in to E-num account");
    expect((await stranger.post(`${SITES}/library`, "action=revoke")).title).toContain("Sign in to E-num account");
    const refused = await visitor.post(`${SITES}/library`, "action=revoke", { "sec-fetch-site": "cross-site" });
    expect(refused.status).toBe(403);
    expect((await visitor.post(`${SITES}/library`, "action=nothing")).status).toBe(400);
    expect(await eventsOf(world, "consent.withdrawn")).toEqual([]);
  });
});

describe("which WMID a site sees", () => {
  test("is changed for this site alone, and the next token has it", async () => {
    await using world = await createWorld();
    await secondWmid(world);
    const wish = { client: LIBRARY, parameters: { scope: "openid wmid" } };
    const { visitor } = await signIn(world, { ...wish, wmid: OTHER_WMID });
    const page = await visitor.open(`${SITES}/library`);
    const chosen = (from: typeof page) => from.html.querySelector("input[checked]")?.getAttribute("value");
    expect(chosen(page)).toBe(OTHER_WMID);
    const after = await visitor.submit(page, "wmid", { wmid: "301234567890" });
    expect([toldOf(after), chosen(after)]).toEqual(["The choice is saved", "301234567890"]);
    const answer = await signIn(world, { ...wish, visitor });
    const { access_token: token } = await answer.tokens();
    const info = await fetch(`${world.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    expect(await info.json()).toMatchObject({ wmid: "301234567890" });
    expect(await eventsOf(world, "consent.wmid-chosen")).toEqual([{ clientId: "library" }]);
  });

  test("is one of the account's own, for a site that sees one at all", async () => {
    await using world = await createWorld();
    await secondWmid(world);
    const { visitor } = await signIn(world, {
      client: LIBRARY,
      parameters: { scope: "openid wmid" },
      wmid: OTHER_WMID,
    });
    await signIn(world, { visitor, client: SHOP, parameters: { scope: "openid" } });
    for (const [site, wmid] of [
      ["library", "300000000001"],
      ["library", ""],
      ["shop", "301234567890"],
    ])
      expect((await visitor.post(`${SITES}/${site}`, `action=wmid&wmid=${wmid}`)).url).toContain(`${SITES}/${site}`);
    expect(await world.database.rows("SELECT client_id, wmid FROM wmid_choice")).toEqual([
      { client_id: "library", wmid: OTHER_WMID },
    ]);
    expect(await eventsOf(world, "consent.wmid-chosen")).toEqual([]);
  });
});
