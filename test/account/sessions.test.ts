import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/clock.ts";
import { logoutListener } from "../support/logout-listener.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page, type Visitor } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";
import { atAccount, eventsOf, HEADING, toldOf } from "./support.ts";

const SESSIONS = "/account/sessions";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const CHROME =
  "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36";

const browserOf = (world: World, agent: string, country = "DE") =>
  createVisitor(world.issuer, { "user-agent": agent, "cf-ipcountry": country });
const plainText = (html: string) =>
  html
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
/** The sessions, this one first, and the known browsers, as the page lists them. */
const lists = (page: Page) =>
  page.html
    .querySelectorAll(".switches")
    .map((list) => list.querySelectorAll("li").map(({ innerHTML }) => plainText(innerHTML)));
const button = (page: Page, action: string) => {
  const values = page.html.querySelectorAll("button").map((one) => one.getAttribute("value") ?? "");
  const found = values.find((value) => value.startsWith(`${action} `));
  if (found === undefined) throw new Error(`there is no button ${action}`);
  return found;
};
const signedOut = async (visitor: Visitor) =>
  (await visitor.open("/account")).title.includes("Sign in to E-num account");

async function stage() {
  const site = await logoutListener();
  const world = await createWorld({
    clients: [client({ ...SHOP, backchannel_logout_uri: site.uri }), LIBRARY],
    config: { countryHeader: "cf-ipcountry" },
  });
  const here = browserOf(world, FIREFOX);
  await atAccount(world, { visitor: here });
  const there = browserOf(world, CHROME, "KZ");
  await signIn(world, { visitor: there });
  await signIn(world, { visitor: there, client: LIBRARY });
  return {
    world,
    site,
    here,
    there,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await site[Symbol.asyncDispose]();
    },
  };
}

describe("browsers and sessions", () => {
  test("names each browser, its place, when it signed in and where to; this one is marked and first", async () => {
    await using on = await stage();
    const [sessions, known] = lists(await on.here.open(SESSIONS));
    expect(sessions).toEqual([
      expect.stringMatching(/^Firefox 140, Linux Signed in .* UTC Germany, (127\.0\.0\.1|::1) This browser$/),
      expect.stringMatching(
        /^Chrome 141, Android Signed in .* Kazakhstan, .* Led to: Book shop ?, City library End it/,
      ),
    ]);
    expect(known).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^Firefox 140, Linux Last sign-in .* UTC First used on .* Germany This browser Forget it/,
        ),
        expect.stringMatching(/^Chrome 141, Android Last sign-in .* Kazakhstan Forget it/),
      ]),
    );
    expect((await on.there.open(`${SESSIONS}?lang=ru`)).text).toContain("Казахстан");
  });

  test("one that is ended is signed out, its sites are told, and this one goes on", async () => {
    await using on = await stage();
    const page = await on.here.open(SESSIONS);
    const after = await on.here.submit(page, button(page, "end"));
    expect([after.url, toldOf(after)]).toEqual([
      `${on.world.issuer}${SESSIONS}`,
      "It is endedNobody is signed in there any more.",
    ]);
    expect(lists(after)[0]).toHaveLength(1);
    expect(await signedOut(on.there)).toBe(true);
    await on.world.drain();
    expect(on.site.tokens).toHaveLength(1);
    expect(await eventsOf(on.world, "session.ended")).toEqual([{ clientId: null, by: "person" }]);
    expect((await on.here.open("/account")).title).toContain(HEADING);
  });

  test("all others are ended at once, and this one goes on", async () => {
    await using on = await stage();
    const third = browserOf(on.world, "");
    await atAccount(on.world, { visitor: third });
    expect(lists(await on.here.open(SESSIONS))[0]).toHaveLength(3);
    const after = await on.here.submit(await on.here.open(SESSIONS), "end-others");
    expect(toldOf(after)).toContain("All others are ended");
    expect([await signedOut(on.there), await signedOut(third), await signedOut(on.here)]).toEqual([true, true, false]);
    expect(after.html.querySelector('button[value="end-others"]')).toBeNull();
  });

  test("ten minutes after the sign-in others are ended by who signs in once more", async () => {
    await using on = await stage();
    const before = await on.here.open(SESSIONS);
    on.world.pass(10 * MINUTE);
    const page = await on.here.open(SESSIONS);
    expect(page.html.querySelectorAll("button").map((one) => one.getAttribute("value")?.split(" ")[0])).toEqual([
      "again",
      "forget",
      "forget",
    ]);
    // The page that was open in another tab is no way around.
    for (const action of [button(before, "end"), "end-others"])
      expect((await on.here.submit(before, action)).title).toContain("Sign in to E-num account");
    expect(lists(await on.here.open(SESSIONS))[0]).toHaveLength(2);
    const identifier = await on.here.submit(page, "again");
    const number = await on.here.submit(identifier, "next", { identifier: ALICE });
    const back = await on.here.submit(number, "next", { response: on.world.answer(ALICE, number.challenge) });
    expect(back.url).toBe(`${on.world.issuer}${SESSIONS}`);
    expect(lists(await on.here.submit(back, "end-others"))[0]).toHaveLength(1);
    expect(await signedOut(on.there)).toBe(true);
  });

  test("whoever goes back from that sign-in has ended nothing", async () => {
    await using on = await stage();
    on.world.pass(HOUR);
    const identifier = await on.here.submit(await on.here.open(SESSIONS), "again");
    const number = await on.here.submit(identifier, "next", { identifier: ALICE });
    await on.here.submit(number, "decline");
    const page = await on.here.open(SESSIONS);
    expect(page.html.querySelector('button[value="again"]')).not.toBeNull();
    expect(await signedOut(on.there)).toBe(false);
  });

  test("who has lost the phone ends all of them, this one too, without it", async () => {
    await using on = await stage();
    on.world.pass(HOUR);
    const page = await on.here.open("/account");
    await on.here.submit(page, "sign-out");
    expect([await signedOut(on.there), await signedOut(on.here)]).toEqual([true, true]);
  });

  test("another account's session and browser are neither shown nor ended", async () => {
    await using on = await stage();
    await on.world.database.rows("UPDATE device SET status = 'active'");
    const bob = browserOf(on.world, FIREFOX);
    await atAccount(on.world, { visitor: bob, email: "bob@example.com" });
    const page = await on.here.open(SESSIONS);
    expect(lists(await bob.open(SESSIONS)).map((list) => list.length)).toEqual([1, 1]);
    for (const action of [button(page, "end"), button(page, "forget")])
      await bob.post(SESSIONS, new URLSearchParams({ action }).toString());
    expect(lists(await on.here.open(SESSIONS)).map((list) => list.length)).toEqual([2, 2]);
    expect(await signedOut(on.there)).toBe(false);
    expect(await eventsOf(on.world, "browser.forgotten")).toEqual([]);
  });

  test("a forgotten browser is like a new one, and its visit goes on", async () => {
    await using on = await stage();
    const page = await on.there.open(SESSIONS);
    const own = page.html.querySelectorAll(".switches").at(1)?.querySelectorAll("li") ?? [];
    const line = own.find(({ text }) => text.includes("This browser"));
    const action = line?.querySelector("button")?.getAttribute("value") ?? "";
    const after = await on.there.submit(page, action);
    expect(toldOf(after)).toContain("The browser is forgotten");
    expect(lists(after)[1]).toEqual([expect.stringContaining("Firefox 140")]);
    expect(await signedOut(on.there)).toBe(false);
    // The other click of two.
    await on.there.post(SESSIONS, new URLSearchParams({ action }).toString());
    expect(await eventsOf(on.world, "browser.forgotten")).toEqual([{ clientId: null }]);
  });

  test.each(["", "end", "forget", "end a b", "end ../../x", "forget <b>", "end-others x", "nothing"])(
    "has no button %j",
    async (action) => {
      await using world = await createWorld();
      const { visitor } = await atAccount(world);
      const answer = await visitor.post(SESSIONS, new URLSearchParams({ action }).toString());
      expect(answer.status).toBe(400);
    },
  );

  test("is for who is signed in, and takes no form of another site", async () => {
    await using on = await stage();
    const stranger = createVisitor(on.world.issuer);
    expect((await stranger.open(SESSIONS)).title).toContain("Sign in to E-num account");
    expect((await stranger.post(SESSIONS, "action=end-others")).title).toContain("Sign in to E-num account");
    const refused = await on.here.post(SESSIONS, "action=end-others", { "sec-fetch-site": "cross-site" });
    expect(refused.status).toBe(403);
    expect(await signedOut(on.there)).toBe(false);
  });

  test("what is kept of a browser lies in no table in clear", async () => {
    await using on = await stage();
    const rows = await on.world.database.rows<{ payload_sealed: string }>("SELECT * FROM oidc WHERE model = 'Session'");
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toMatch(/Firefox|Chrome|127\.0\.0\.1/);
  });

  test("a browser that goes on to another site is still named as where it signed in", async () => {
    await using on = await stage();
    const movedOn = createVisitor(on.world.issuer, { "user-agent": CHROME, "cf-ipcountry": "DE" });
    await signIn(on.world, { visitor: movedOn });
    await movedOn.open(SESSIONS);
    const [sessions] = lists(await movedOn.open(SESSIONS));
    expect(sessions?.[0]).toMatch(/^Chrome 141, Android Signed in .* Germany, .* Led to: Book shop This browser/);
  });

  test("a session whose time is over is not listed, and where it was goes by itself", async () => {
    await using on = await stage();
    on.world.pass(3 * DAY);
    await atAccount(on.world, { visitor: on.here });
    expect(lists(await on.here.open(SESSIONS))[0]).toHaveLength(1);
    await on.world.sweep();
    expect(await on.world.database.rows("SELECT id FROM oidc WHERE model = 'Session'")).toHaveLength(1);
  });
});
