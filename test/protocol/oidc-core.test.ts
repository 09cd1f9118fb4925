import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { fetchUserInfo } from "openid-client";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, SHOP } from "../support/world.ts";

describe("OpenID Connect Core 3.1.2.1: prompt and max_age", () => {
  test("prompt=none without a session is login_required, and with one gives a code", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const parameters = { prompt: "none" };
    expect(errorOf((await signIn(world, { visitor, parameters })).back)).toBe("login_required");
    await signIn(world, { visitor });
    expect((await signIn(world, { visitor, parameters })).back.url).toContain("code=");
  });

  test("prompt=login asks for a new challenge, and auth_time is its time", async () => {
    await using world = await createWorld();
    const { visitor, tokens } = await signIn(world);
    const before = Number((await tokens()).claims()?.["auth_time"]);
    world.pass(2 * MINUTE);
    const again = await signIn(world, { visitor, parameters: { prompt: "login" } });
    expect(Number((await again.tokens()).claims()?.["auth_time"])).toBeGreaterThanOrEqual(before + 120);
    expect(await world.database.rows("SELECT id FROM challenge WHERE status = 'answered'")).toHaveLength(2);
  });

  test("max_age asks again only when the sign-in is older than it", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const challenges = async () => (await world.database.rows("SELECT id FROM challenge")).length;
    world.pass(5 * MINUTE);
    expect((await signIn(world, { visitor, parameters: { max_age: "600" } })).back.url).toContain("code=");
    expect(await challenges()).toBe(1);
    expect((await signIn(world, { visitor, parameters: { max_age: "60" } })).back.url).toContain("code=");
    expect(await challenges()).toBe(2);
  });

  test("who is signed in and is asked again finds the own e-mail typed already, unless the site names another", async () => {
    await using world = await createWorld();
    const { visitor, party, tokens } = await signIn(world);
    const sub = (await tokens()).claims()?.sub ?? "";
    const typed = async (parameters: Record<string, string>) => {
      const page = await visitor.open((await party.begin({ prompt: "login", ...parameters })).address);
      return page.html.querySelector("input[name=identifier]")?.getAttribute("value");
    };
    expect(await typed({})).toBe(ALICE);
    expect(await typed({ login_hint: "carol@example.com" })).toBe("carol@example.com");
    expect(await typed({ login_hint: sub })).toBe(ALICE);
    // Of another account, for which a response of this one would be refused.
    expect(await typed({ login_hint: "another-sub" })).toBe("");
    expect(await typed({ claims: JSON.stringify({ id_token: { sub: { value: "another-sub" } } }) })).toBe("");
  });

  test("a session that is used ends a day after its last response", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const begun = Date.now();
    const silently = async () =>
      errorOf((await signIn(world, { visitor, parameters: { prompt: "none" } })).back) ?? "signed in";
    for (const hours of [11, 22]) {
      world.pass(begun + hours * HOUR - Date.now());
      expect(await silently()).toBe("signed in");
    }
    world.pass(begun + 24 * HOUR - 30 * SECOND - Date.now());
    expect(await silently()).toBe("signed in");
    // oidc-provider allows clocks that differ by fifteen seconds.
    world.pass(begun + 24 * HOUR + 16 * SECOND - Date.now());
    expect(await silently()).toBe("login_required");
  });

  test("a session ends after twelve hours without use", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    world.pass(12 * HOUR + MINUTE);
    expect(errorOf((await signIn(world, { visitor, parameters: { prompt: "none" } })).back)).toBe("login_required");
  });

  test("prompt=consent and offline_access give a refresh token", async () => {
    await using world = await createWorld();
    const { tokens } = await signIn(world, { parameters: { scope: "openid offline_access", prompt: "consent" } });
    expect((await tokens()).refresh_token).toBeDefined();
  });
});

describe("OpenID Connect Core 3.1.2.1: hints", () => {
  test("login_hint is filled into the identifier's field", async () => {
    await using world = await createWorld();
    const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin({ login_hint: ALICE });
    const page = await createVisitor(world.issuer).open(attempt.address);
    expect(page.html.querySelector("input[name=identifier]")?.getAttribute("value")).toBe(ALICE);
  });

  test("an id_token_hint pins the person: another account that signs in is login_required", async () => {
    await using world = await createWorld();
    const first = await signIn(world);
    const hint = (await first.tokens()).id_token ?? "";
    const sub = (
      await (await signIn(world, { visitor: first.visitor, parameters: { id_token_hint: hint } })).tokens()
    ).claims()?.sub;
    expect(sub).toBe(
      (await world.database.first<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]))?.id,
    );
    await world.database.rows("UPDATE device SET status = 'active' WHERE status = 'locked'");
    const visitor = createVisitor(world.issuer);
    const attempt = await first.party.begin({ id_token_hint: hint });
    const number = await visitor.submit(await visitor.open(attempt.address), "next", {
      identifier: "bob@example.com",
    });
    const back = await visitor.submit(number, "next", { response: world.answer("bob@example.com", number.challenge) });
    expect(errorOf(back)).toBe("login_required");
  });

  test.each(["the claims parameter", "login_hint"])("a sub given by %s pins the person as well", async (by) => {
    await using world = await createWorld();
    const sub = (await (await signIn(world)).tokens()).claims()?.sub ?? "";
    const pin = (value: string) =>
      by === "login_hint" ? { login_hint: value } : { claims: JSON.stringify({ id_token: { sub: { value } } }) };
    expect((await signIn(world, { parameters: { ...pin(sub) } })).back.url).toContain("code=");
    expect(errorOf((await signIn(world, { parameters: pin("somebody-else") })).back)).toBe("login_required");
  });

  test("ui_locales chooses the language of the pages", async () => {
    await using world = await createWorld();
    const attempt = await (await createRelyingParty(world.issuer, SHOP)).begin({ ui_locales: "ru en" });
    const page = await createVisitor(world.issuer).open(attempt.address);
    expect(page.html.querySelector("html")?.getAttribute("lang")).toBe("ru");
    expect(page.headers["content-language"]).toBe("ru");
  });
});

describe("OpenID Connect Core 2: the ID token", () => {
  test.each(["ES256", "EdDSA", "RS256"] as const)("is signed with %s where the client wishes it", async (alg) => {
    const wishing = client({
      client_id: "site",
      client_name: "Site",
      first_party: true,
      id_token_signed_response_alg: alg,
    });
    await using world = await createWorld({ clients: [wishing] });
    const { tokens } = await signIn(world, { client: wishing });
    const [header = ""] = ((await tokens()).id_token ?? "").split(".");
    expect(JSON.parse(Buffer.from(header, "base64url").toString())).toMatchObject({ alg });
  });

  test("has acr, amr and auth_time without being asked for", async () => {
    await using world = await createWorld();
    const claims = (await (await signIn(world)).tokens()).claims();
    expect(claims).toMatchObject({ acr: "urn:e-num:acr:login", amr: ["otp", "mfa"] });
    expect(Math.abs(Number(claims?.["auth_time"]) - world.now() / 1000)).toBeLessThan(10);
  });
});

describe("OpenID Connect Core 8.1: pairwise subjects", () => {
  test("two sectors see two subjects, and one site the same at each sign-in", async () => {
    const other = client({
      client_id: "museum",
      client_name: "Museum",
      subject_type: "pairwise",
      redirect_uris: ["http://127.0.0.1:9/callback"],
    });
    await using world = await createWorld({ clients: [SHOP, LIBRARY, other] });
    const subOf = async (entry: typeof SHOP) => (await (await signIn(world, { client: entry })).tokens()).claims()?.sub;
    const library = await subOf(LIBRARY);
    expect(await subOf(LIBRARY)).toBe(library);
    expect(new Set([library, await subOf(other), await subOf(SHOP)]).size).toBe(3);
  });
});

describe("OpenID Connect Core 5: claims", () => {
  test("userinfo is signed for a site that is registered for it, by an algorithm that discovery lists (section 5.3.2)", async () => {
    const algorithms = ["ES256", "EdDSA", "RS256"] as const;
    const sites = algorithms.map((alg) => client({ ...SHOP, client_id: alg, userinfo_signed_response_alg: alg }));
    await using world = await createWorld({ clients: sites });
    const discovered = await fetch(`${world.issuer}/.well-known/openid-configuration`);
    expect(await discovered.json()).toMatchObject({ userinfo_signing_alg_values_supported: algorithms });
    const keys = createRemoteJWKSet(new URL(`${world.issuer}/jwks`));
    const visitor = createVisitor(world.issuer);
    for (const site of sites) {
      const { tokens } = await signIn(world, { visitor, client: site, parameters: { scope: "openid email" } });
      const { access_token: token, ...answered } = await tokens();
      const answer = await fetch(`${world.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.headers.get("content-type")).toMatch(/^application\/jwt/);
      const expected = { issuer: world.issuer, audience: site.client_id, algorithms: [site.client_id] };
      const { payload } = await jwtVerify(await answer.text(), keys, expected);
      expect(payload).toMatchObject({ email: ALICE, email_verified: true });
      expect(payload.sub).toBe(decodeJwt(answered.id_token ?? "").sub);
    }
  });

  test("scopes release their claims at userinfo, and nothing more", async () => {
    await using world = await createWorld();
    const read = async (scope: string) => {
      const { tokens, party } = await signIn(world, { parameters: { scope } });
      const answer = await tokens();
      return fetchUserInfo(party.config, answer.access_token, answer.claims()?.sub ?? "");
    };
    expect(await read("openid")).toEqual({ sub: expect.any(String) });
    expect(await read("openid email phone profile wmid")).toEqual({
      sub: expect.any(String),
      email: ALICE,
      email_verified: true,
      phone_number: "+15555550101",
      phone_number_verified: true,
      locale: "en",
      updated_at: expect.any(Number),
      wmid: "301234567890",
    });
  });

  test("of several WMIDs a site sees the one that the person chooses, and is not asked again", async () => {
    await using world = await createWorld();
    await world.database.rows(
      "INSERT INTO account_wmid (wmid, account_id, created_at) SELECT '309999999999', id, 0 FROM account WHERE email = ?",
      [ALICE],
    );
    const scope = { scope: "openid wmid" };
    const first = await signIn(world, { parameters: scope, wmid: "309999999999" });
    const answer = await first.tokens();
    const read = (tokens: typeof answer) =>
      fetchUserInfo(first.party.config, tokens.access_token, tokens.claims()?.sub ?? "");
    expect((await read(answer))["wmid"]).toBe("309999999999");
    const again = await signIn(world, { parameters: { ...scope, prompt: "none" }, visitor: first.visitor });
    expect((await read(await again.tokens()))["wmid"]).toBe("309999999999");
    const hinted = await signIn(world, { parameters: { ...scope, login_hint: "301234567890" } });
    expect((await read(await hinted.tokens()))["wmid"]).toBe("301234567890");
  });
});

describe("OpenID Connect Core 5.5: the parameter claims", () => {
  const asked = (claims: object) => ({ scope: "openid", claims: JSON.stringify(claims) });

  test("brings no claim of a scope that the client's entry does not list, in a first-party site's request either", async () => {
    const shop = client({ ...SHOP, scope: "openid email" });
    await using world = await createWorld({ clients: [shop] });
    const { visitor, party } = await signIn(world, { client: shop });
    const answer = async (claims: object) =>
      errorOf(await visitor.open((await party.begin({ ...asked(claims), prompt: "none" })).address));
    expect(await answer({ userinfo: { phone_number: null } })).toBe("invalid_scope");
    expect(await answer({ id_token: { wmid: { essential: true } } })).toBe("invalid_scope");
    expect(await answer({ userinfo: { email: null }, id_token: { auth_time: null } })).toBe(null);
    for (const member of [1, "x", true, []])
      expect(await answer({ userinfo: { email: member } })).toBe("invalid_request");
  });
});

describe("OpenID Connect Core 3.1.2.4: consent", () => {
  test("a site of somebody else's asks once, keeps auth_time, and is not asked about again", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const parameters = { scope: "openid email" };
    const attempt = await (await createRelyingParty(world.issuer, LIBRARY)).begin(parameters);
    const identifier = await visitor.open(attempt.address);
    const number = await visitor.submit(identifier, "next", { identifier: ALICE });
    const consent = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    expect(consent.text).toContain("City library");
    expect(consent.text).toContain(ALICE);
    const answered = Math.floor(world.now() / 1000);
    world.pass(2 * MINUTE);
    const back = await visitor.submit(consent, "allow");
    expect(Number((await attempt.finish(back.url)).claims()?.["auth_time"])).toBeLessThanOrEqual(answered);
    expect(
      (await signIn(world, { client: LIBRARY, visitor, parameters: { ...parameters, prompt: "none" } })).back.url,
    ).toContain("code=");
  });

  test("after a sign-out the same site is not asked about again, unless it asks for more or wishes it", async () => {
    await using world = await createWorld();
    const first = await signIn(world, { client: LIBRARY, parameters: { scope: "openid email" } });
    await first.visitor.submit(await first.visitor.open("/sign-out"), "yes");
    const consents = async (parameters: Record<string, string>) => {
      const before = await world.database.rows("SELECT id FROM event WHERE type = 'consent.given'");
      expect((await signIn(world, { client: LIBRARY, parameters })).back.url).toContain("code=");
      return (await world.database.rows("SELECT id FROM event WHERE type = 'consent.given'")).length - before.length;
    };
    expect(await consents({ scope: "openid email" })).toBe(0);
    expect(await consents({ scope: "openid email phone" })).toBe(1);
    expect(await consents({ scope: "openid email", prompt: "consent" })).toBe(1);
  });

  test("who says no is sent back with access_denied, and the site gets nothing", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    const attempt = await (await createRelyingParty(world.issuer, LIBRARY)).begin({ scope: "openid email" });
    const number = await visitor.submit(await visitor.open(attempt.address), "next", { identifier: ALICE });
    const consent = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    expect(errorOf(await visitor.submit(consent, "decline"))).toBe("access_denied");
  });
});

describe("Initiating User Registration 1.0", () => {
  test("discovery lists the prompt value create", async () => {
    await using world = await createWorld();
    const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata.prompt_values_supported).toEqual(["none", "login", "consent", "create"]);
    expect(metadata.acr_values_supported).toEqual([
      "urn:e-num:acr:sms",
      "urn:e-num:acr:login",
      "urn:e-num:acr:passkey",
      "urn:e-num:acr:operation",
    ]);
    expect(metadata.ui_locales_supported).toEqual(["en", "ru"]);
  });
});
