import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { order, PAYMENT, paid, TYPED } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import {
  ARCHIVE,
  ARCHIVE_API,
  BROKER,
  introspect,
  PURSE_API,
  PURSES,
  resourceServer,
  seenBy,
  WALLET,
  WITH_SERVERS,
} from "../support/resource-servers.ts";
import { ALICE, errorOf, passPages, signIn } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const CLIENTS = { clients: [...WITH_SERVERS, SHOP] };
const READ = { scope: "openid purses:read", resource: PURSES };

/** A request without `openid`, as OAuth alone knows it. */
async function authorize(
  world: World,
  entry: ClientEntry,
  parameters: Record<string, string> | [string, string][],
  visitor: Visitor = createVisitor(world.issuer),
) {
  const { config } = await createRelyingParty(world.issuer, entry);
  const verifier = oidc.randomPKCECodeVerifier();
  const state = oidc.randomState();
  const address = oidc.buildAuthorizationUrl(
    config,
    new URLSearchParams([
      ["redirect_uri", entry.redirect_uris[0] ?? ""],
      ["code_challenge", await oidc.calculatePKCECodeChallenge(verifier)],
      ["code_challenge_method", "S256"],
      ["state", state],
      ...(Array.isArray(parameters) ? parameters : Object.entries(parameters)),
    ]),
  );
  const back = await passPages(world, visitor, address.href);
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  return {
    back,
    visitor,
    config,
    tokens: (more: Record<string, string> = {}) => oidc.authorizationCodeGrant(config, new URL(back.url), checks, more),
  };
}

describe("RFC 8707 section 2: the parameter resource", () => {
  test("makes the token one for that resource alone: aud, the resource's scopes, ten minutes", async () => {
    await using world = await createWorld(CLIENTS);
    const { tokens } = await signIn(world, {
      client: WALLET,
      parameters: { ...READ, scope: "openid email purses:read" },
    });
    const { access_token: token, expires_in: lives, scope, claims } = await tokens();
    expect({ lives, scope }).toEqual({ lives: 600, scope: "purses:read" });
    expect(await seenBy(world, PURSE_API, token)).toMatchObject({ active: true, aud: PURSES, scope: "purses:read" });
    expect(claims()?.["acr"]).toBe("urn:e-num:acr:login");
  });

  test("is not for userinfo: the claims of scopes are in the ID token", async () => {
    await using world = await createWorld(CLIENTS);
    const signed = await signIn(world, { client: WALLET, parameters: { ...READ, scope: "openid email purses:read" } });
    const { access_token: token, claims } = await signed.tokens();
    expect(claims()).toMatchObject({ email: ALICE, email_verified: true });
    const answer = await fetch(`${world.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(403);
    expect(answer.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    const plain = await signIn(world, {
      client: WALLET,
      visitor: signed.visitor,
      parameters: { scope: "openid email" },
    });
    const { access_token: own } = await plain.tokens();
    const info = await fetch(`${world.issuer}/userinfo`, { headers: { authorization: `Bearer ${own}` } });
    expect(await info.json()).toMatchObject({ email: ALICE });
  });

  test("works without openid, which gives no ID token", async () => {
    await using world = await createWorld(CLIENTS);
    const { tokens } = await authorize(world, WALLET, { scope: "purses:read", resource: PURSES });
    const { access_token: token, id_token: idToken } = await tokens();
    expect(idToken).toBeUndefined();
    expect(await seenBy(world, PURSE_API, token)).toMatchObject({ active: true, aud: PURSES, scope: "purses:read" });
  });

  test("works in a pushed request", async () => {
    await using world = await createWorld(CLIENTS);
    const { config } = await createRelyingParty(world.issuer, WALLET);
    const ask = (resource: string) =>
      oidc.buildAuthorizationUrlWithPAR(config, {
        redirect_uri: WALLET.redirect_uris[0] ?? "",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256",
        scope: "purses:read",
        resource,
      });
    expect((await passPages(world, createVisitor(world.issuer), (await ask(PURSES)).href)).url).toContain("code=");
    await expect(ask("http://localhost:9/other")).rejects.toMatchObject({ error: "invalid_target" });
  });

  test.each([
    ["that is no absolute URI", "purses", "absolute URI"],
    ["with a fragment", `${PURSES}#a`, "fragment"],
    ["that nobody serves", "http://localhost:9/other", "may not ask for tokens"],
    ["that is the name of all operations, without one", "ISSUER/operations", "may not ask for tokens"],
  ])("%s is invalid_target", async (_name, resource, why) => {
    await using world = await createWorld(CLIENTS);
    const parameters = { ...READ, resource: resource.replace("ISSUER", world.issuer) };
    const { back } = await signIn(world, { client: WALLET, parameters });
    expect(errorOf(back)).toBe("invalid_target");
    expect(new URL(back.url).searchParams.get("error_description")).toContain(why);
  });

  test("a client cannot have a token for a resource that is not among its own", async () => {
    await using world = await createWorld(CLIENTS);
    const { back } = await signIn(world, { parameters: { scope: "openid", resource: PURSES } });
    expect(errorOf(back)).toBe("invalid_target");
  });

  test("a scope without its resource is invalid_target and says which to name, instead of a token that lacks it", async () => {
    await using world = await createWorld(CLIENTS);
    const { back } = await signIn(world, { client: WALLET, parameters: { scope: "openid purses:change" } });
    expect(errorOf(back)).toBe("invalid_target");
    expect(new URL(back.url).searchParams.get("error_description")).toContain(`resource=${PURSES}`);
  });

  test.each([
    ["that the resource does not know", "openid purses:burn"],
    ["that another resource knows", "openid purses:change", ARCHIVE],
  ])("a scope %s is invalid_scope", async (_name, scope, resource = PURSES) => {
    await using world = await createWorld(CLIENTS);
    const { back } = await signIn(world, { client: WALLET, parameters: { scope, resource } });
    expect(errorOf(back)).toBe("invalid_scope");
  });

  test("a scope that the site's entry does not list is invalid_scope", async () => {
    const modest = { ...WALLET, scope: "openid purses:read" };
    await using world = await createWorld({ clients: [PURSE_API, ARCHIVE_API, modest] });
    const { back } = await signIn(world, {
      client: modest,
      parameters: { scope: "openid purses:change", resource: PURSES },
    });
    expect(errorOf(back)).toBe("invalid_scope");
  });
});

describe("RFC 8707 section 2.2: several resources", () => {
  const BOTH: [string, string][] = [
    ["scope", "purses:read purses:change"],
    ["resource", PURSES],
    ["resource", ARCHIVE],
  ];

  test("one is named at the token endpoint, and the token has that one's scopes alone", async () => {
    await using world = await createWorld(CLIENTS);
    const { tokens } = await authorize(world, WALLET, BOTH);
    const { access_token: token, scope } = await tokens({ resource: ARCHIVE });
    expect(scope).toBe("purses:read");
    expect(await seenBy(world, ARCHIVE_API, token)).toMatchObject({ active: true, aud: ARCHIVE, scope: "purses:read" });
    expect(await seenBy(world, PURSE_API, token)).toEqual({ active: false });
  });

  test("none named, or one that was not asked for, is invalid_target", async () => {
    await using world = await createWorld(CLIENTS);
    const none = await authorize(world, WALLET, BOTH);
    await expect(none.tokens()).rejects.toMatchObject({ error: "invalid_target" });
    const other = await authorize(world, WALLET, { scope: "purses:read", resource: PURSES });
    await expect(other.tokens({ resource: ARCHIVE })).rejects.toMatchObject({ error: "invalid_target" });
  });

  test("a refresh token gives tokens for the same resource, with acr and auth_time of the sign-in", async () => {
    await using world = await createWorld(CLIENTS);
    const parameters = { ...READ, scope: "openid offline_access purses:read", prompt: "consent" };
    const { party, tokens } = await signIn(world, { client: WALLET, parameters });
    const { refresh_token: first = "", access_token: before } = await tokens();
    world.pass(3_600_000);
    const again = await oidc.refreshTokenGrant(party.config, first);
    const { acr, auth_time: at } = await seenBy(world, PURSE_API, again.access_token);
    expect(await seenBy(world, PURSE_API, again.access_token)).toMatchObject({ aud: PURSES, scope: "purses:read" });
    expect(acr).toBe("urn:e-num:acr:login");
    expect(Number(at)).toBeLessThan(world.now() / 1000 - 3500);
    expect(await seenBy(world, PURSE_API, before)).toEqual({ active: false });
    expect(await seenBy(world, PURSE_API, again.refresh_token ?? "")).toEqual({ active: false });
  });
});

describe("RFC 8707 and RFC 9396: the resource that spends an operation", () => {
  test("is the audience of its token, whose scope is empty and which names the confirmation as txn", async () => {
    await using world = await createWorld(CLIENTS);
    const visitor = createVisitor(world.issuer);
    const { page, finish } = await order(world, visitor, PAYMENT, { resource: PURSES }, WALLET);
    const number = await visitor.submit(page, "next", { identifier: ALICE });
    const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge, TYPED) });
    const { access_token: token, authorization_details: details } = await finish(back);
    const seen = await seenBy(world, PURSE_API, token);
    expect(seen).toEqual({
      active: true,
      iss: world.issuer,
      aud: PURSES,
      sub: expect.any(String),
      client_id: "wallet",
      token_type: "Bearer",
      acr: "urn:e-num:acr:operation",
      amr: ["otp", "mfa", "user"],
      auth_time: expect.any(Number),
      iat: expect.any(Number),
      exp: Number(seen["iat"]) + 600,
      authorization_details: details,
      txn: JSON.parse(JSON.stringify(details))[0].confirmation.id,
    });
    expect(await seenBy(world, ARCHIVE_API, token)).toEqual({ active: false });
  });

  test("without a resource it is for whoever serves the provider's own name for all operations, and for no other", async () => {
    const clients = [...WITH_SERVERS];
    await using world = await createWorld({ clients });
    const resource = `${world.issuer}/operations`;
    const spender = resourceServer({ client_id: "spender", client_name: "Spender", resource });
    clients.push(spender);
    await world.restart();
    const { tokens } = await paid(world, createVisitor(world.issuer), PAYMENT, WALLET);
    expect(await seenBy(world, spender, tokens.access_token)).toMatchObject({ active: true, aud: resource });
    expect(await seenBy(world, PURSE_API, tokens.access_token)).toEqual({ active: false });
  });

  test("cannot be given scopes with it", async () => {
    await using world = await createWorld(CLIENTS);
    for (const scope of ["openid purses:read", "purses:read"]) {
      const asked = order(world, createVisitor(world.issuer), PAYMENT, { resource: PURSES, scope }, WALLET);
      await expect(asked).rejects.toMatchObject({ error: "invalid_scope" });
    }
  });

  test("one that is not the client's is invalid_target", async () => {
    await using world = await createWorld(CLIENTS);
    const asked = order(world, createVisitor(world.issuer), PAYMENT, { resource: "http://localhost:9/other" }, WALLET);
    await expect(asked).rejects.toMatchObject({ error: "invalid_target" });
  });
});

describe("RFC 7662: who may look at a token", () => {
  test("its resource server and its client see the same; for everybody else it is not active", async () => {
    await using world = await createWorld(CLIENTS);
    const signed = await signIn(world, { client: BROKER, parameters: { ...READ, scope: "openid purses:read" } });
    const { access_token: token, claims } = await signed.tokens();
    const seen = await seenBy(world, PURSE_API, token);
    expect(seen).toEqual({
      active: true,
      iss: world.issuer,
      aud: PURSES,
      sub: claims()?.sub,
      client_id: "broker",
      scope: "purses:read",
      token_type: "Bearer",
      acr: "urn:e-num:acr:login",
      amr: ["otp", "mfa"],
      auth_time: claims()?.["auth_time"],
      iat: expect.any(Number),
      exp: Number(seen["iat"]) + 600,
    });
    expect(await seenBy(world, BROKER, token)).toEqual(seen);
    for (const other of [ARCHIVE_API, WALLET, SHOP])
      expect(await seenBy(world, other, token)).toEqual({ active: false });
  });

  test("a token for userinfo is none of a resource server's business", async () => {
    await using world = await createWorld(CLIENTS);
    const { tokens } = await signIn(world, { client: WALLET });
    const { access_token: token } = await tokens();
    expect(await seenBy(world, PURSE_API, token)).toEqual({ active: false });
    expect(await seenBy(world, WALLET, token)).toMatchObject({ active: true });
  });

  test("a token that was revoked, has expired or whose session ended is not active", async () => {
    await using world = await createWorld(CLIENTS);
    const { party, tokens, visitor } = await signIn(world, { client: WALLET, parameters: READ });
    const revoked = await tokens();
    await oidc.tokenRevocation(party.config, revoked.access_token);
    expect(await seenBy(world, PURSE_API, revoked.access_token)).toEqual({ active: false });
    const second = await (await signIn(world, { client: WALLET, visitor, parameters: READ })).tokens();
    expect(await seenBy(world, PURSE_API, second.access_token)).toMatchObject({ active: true });
    const leave = await visitor.open(`${world.issuer}/sign-out?id_token_hint=${second.id_token}`);
    await visitor.submit(leave, "yes");
    expect(await seenBy(world, PURSE_API, second.access_token)).toEqual({ active: false });
    const third = await (await signIn(world, { client: WALLET, parameters: READ })).tokens();
    world.pass(616_000);
    expect(await seenBy(world, PURSE_API, third.access_token)).toEqual({ active: false });
  });

  test("a resource server cannot revoke what it may look at", async () => {
    await using world = await createWorld(CLIENTS);
    const { tokens } = await signIn(world, { client: WALLET, parameters: READ });
    const { access_token: token } = await tokens();
    const credentials = Buffer.from(`${PURSE_API.client_id}:${PURSE_API.client_secret}`).toString("base64");
    const body = new URLSearchParams({ token });
    const headers = { authorization: `Basic ${credentials}` };
    await fetch(`${world.issuer}/revoke`, { method: "POST", headers, body });
    expect(await seenBy(world, PURSE_API, token)).toMatchObject({ active: true });
  });

  test("a resource server shows who it is: another secret is invalid_client", async () => {
    await using world = await createWorld(CLIENTS);
    const answer = await introspect(world, { ...PURSE_API, client_secret: "wrong" }, "token");
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ error: "invalid_client" });
  });

  test("a resource server gets no tokens of its own, and can send nobody here", async () => {
    await using world = await createWorld(CLIENTS);
    const credentials = Buffer.from(`${PURSE_API.client_id}:${PURSE_API.client_secret}`).toString("base64");
    const grants = {
      client_credentials: "unsupported_grant_type",
      authorization_code: "unauthorized_client",
      refresh_token: "unauthorized_client",
    };
    for (const [grant, error] of Object.entries(grants)) {
      const body = new URLSearchParams({ grant_type: grant });
      const headers = { authorization: `Basic ${credentials}` };
      const answer = await fetch(`${world.issuer}/token`, { method: "POST", headers, body });
      expect([answer.status, (await answer.json()).error]).toEqual([400, error]);
    }
    const query = "response_type=code&client_id=purse-api&redirect_uri=http://localhost:9/callback&scope=openid";
    const page = await createVisitor(world.issuer).open(`${world.issuer}/authorize?${query}`);
    expect({ status: page.status, url: page.url.startsWith(world.issuer) }).toEqual({ status: 400, url: true });
  });
});

describe("consent to a resource server's scopes", () => {
  test("is asked by the server's name and the operator's words, in the page's language, and kept for the next session", async () => {
    await using world = await createWorld(CLIENTS);
    const { party, attempt } = await begin(world, { ...READ, scope: "openid purses:read purses:change" });
    const visitor = createVisitor(world.issuer, { "accept-language": "ru" });
    const asked = await toConsent(world, visitor, attempt.address);
    expect(asked.text).toContain("«Purse API»");
    expect(asked.text).toContain("Видеть остаток ваших кошельков");
    expect(asked.text).toContain("Менять настройки ваших кошельков");
    const back = await visitor.submit(asked, "allow");
    const { access_token: token } = await attempt.finish(back.url);
    expect(await seenBy(world, PURSE_API, token)).toMatchObject({ scope: "purses:read purses:change" });
    const next = await party.begin({ ...READ, scope: "openid purses:read" });
    const later = createVisitor(world.issuer);
    const number = await later.submit(await later.open(next.address), "next", { identifier: ALICE });
    const home = await later.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    expect(home.url).toContain("code=");
  });

  test("of one server is none to another's scope of the same name", async () => {
    await using world = await createWorld(CLIENTS);
    const { visitor } = await signIn(world, { client: BROKER, parameters: READ });
    const { attempt } = await begin(world, { scope: "openid purses:read", resource: ARCHIVE });
    const asked = await visitor.open(attempt.address);
    expect(asked.text).toContain("Read old statements");
    expect(asked.text).not.toContain("See the balance");
    const other = await begin(world, { scope: "openid purses:read", resource: ARCHIVE });
    const fresh = createVisitor(world.issuer);
    expect((await toConsent(world, fresh, other.attempt.address)).text).toContain("Read old statements");
  });

  test("that is declined gives no token", async () => {
    await using world = await createWorld(CLIENTS);
    const { attempt } = await begin(world, READ);
    const visitor = createVisitor(world.issuer);
    const back = await visitor.submit(await toConsent(world, visitor, attempt.address), "decline");
    expect(errorOf(back)).toBe("access_denied");
  });

  test("is not asked for by the operator's own sites", async () => {
    await using world = await createWorld(CLIENTS);
    const { back } = await signIn(world, { client: WALLET, parameters: READ });
    const { visitor } = await signIn(world, { client: WALLET });
    const silent = await signIn(world, { client: WALLET, visitor, parameters: { ...READ, prompt: "none" } });
    expect([back.url, silent.back.url]).toEqual([expect.stringContaining("code="), expect.stringContaining("code=")]);
  });

  test("that is still lacking is consent_required to prompt=none", async () => {
    await using world = await createWorld(CLIENTS);
    const { visitor } = await signIn(world, { client: BROKER });
    const { back } = await signIn(world, { client: BROKER, visitor, parameters: { ...READ, prompt: "none" } });
    expect(errorOf(back)).toBe("consent_required");
  });

  async function begin(world: World, parameters: Record<string, string>) {
    const party = await createRelyingParty(world.issuer, BROKER);
    return { party, attempt: await party.begin(parameters) };
  }

  async function toConsent(world: World, visitor: Visitor, address: string) {
    const number = await visitor.submit(await visitor.open(address), "next", { identifier: ALICE });
    return visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
  }
});
