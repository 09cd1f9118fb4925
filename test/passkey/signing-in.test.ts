import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import { unknownBrowsersCounter } from "../../src/limits/limits.ts";
import { atAccount, eventsOf, press, scan } from "../account/support.ts";
import { createAuthenticator, type Misdeeds } from "../support/authenticator.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createWorld } from "../support/world.ts";
import { added, aliceAt, allowed, atSignIn, give, optionsOf, PASSKEYS, signedInBy } from "./support.ts";

const PASSKEY = "urn:e-num:acr:passkey";
const LOGIN = "urn:e-num:acr:login";

describe("a sign-in by a passkey", () => {
  test("needs no name: the site gets a code, and its tokens say how sure it is", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const { page, attempt } = await signedInBy(world, authenticator);
    const { id_token: token = "" } = await attempt.finish(page.url);
    expect(decodeJwt(token)).toMatchObject({ acr: PASSKEY, amr: ["pop", "user"] });
    const [passkey] = await world.database.rows<{ id: string; used_at: number }>("SELECT id, used_at FROM passkey");
    expect(await eventsOf(world, "login.accepted")).toContainEqual({
      clientId: "shop",
      by: "passkey",
      passkey: passkey?.id,
    });
    expect(passkey?.used_at).toBeGreaterThan(0);
  });

  test.each([
    [LOGIN, LOGIN],
    ["urn:e-num:acr:sms", "urn:e-num:acr:sms"],
    [PASSKEY, PASSKEY],
    [`${LOGIN} ${PASSKEY}`, PASSKEY],
  ])("where a site asks for %s, its token says %s", async (asked, said) => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const { visitor, page, attempt } = await atSignIn(world, { parameters: { acr_values: asked } });
    const back = await give(visitor, page, authenticator.use(optionsOf(page)));
    const { id_token: token = "" } = await attempt.finish(back.url);
    expect(decodeJwt(token)["acr"]).toBe(said);
  });

  test("is not met by a response, where a site asks for it alone; the page says so", async () => {
    await using world = await createWorld();
    const { page } = await atSignIn(world, { parameters: { acr_values: PASSKEY } });
    expect(page.text).toContain("This site asks for a passkey");
    const { back } = await signIn(world, { parameters: { acr_values: PASSKEY } });
    expect(errorOf(back)).toBe("unmet_authentication_requirements");
  });

  test("shows the account's pages, as a response does", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const { visitor } = await signedInBy(world, authenticator);
    expect((await visitor.open("/account")).text).toContain("alice@example.com");
  });

  test("never confirms an operation: the phone is asked all the same", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const { visitor } = await signedInBy(world, authenticator);
    await press(visitor, "on no-sms");
    const page = await press(visitor, "off no-sms");
    expect(page.challenge).toMatch(/^\d{8}$/);
    expect((await scan(world, visitor, page)).text).toContain("It is switched off");
  });

  test("is not enough where the owner wants a response at each sign-in to the site: the check number follows", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { authenticator } = await added(world, alice);
    await signIn(world, { visitor: alice.visitor });
    await press(alice.visitor, "on login shop");
    const { visitor, page } = await signedInBy(world, authenticator);
    expect(page.challenge).toMatch(/^\d{8}$/);
    expect((await visitor.open("/account")).text).not.toContain("alice@example.com");
  });

  test("works where new browsers are closed out, since nothing can be guessed by it", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const [alice] = await world.database.rows<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
    await world.database.run(
      `INSERT INTO counter (id, failures, total, locks, locked_until, admitted_until, updated_at) VALUES (?, 0, 100, 20, 0, 0, ?)
       ON CONFLICT (id) DO UPDATE SET total = 100`,
      [unknownBrowsersCounter(alice?.id ?? ""), world.now()],
    );
    const stranger = await atSignIn(world);
    const closed = await stranger.visitor.submit(stranger.page, "next", { identifier: ALICE });
    expect(closed.text).toContain("New browsers are closed out");
    const { page } = await signedInBy(world, authenticator);
    expect(page.url).toContain("code=");
  });

  test("is refused to another account than the one that the site has pinned", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const [bob] = await world.database.rows<{ id: string }>("SELECT id FROM account WHERE email = ?", [
      "bob@example.com",
    ]);
    const claims = JSON.stringify({ id_token: { sub: { value: bob?.id } } });
    const { visitor, page } = await atSignIn(world, { parameters: { claims } });
    expect(errorOf(await give(visitor, page, authenticator.use(optionsOf(page))))).toBe("login_required");
  });
});

describe("nobody is signed in", () => {
  const wrong: readonly (readonly [string, Misdeeds])[] = [
    ["by a page of another origin", { origin: "https://e-num.example" }],
    ["by the same host at another port", { origin: "http://localhost:1" }],
    ["by an authenticator that takes us for another party", { rpId: "e-num.example" }],
    ["without the person's finger, face or PIN", { unverified: true }],
    ["by another key under the same name", { forged: true }],
    ["under another account's handle", { userHandle: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
  ];
  test.each(wrong)("%s", async (_how, misdeeds) => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const { visitor, page } = await signedInBy(world, authenticator, misdeeds);
    expect([page.status, page.alert]).toEqual([422, expect.stringContaining("That passkey was not accepted")]);
    expect(await eventsOf(world, "passkey.refused")).toMatchObject([{ reason: "unproven" }]);
    // The page that says so asks anew, and the right answer is taken there.
    expect((await give(visitor, page, authenticator.use(optionsOf(page)))).url).toContain("code=");
  });

  test("by a passkey that nobody has, with the same words", async () => {
    await using world = await createWorld();
    const stranger = createAuthenticator(world.issuer);
    stranger.make(JSON.stringify({ challenge: "x", rp: { id: "localhost" }, user: { id: "A".repeat(43) } }));
    const { page } = await signedInBy(world, stranger);
    expect([page.status, page.alert]).toEqual([422, expect.stringContaining("That passkey was not accepted")]);
  });

  test.each(["", "{}", "x", '{"id":"AA","rawId":"AA","type":"public-key","response":{}}'])(
    "by what is no passkey: %j",
    async (credential) => {
      await using world = await createWorld();
      const { visitor, page } = await atSignIn(world);
      const answer = await give(visitor, page, credential);
      expect([answer.status, answer.alert]).toEqual([422, expect.stringContaining("That passkey was not accepted")]);
    },
  );

  test("by an answer that was used before, here or at another visit", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const first = await atSignIn(world);
    const answer = authenticator.use(optionsOf(first.page), { origin: "https://e-num.example" });
    await give(first.visitor, first.page, answer);
    const again = await give(first.visitor, first.page, answer);
    expect(again.alert).toContain("That took too long");
    const other = await atSignIn(world);
    const foreign = authenticator.use(optionsOf(first.page), {});
    expect((await give(other.visitor, other.page, foreign)).alert).toContain("That took too long");
  });

  test("by an answer to a page that is older than ten minutes", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const { visitor, page } = await atSignIn(world);
    world.pass(10 * MINUTE);
    const late = await give(visitor, page, authenticator.use(optionsOf(page)));
    expect(late.alert).toContain("That took too long");
    expect((await give(visitor, late, authenticator.use(optionsOf(late)))).url).toContain("code=");
  });

  test("by a copy of a key that has gone on without it", async () => {
    await using world = await createWorld();
    const { authenticator } = await added(world, await aliceAt(world));
    const copy = authenticator.copy();
    expect((await signedInBy(world, authenticator)).page.url).toContain("code=");
    const { page } = await signedInBy(world, copy);
    expect(page.alert).toContain("That passkey was not accepted");
    expect(await eventsOf(world, "passkey.refused")).toMatchObject([{ reason: "counter" }]);
  });

  test("by a key that counted once and says 0 now; one that never counts is taken each time", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { authenticator } = await added(world, alice);
    const { page } = await signedInBy(world, authenticator, { counter: 0 });
    expect(page.alert).toContain("That passkey was not accepted");
    const uncounted = createAuthenticator(world.issuer);
    const asking = await allowed(world, alice.visitor, alice.phone);
    await give(alice.visitor, asking, uncounted.make(optionsOf(asking), { counter: 0 }));
    for (let use = 0; use < 2; use += 1)
      expect((await signedInBy(world, uncounted, { counter: 0 })).page.url).toContain("code=");
  });

  test("after sixty wrong ones from one address, until an hour has gone", async () => {
    await using world = await createWorld();
    const { visitor, page } = await atSignIn(world);
    for (let wrong = 0; wrong < 60; wrong += 1) expect((await give(visitor, page, "x")).status).toBe(422);
    const { status, alert } = await give(visitor, page, "x");
    expect([status, alert]).toEqual([429, expect.stringContaining("Too many passkeys")]);
  });

  test("by one that was removed, and those who were signed in by it are so no more", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { authenticator } = await added(world, alice);
    const { visitor } = await signedInBy(world, authenticator);
    const [row] = await world.database.rows<{ id: string }>("SELECT id FROM passkey");
    await alice.visitor.submit(await alice.visitor.open(`${PASSKEYS}/${row?.id}/remove`), "remove");
    expect((await visitor.open("/account")).text).not.toContain("alice@example.com");
    expect((await alice.visitor.open("/account")).text).toContain("alice@example.com");
    expect((await signedInBy(world, authenticator)).page.alert).toContain("That passkey was not accepted");
    const { page: elsewhere } = await atAccount(world);
    expect(elsewhere.text).toContain("alice@example.com");
  });
});
