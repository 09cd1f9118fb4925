import { fetchUserInfo, refreshTokenGrant } from "openid-client";
import { describe, expect, test } from "vitest";
import { ARCHIVE, BROKER, PURSES, seenBy, WALLET, WITH_SERVERS } from "../support/resource-servers.ts";
import { errorOf, passPages, type SignedIn, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld, LIBRARY, SHOP } from "../support/world.ts";
import { eventsOf, toldOf } from "./support.ts";

const PAGE = "/account/sites/library";
const ALL = { scope: "openid email wmid offline_access", prompt: "consent" };

const buttonsOf = (page: Page) =>
  page.html
    .querySelectorAll("button")
    .map((button) => button.getAttribute("value") ?? "")
    .filter((value) => value.startsWith("take-back "));
const takeBack = async ({ visitor }: Pick<SignedIn, "visitor">, what: string, path = PAGE) =>
  visitor.submit(await visitor.open(path), `take-back ${what}`);
const scopeOf = async (...seen: Parameters<typeof seenBy>) =>
  String((await seenBy(...seen))["scope"] ?? "none")
    .split(" ")
    .sort();

describe("taking back one thing that a site may", () => {
  test("ends the tokens that have it, and refreshed ones and userinfo have all else", async () => {
    await using world = await createWorld();
    const here = await signIn(world, { client: LIBRARY, parameters: ALL });
    const had = await here.tokens();
    const without = await signIn(world, { ...here, client: LIBRARY, parameters: { scope: "openid wmid" } });
    const other = await without.tokens();
    const page = await takeBack(here, "email");
    expect([page.url, toldOf(page)]).toEqual([`${world.issuer}${PAGE}`, expect.stringContaining("It is taken back")]);
    expect(buttonsOf(page)).toEqual(["take-back wmid", "take-back offline_access"]);
    expect(page.text).not.toContain("See your e-mail");
    expect(await seenBy(world, LIBRARY, had.access_token)).toEqual({ active: false });
    expect(await seenBy(world, LIBRARY, other.access_token)).toMatchObject({ active: true, scope: "openid wmid" });
    const next = await refreshTokenGrant(here.party.config, String(had.refresh_token));
    expect(await scopeOf(world, LIBRARY, next.access_token)).toEqual(["offline_access", "openid", "wmid"]);
    const sub = had.claims()?.sub ?? "";
    expect(await fetchUserInfo(here.party.config, next.access_token, sub)).toEqual({ sub, wmid: "301234567890" });
    expect(await eventsOf(world, "consent.narrowed")).toEqual([{ clientId: "library", scope: "email" }]);
  });

  test("has the person asked for it alone when the site asks again, in every browser", async () => {
    await using world = await createWorld();
    const here = await signIn(world, { client: LIBRARY, parameters: { scope: "openid email wmid" } });
    const elsewhere = await signIn(world, { client: LIBRARY, parameters: { scope: "openid email" } });
    await takeBack(here, "email");
    for (const { visitor } of [here, elsewhere]) {
      const silent = (scope: string) =>
        signIn(world, { visitor, client: LIBRARY, parameters: { scope, prompt: "none" } });
      expect(errorOf((await silent("openid email")).back)).toBe("consent_required");
      expect(errorOf((await silent("openid")).back)).toBe(null);
    }
    const attempt = await here.party.begin({ scope: "openid email wmid" });
    const asking = await here.visitor.open(attempt.address);
    expect(asking.html.querySelectorAll(".asked li").map(({ text }) => text.trim().split(" ")[1])).toEqual(["e-mail"]);
    const back = await here.visitor.submit(asking, "allow");
    const tokens = await attempt.finish(back.url);
    expect(await scopeOf(world, LIBRARY, tokens.access_token)).toEqual(["email", "openid", "wmid"]);
  });

  test("stands in the history, in the words of the consent", async () => {
    await using world = await createWorld();
    const here = await signIn(world, { client: LIBRARY, parameters: ALL });
    await takeBack(here, "wmid");
    const line = async (path: string) => (await here.visitor.open(path)).text.replace(/\s+/g, " ");
    expect(await line("/account/history")).toMatch(/You took back one thing that a site may.*Your WMID/);
    expect(await line("/account/history?lang=ru")).toContain("Вы отозвали у сайта одно из разрешений");
    expect(await world.database.rows("SELECT client_id FROM wmid_choice")).toEqual([]);
  });

  test("of the access in an absence ends it, and what is for a visit goes on", async () => {
    await using world = await createWorld();
    const here = await signIn(world, { client: LIBRARY, parameters: ALL });
    const absent = await here.tokens();
    const visit = await (
      await signIn(world, { ...here, client: LIBRARY, parameters: { scope: "openid email" } })
    ).tokens();
    const code = await signIn(world, { ...here, client: LIBRARY, parameters: ALL });
    await takeBack(here, "offline_access");
    await expect(refreshTokenGrant(here.party.config, String(absent.refresh_token))).rejects.toThrow();
    expect(await seenBy(world, LIBRARY, absent.access_token)).toEqual({ active: false });
    expect(await seenBy(world, LIBRARY, visit.access_token)).toMatchObject({ active: true });
    // A code that was on its way.
    const late = await code.tokens();
    expect(late.refresh_token).toBeUndefined();
    expect(await scopeOf(world, LIBRARY, late.access_token)).toEqual(["email", "openid", "wmid"]);
  });

  test("of the access in an absence ends a refresh token as well that was on its way", async () => {
    await using world = await createWorld();
    const here = await signIn(world, { client: LIBRARY, parameters: ALL });
    const { refresh_token: token } = await here.tokens();
    const [row] = await world.database.rows<Record<string, string | number | null>>(
      "SELECT * FROM oidc WHERE model = 'RefreshToken'",
    );
    if (row === undefined) throw new Error("no refresh token");
    await takeBack(here, "offline_access");
    const places = Object.keys(row).map(() => "?");
    await world.database.run(
      `INSERT INTO oidc (${Object.keys(row).join(", ")}) VALUES (${places.join(", ")})`,
      Object.values(row),
    );
    await expect(refreshTokenGrant(here.party.config, String(token))).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("and let again for a visit, while the site may come in an absence, is said to be for longer", async () => {
    await using world = await createWorld();
    const here = await signIn(world, { client: LIBRARY, parameters: ALL });
    await takeBack(here, "email");
    const asking = await here.visitor.open((await here.party.begin({ scope: "openid email" })).address);
    expect(asking.text.replace(/\s+/g, " ")).toContain("The site can use this without you for 30 days");
  });

  test("is of one resource server, though another has a scope of that name", async () => {
    await using world = await createWorld({ clients: [...WITH_SERVERS] });
    const site = "/account/sites/broker";
    const ask = (resource: string, scope: string, visitor = createVisitor(world.issuer)) =>
      signIn(world, { visitor, client: BROKER, parameters: { scope: `openid ${scope}`, resource } });
    const here = await ask(PURSES, "purses:read purses:change");
    const purses = await here.tokens();
    const archive = await (await ask(ARCHIVE, "purses:read", here.visitor)).tokens();
    const page = await takeBack(here, `${PURSES}#purses:read`, site);
    expect(buttonsOf(page).sort()).toEqual([`take-back ${ARCHIVE}#purses:read`, `take-back ${PURSES}#purses:change`]);
    expect(await seenBy(world, BROKER, purses.access_token)).toEqual({ active: false });
    expect(await seenBy(world, BROKER, archive.access_token)).toMatchObject({ active: true, scope: "purses:read" });
    const again = await (await ask(PURSES, "purses:change", here.visitor)).tokens();
    expect(await scopeOf(world, BROKER, again.access_token)).toEqual(["purses:change"]);
    expect(await eventsOf(world, "consent.narrowed")).toEqual([{ clientId: "broker", scope: `${PURSES}#purses:read` }]);
  });

  test("is not for the sign-in itself, for what the site has not, or twice", async () => {
    await using world = await createWorld();
    const here = await signIn(world, { client: LIBRARY, parameters: { scope: "openid email" } });
    expect((await here.visitor.open(PAGE)).text).toContain("That is the sign-in itself");
    const bodies = ["openid", "phone", "", `${PURSES}%23purses:read`, "email", "email"];
    for (const what of bodies) {
      const page = await here.visitor.post(PAGE, `action=take-back ${what}`);
      expect([page.status, page.url]).toEqual([200, `${world.issuer}${PAGE}`]);
    }
    expect(await eventsOf(world, "consent.narrowed")).toEqual([{ clientId: "library", scope: "email" }]);
    expect((await here.visitor.post(PAGE, "action=take-back email openid")).status).toBe(400);
    const silent = { client: LIBRARY, parameters: { scope: "openid", prompt: "none" } };
    expect(errorOf((await signIn(world, { ...here, ...silent })).back)).toBe(null);
  });

  test("is not offered where the operator's own site would have it again without a question", async () => {
    await using world = await createWorld({ clients: [...WITH_SERVERS, SHOP] });
    const parameters = { scope: "openid email purses:read", resource: PURSES };
    const here = await signIn(world, { client: WALLET, parameters });
    const page = await here.visitor.open("/account/sites/wallet");
    expect(buttonsOf(page)).toEqual([]);
    expect(page.text).toContain("It is run together with E-num");
    await here.visitor.post("/account/sites/wallet", "action=take-back email");
    expect(await eventsOf(world, "consent.narrowed")).toEqual([]);
  });
});

describe("what a site asks for by the parameter claims", () => {
  const claims = JSON.stringify({ userinfo: { phone_number: null } });

  test("is named on the consent page and on the site's, and can be taken back", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const first = await signIn(world, { visitor, client: LIBRARY, parameters: { scope: "openid" } });
    const attempt = await first.party.begin({ scope: "openid", claims });
    const asking = await visitor.open(attempt.address);
    expect(asking.html.querySelector(".asked")?.text).toContain("Your phone number");
    const tokens = await attempt.finish((await visitor.submit(asking, "allow")).url);
    const seen = () => fetchUserInfo(first.party.config, tokens.access_token, tokens.claims()?.sub ?? "");
    expect(await seen()).toHaveProperty("phone_number");
    expect((await visitor.open(PAGE)).text).toContain("See your phone number");
    await takeBack(first, "phone");
    expect(await seen()).not.toHaveProperty("phone_number");
    expect((await visitor.open(PAGE)).text).not.toContain("See your phone number");
    const again = await first.party.begin({ scope: "openid", claims });
    expect((await visitor.open(again.address)).html.querySelector(".asked")?.text).toContain("Your phone number");
  });

  test("has the person choose among several WMIDs, as the scope has", async () => {
    await using world = await createWorld();
    const insert = "INSERT INTO account_wmid (wmid, account_id, created_at) SELECT '309999999999', id, 0 FROM account";
    await world.database.rows(`${insert} WHERE email = 'alice@example.com'`);
    const wish = JSON.stringify({ userinfo: { wmid: null } });
    const { party, visitor } = await signIn(world, { client: LIBRARY });
    const attempt = await party.begin({ scope: "openid", claims: wish });
    const back = await passPages(world, visitor, attempt.address, { wmid: "309999999999" });
    const tokens = await attempt.finish(back.url);
    const seen = await fetchUserInfo(party.config, tokens.access_token, tokens.claims()?.sub ?? "");
    expect(seen["wmid"]).toBe("309999999999");
  });
});
