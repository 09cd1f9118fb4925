import { buildEndSessionUrl, tokenIntrospection } from "openid-client";
import { describe, expect, test } from "vitest";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, SHOP } from "../support/world.ts";

const EXCHANGE = { client_id: "exchange", client_name: "Credit exchange" };

describe("OpenID Connect RP-Initiated Logout 1.0", () => {
  test("the person is asked, says yes, and comes back to the site signed out", async () => {
    await using world = await createWorld();
    const { party, visitor, tokens } = await signIn(world);
    const answer = await tokens();
    const address = buildEndSessionUrl(party.config, {
      id_token_hint: answer.id_token ?? "",
      post_logout_redirect_uri: SHOP.post_logout_redirect_uris[0] ?? "",
      state: "abc",
    });
    const asked = await visitor.open(address.href);
    expect(asked.status).toBe(200);
    expect(asked.text).toContain("You are leaving Book shop.");
    expect(asked.text).toContain(`Signed in as ${ALICE}`);
    const back = await visitor.submit(asked, "yes");
    expect(back.url).toBe("http://localhost:9/shop/?state=abc");
    expect(errorOf((await signIn(world, { visitor, parameters: { prompt: "none" } })).back)).toBe("login_required");
    expect(await tokenIntrospection(party.config, answer.access_token)).toEqual({ active: false });
    // Appended when the engine has told of it, which is beside the answer.
    const ended = () => world.database.rows("SELECT id FROM event WHERE type = 'session.ended'");
    await expect.poll(ended).toHaveLength(1);
  });

  test("the language that the site wishes for (ui_locales) is that of each page until the last (section 2)", async () => {
    await using world = await createWorld({ clients: [SHOP, LIBRARY] });
    const languageOf = ({ headers }: Page) => headers["content-language"];
    for (const [address, answer] of [
      ["/sign-out?client_id=shop&ui_locales=ru", "yes"],
      ["/sign-out?ui_locales=de%20ru-RU", "yes"],
      ["/sign-out?client_id=shop&ui_locales=ru", "stay"],
    ] as const) {
      const { visitor } = await signIn(world);
      const asked = await visitor.open(address);
      expect(languageOf(asked)).toBe("ru");
      const action = asked.html.querySelector("form[method=post]")?.getAttribute("action") ?? "";
      const xsrf = asked.html.querySelector("input[name=xsrf]")?.getAttribute("value") ?? "";
      const form = new URLSearchParams({ xsrf, ...(answer === "yes" ? { logout: "yes" } : {}) });
      const done = await visitor.post(action.replace(world.issuer, ""), form.toString());
      expect([new URL(done.url).pathname, languageOf(done)]).toEqual(["/sign-out/success", "ru"]);
    }
    const nowhere = await createVisitor(world.issuer).open("/sign-out?client_id=shop&ui_locales=ru");
    expect([nowhere.status, languageOf(nowhere)]).toEqual([200, "ru"]);
    const refused = await createVisitor(world.issuer).open("/sign-out?client_id=nobody&ui_locales=ru");
    expect([refused.status, languageOf(refused)]).toEqual([400, "ru"]);
  });

  test("who comes too late for the question is answered in the site's language as well, and asked again in it", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const first = await visitor.open("/sign-out?ui_locales=ru");
    await visitor.open("/sign-out");
    const lost = await visitor.submit(first, "yes");
    expect([lost.status, lost.headers["content-language"]]).toEqual([400, "ru"]);
    const next = lost.html.querySelector("main a")?.getAttribute("href") ?? "";
    expect(new URL(next).searchParams.get("ui_locales")).toBe("ru");
    const again = await visitor.open(next);
    await visitor.submit(again, "yes");
    const late = await visitor.submit(again, "yes");
    expect([late.status, late.headers["content-language"]]).toEqual([200, "ru"]);
  });

  test("the way back to the site has nothing of the wish in it", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const site = { client_id: "shop", post_logout_redirect_uri: SHOP.post_logout_redirect_uris[0] ?? "" };
    const asked = await visitor.open(`/sign-out?${new URLSearchParams({ ...site, ui_locales: "ru" })}`);
    expect((await visitor.submit(asked, "yes")).url).toBe("http://localhost:9/shop/");
  });

  test("who says no stays signed in at other sites", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const asked = await visitor.open("/sign-out");
    const stay = asked.html.querySelectorAll("button").find((button) => button.getAttribute("value") !== "yes");
    expect(stay).toBeDefined();
    const xsrf = asked.html.querySelector("input[name=xsrf]")?.getAttribute("value") ?? "";
    const done = await visitor.post("/sign-out/confirm", new URLSearchParams({ xsrf }).toString());
    expect(done.status).toBe(200);
    expect(done.title).toContain("You are still signed in");
    expect(done.text).toContain(ALICE);
    expect(await world.database.rows("SELECT id FROM event WHERE type = 'session.ended'")).toHaveLength(0);
    expect((await signIn(world, { visitor, parameters: { prompt: "none" } })).back.url).toContain("code=");
  });

  test("without a site to go back to, the page says that it is done", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const done = await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect(done.url).toBe(`${world.issuer}/sign-out/success`);
    expect(done.html.querySelector("h1")).not.toBeNull();
  });

  test("an address to go back to that is not registered is refused on a page", async () => {
    await using world = await createWorld();
    const page = await createVisitor(world.issuer).open(
      "/sign-out?client_id=shop&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F",
    );
    expect(page.status).toBe(400);
    expect(page.url).toContain(world.issuer);
  });

  test("the page names the other sites that will be told, and no others", async () => {
    const [listening, deaf] = [
      client({ ...LIBRARY, backchannel_logout_uri: "http://127.0.0.1:9/out" }),
      client(EXCHANGE),
    ];
    await using world = await createWorld({ clients: [SHOP, listening, deaf] });
    const { visitor } = await signIn(world);
    await signIn(world, { visitor, client: listening });
    await signIn(world, { visitor, client: deaf });
    const asked = await visitor.open("/sign-out?client_id=shop");
    expect(asked.html.querySelectorAll("main li").map((item) => item.text)).toEqual(["City library"]);
    expect(asked.text).toContain("you leave only Book shop");
  });

  test("who is signed in nowhere goes on at once, also without JavaScript: back to the site, or to a page that says so", async () => {
    await using world = await createWorld({ clients: [{ ...SHOP, client_uri: "http://localhost:9/shop" }] });
    const site = { client_id: "shop", post_logout_redirect_uri: SHOP.post_logout_redirect_uris[0] ?? "", state: "a&b" };
    const back = await createVisitor(world.issuer).open(`/sign-out?${new URLSearchParams(site)}`);
    expect(back.url).toBe("http://localhost:9/shop/?state=a%26b");
    const page = await createVisitor(world.issuer).open("/sign-out?client_id=shop");
    expect([page.status, page.title]).toEqual([200, expect.stringContaining("signed out")]);
    expect(page.html.querySelector('a[href="http://localhost:9/shop"]')).not.toBeNull();
    expect(page.html.querySelectorAll("script:not([src])")).toEqual([]);
    const foreign = { ...site, client_id: "", post_logout_redirect_uri: "https://evil.example/" };
    for (const asked of [foreign, { ...foreign, client_id: "shop" }])
      expect((await createVisitor(world.issuer).open(`/sign-out?${new URLSearchParams(asked)}`)).url).toContain(
        world.issuer,
      );
  });

  test("of who is signed in nowhere it leaves neither a session nor a cookie of one behind", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    for (const address of ["/sign-out", "/sign-out?client_id=shop"]) {
      const gone = await visitor.once(address);
      expect([gone.status, gone.headers["set-cookie"]]).toEqual([303, undefined]);
      expect(await world.database.rows("SELECT id FROM oidc WHERE model = 'Session'")).toEqual([]);
    }
    const { visitor: ended } = await signIn(world);
    await world.database.rows("DELETE FROM oidc WHERE model = 'Session'");
    await ended.open("/sign-out");
    expect(await world.database.rows("SELECT id FROM oidc WHERE model = 'Session'")).toEqual([]);
  });

  test("a sign-out that is posted is the same one, with its hint and its way back", async () => {
    await using world = await createWorld();
    const { party, visitor, tokens } = await signIn(world);
    const { searchParams } = buildEndSessionUrl(party.config, {
      id_token_hint: (await tokens()).id_token ?? "",
      post_logout_redirect_uri: SHOP.post_logout_redirect_uris[0] ?? "",
      state: "a+b &",
    });
    const fromSite = { origin: "http://localhost:9", "sec-fetch-site": "cross-site" };
    const asked = await visitor.post("/sign-out", searchParams.toString(), fromSite);
    expect([asked.status, asked.text]).toEqual([200, expect.stringContaining("You are leaving Book shop.")]);
    const back = await visitor.submit(asked, "yes");
    expect(new URL(back.url).searchParams.get("state")).toBe("a+b &");
  });

  test("whose session was ended elsewhere goes on in the same way", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await world.database.rows("DELETE FROM oidc WHERE model = 'Session'");
    expect((await visitor.open("/sign-out")).url).toBe(`${world.issuer}/sign-out/success`);
  });

  test("a double click, and the back button afterwards, lead to the page that says that it is done", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const asked = await visitor.open("/sign-out?client_id=shop");
    await visitor.submit(asked, "yes");
    const again = await visitor.submit(asked, "yes");
    expect([again.status, again.url]).toEqual([200, `${world.issuer}/sign-out/success`]);
  });

  test("of two tabs the one that asked first offers to ask again", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const [first, second] = [await visitor.open("/sign-out"), await visitor.open("/sign-out")];
    const lost = await visitor.submit(first, "yes");
    expect([lost.status, lost.title]).toEqual([400, expect.stringContaining("We lost the thread")]);
    const next = lost.html.querySelector("main a")?.getAttribute("href") ?? "";
    expect((await visitor.submit(await visitor.open(next), "yes")).url).toContain("/sign-out/success");
    expect((await visitor.submit(second, "yes")).url).toContain("/sign-out/success");
  });

  test("who is offered to be asked again keeps the way back to the site", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const site = { client_id: "shop", post_logout_redirect_uri: SHOP.post_logout_redirect_uris[0] ?? "", state: "a&b" };
    const address = `/sign-out?${new URLSearchParams(site)}`;
    const first = await visitor.open(address);
    await visitor.open(address);
    const lost = await visitor.submit(first, "yes");
    const asked = await visitor.open(lost.html.querySelector("main a")?.getAttribute("href") ?? "");
    expect(asked.text).toContain("You are leaving Book shop.");
    expect((await visitor.submit(asked, "yes")).url).toBe("http://localhost:9/shop/?state=a%26b");
  });

  test("a form that another site sends is refused", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await visitor.open("/sign-out");
    const page = await visitor.post("/sign-out/confirm", "xsrf=guessed&logout=yes");
    expect(page.status).toBe(400);
    expect((await signIn(world, { visitor, parameters: { prompt: "none" } })).back.url).toContain("code=");
  });
});
