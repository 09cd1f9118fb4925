import { buildEndSessionUrl } from "openid-client";
import { describe, expect, test } from "vitest";
import { signIn } from "../support/sign-in.ts";
import type { Page } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, SHOP } from "../support/world.ts";

const shop = client({
  ...SHOP,
  frontchannel_logout_uri: "http://localhost:9/shop/front-channel?tenant=1",
  frontchannel_logout_session_required: true,
});
const elsewhere = "http://127.0.0.1:9/library/";
const library = client({
  ...LIBRARY,
  redirect_uris: [`${elsewhere}callback`],
  post_logout_redirect_uris: [elsewhere],
  frontchannel_logout_uri: `${elsewhere}front-channel`,
});

const framesOf = (page: Page) => page.html.querySelectorAll("iframe").map((frame) => frame.getAttribute("src"));
const policyOf = (page: Page) => page.headers["content-security-policy"] ?? "";

describe("OpenID Connect Front-Channel Logout 1.0", () => {
  test("the signed-out page loads each site's page in a hidden frame, with iss and sid (section 2)", async () => {
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor, tokens } = await signIn(world, { client: shop });
    const sid = String((await tokens()).claims()?.["sid"]);
    await signIn(world, { client: library, visitor });
    const done = await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect(done.status).toBe(200);
    expect(done.title).toContain("You are signed out");
    const iss = encodeURIComponent(world.issuer);
    expect(framesOf(done)).toEqual([
      `http://localhost:9/shop/front-channel?tenant=1&iss=${iss}&sid=${sid}`,
      expect.stringMatching(`^http://127.0.0.1:9/library/front-channel\\?iss=${iss}&sid=[\\w-]+$`),
    ]);
    for (const frame of done.html.querySelectorAll("iframe")) expect(frame.hasAttribute("hidden")).toBe(true);
  });

  test("the page is in the language that the site wishes for", async () => {
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor } = await signIn(world, { client: shop });
    const done = await visitor.submit(await visitor.open("/sign-out?ui_locales=ru"), "yes");
    expect([framesOf(done).length, done.headers["content-language"]]).toEqual([1, "ru"]);
  });

  test("frames of exactly these origins are allowed, and on this page alone", async () => {
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor } = await signIn(world, { client: shop });
    await signIn(world, { client: library, visitor });
    const asked = await visitor.open("/sign-out");
    expect(policyOf(asked)).not.toContain("frame-src");
    const done = await visitor.submit(asked, "yes");
    expect(policyOf(done)).toMatch(/; frame-src http:\/\/localhost:9 http:\/\/127\.0\.0\.1:9$/);
    expect(policyOf(done)).toContain("default-src 'none'");
  });

  test("the page goes on to the site by itself and by a link, also without JavaScript", async () => {
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor, party, tokens } = await signIn(world, { client: shop });
    const address = buildEndSessionUrl(party.config, {
      id_token_hint: (await tokens()).id_token ?? "",
      post_logout_redirect_uri: shop.post_logout_redirect_uris[0] ?? "",
      state: "a b",
    });
    const done = await visitor.submit(await visitor.open(address.href), "yes");
    const back = "http://localhost:9/shop/?state=a+b";
    expect(done.headers["refresh"]).toBe(`3; url=${back}`);
    expect(done.headers).not.toHaveProperty("location");
    const link = done.html.querySelectorAll("main a").find((one) => one.text.includes("Book shop"));
    expect(link?.getAttribute("href")).toBe(back);
  });

  test("where no site of the session has such a page, the person is redirected at once", async () => {
    await using world = await createWorld({ clients: [SHOP, library] });
    const { visitor, party, tokens } = await signIn(world);
    const address = buildEndSessionUrl(party.config, {
      id_token_hint: (await tokens()).id_token ?? "",
      post_logout_redirect_uri: SHOP.post_logout_redirect_uris[0] ?? "",
    });
    const back = await visitor.submit(await visitor.open(address.href), "yes");
    expect(back.url).toBe(SHOP.post_logout_redirect_uris[0]);
  });

  test("who stays signed in is signed out nowhere else", async () => {
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor } = await signIn(world, { client: shop });
    await signIn(world, { client: library, visitor });
    const asked = await visitor.open("/sign-out?client_id=shop");
    const xsrf = asked.html.querySelector("input[name=xsrf]")?.getAttribute("value") ?? "";
    const done = await visitor.post("/sign-out/confirm", new URLSearchParams({ xsrf }).toString());
    expect(framesOf(done)).toEqual([]);
    expect(done.title).toContain("You are still signed in");
  });

  test("an ID token has sid where the site wants it for this (section 3)", async () => {
    await using world = await createWorld({ clients: [shop, library] });
    const { visitor, tokens } = await signIn(world, { client: shop });
    expect((await tokens()).claims()?.["sid"]).toBeTruthy();
    const second = await signIn(world, { client: library, visitor });
    expect((await second.tokens()).claims()).not.toHaveProperty("sid");
  });

  test("discovery says that it is there, with sid (section 3)", async () => {
    await using world = await createWorld();
    const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
    });
  });
});
