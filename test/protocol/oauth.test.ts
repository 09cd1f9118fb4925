import * as client from "openid-client";
import { describe, expect, test } from "vitest";
import { DAY, MINUTE, SECOND } from "../../src/clock.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, client as entry, LIBRARY, SHOP, type World } from "../support/world.ts";

const REDIRECT = SHOP.redirect_uris[0] ?? "";

function authorize(world: World, parameters: Record<string, string>) {
  const query = new URLSearchParams({
    client_id: "shop",
    response_type: "code",
    redirect_uri: REDIRECT,
    scope: "openid",
    ...parameters,
  });
  return createVisitor(world.issuer).open(`/authorize?${query}`);
}

const CHALLENGE = { code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" };

describe("RFC 6749: the authorization request", () => {
  test.each([
    ["an unknown client", { client_id: "nobody" }],
    ["a redirect address that is not registered", { redirect_uri: "http://localhost:9/shop/callback/more" }],
  ])("%s is shown to the person and never redirected", async (_name, parameters) => {
    await using world = await createWorld();
    const page = await authorize(world, { ...CHALLENGE, ...parameters });
    expect(page.status).toBe(400);
    expect(page.url).toContain(world.issuer);
    expect(page.html.querySelector("h1")).not.toBeNull();
  });

  test("a request may be posted (OpenID Connect Core 1.0, section 3.1.2.1)", async () => {
    await using world = await createWorld();
    const { address } = await (await createRelyingParty(world.issuer, SHOP)).begin({ state: "a+b &" });
    const form = new URL(address).searchParams.toString();
    const visitor = createVisitor(world.issuer);
    expect((await visitor.once("/authorize", form)).url).toBe(`${world.issuer}/authorize?${form}`);
    expect((await visitor.post("/authorize", form)).title).toContain("Book shop");
    for (const body of ["state=a b", "state=a\r\nb", "state=a#b", "state=\u0443"])
      expect((await visitor.post("/authorize", body)).status).toBe(400);
    expect((await visitor.post("/authorize", `state=${"a".repeat(8_000)}`)).status).toBe(413);
    expect((await visitor.post("/authorize", "{}", { "content-type": "application/json" })).status).toBe(400);
  });

  test("a code lives one minute", async () => {
    await using world = await createWorld();
    const { tokens } = await signIn(world);
    world.pass(MINUTE + 16 * SECOND);
    await expect(tokens()).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("another client cannot use a code", async () => {
    await using world = await createWorld();
    const { back } = await signIn(world);
    const code = new URL(back.url).searchParams.get("code") ?? "";
    const credentials = Buffer.from(`library:${LIBRARY.client_secret}`).toString("base64");
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: REDIRECT,
      code_verifier: "x".repeat(43),
    });
    const answer = await fetch(`${world.issuer}/token`, {
      method: "POST",
      body,
      headers: { authorization: `Basic ${credentials}` },
    });
    expect([answer.status, (await answer.json()).error]).toEqual([400, "invalid_grant"]);
  });

  test("a wrong client secret is invalid_client", async () => {
    await using world = await createWorld();
    const body = new URLSearchParams({ grant_type: "refresh_token", refresh_token: "x" });
    const headers = { authorization: `Basic ${Buffer.from("shop:wrong").toString("base64")}` };
    const answer = await fetch(`${world.issuer}/token`, { method: "POST", body, headers });
    expect([answer.status, (await answer.json()).error]).toEqual([401, "invalid_client"]);
  });
});

describe("RFC 6749, section 2.3.1: a client's password", () => {
  const odd = entry({ client_id: "odd", client_name: "Odd", client_secret: "odd+secret/with%41=that-is-long-enough" });
  const broken = entry({
    client_id: "broken",
    client_name: "Broken",
    client_secret: "100%-of-what-a-secret-may-be-made",
  });

  /** At an endpoint of oidc-provider's, and at one of ours: what a client that is known gets, or 401. */
  const statuses = async (world: World, credentials: string) => {
    const headers = { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
    const post = (path: string, fields: Record<string, string>) =>
      fetch(`${world.issuer}${path}`, { method: "POST", body: new URLSearchParams(fields), headers });
    const answers = [
      await post("/revoke", { token: "x" }),
      await post("/confirmations/receipt", { operation_id: "x" }),
    ];
    return answers.map(({ status }) => status);
  };

  test("is taken form-encoded, and as it stands, as many libraries send it", async () => {
    await using world = await createWorld({ clients: [odd] });
    const secret = odd.client_secret ?? "";
    expect(await statuses(world, `odd:${encodeURIComponent(secret)}`)).toEqual([200, 404]);
    expect(await statuses(world, `odd:${secret}`)).toEqual([200, 404]);
  });

  test("is refused when it is another, and where it cannot be decoded an empty one is not it", async () => {
    await using world = await createWorld({ clients: [odd, broken] });
    expect(await statuses(world, "odd:odd+secret/withA=that-is-long-enougH")).toEqual([401, 401]);
    expect(await statuses(world, `broken:${encodeURIComponent(broken.client_secret ?? "")}`)).toEqual([200, 404]);
    expect((await statuses(world, "broken:")).every((status) => status >= 400 && status !== 404)).toBe(true);
  });
});

describe("RFC 7636: PKCE", () => {
  test("a request without a code challenge, or with plain, is invalid_request", async () => {
    await using world = await createWorld();
    expect(errorOf(await authorize(world, {}))).toBe("invalid_request");
    expect(errorOf(await authorize(world, { ...CHALLENGE, code_challenge_method: "plain" }))).toBe("invalid_request");
  });

  test("a client for which the operator has relaxed it needs a nonce instead", async () => {
    const old = entry({ client_id: "old", client_name: "Old site", first_party: true, require_pkce: false });
    await using world = await createWorld({ clients: [old] });
    const ask = (more: object) =>
      authorize(world, { client_id: "old", redirect_uri: old.redirect_uris[0] ?? "", ...more });
    expect(errorOf(await ask({}))).toBe("invalid_request");
    expect((await ask({ nonce: "n" })).html.querySelector("input[name=identifier]")).not.toBeNull();
  });

  test("a wrong verifier is invalid_grant", async () => {
    await using world = await createWorld();
    const { back, party } = await signIn(world);
    const expectedState = new URL(back.url).searchParams.get("state") ?? "";
    const checks = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState };
    await expect(client.authorizationCodeGrant(party.config, new URL(back.url), checks)).rejects.toMatchObject({
      error: "invalid_grant",
    });
  });
});

describe("RFC 9207: the issuer in the response", () => {
  test("code and error both come with iss", async () => {
    await using world = await createWorld();
    const { back } = await signIn(world);
    expect(new URL(back.url).searchParams.get("iss")).toBe(world.issuer);
    const refused = await authorize(world, { ...CHALLENGE, prompt: "none" });
    expect(new URL(refused.url).searchParams.get("iss")).toBe(world.issuer);
  });
});

describe("RFC 9700 4.14: refresh tokens", () => {
  const refreshable = async (world: World) =>
    signIn(world, { parameters: { scope: "openid offline_access", prompt: "consent" } });

  test("each use gives a new one, with the same auth_time and acr", async () => {
    await using world = await createWorld();
    const { tokens, party } = await refreshable(world);
    const first = await tokens();
    world.pass(DAY);
    const second = await client.refreshTokenGrant(party.config, first.refresh_token ?? "");
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const facts = (answer: typeof first) => [answer.claims()?.["auth_time"], answer.claims()?.["acr"]];
    expect(facts(second)).toEqual(facts(first));
  });

  test("the second use of one ends the whole family, and is an event", async () => {
    await using world = await createWorld();
    const { tokens, party } = await refreshable(world);
    const first = await tokens();
    const second = await client.refreshTokenGrant(party.config, first.refresh_token ?? "");
    await expect(client.refreshTokenGrant(party.config, first.refresh_token ?? "")).rejects.toMatchObject({
      error: "invalid_grant",
    });
    await expect(client.refreshTokenGrant(party.config, second.refresh_token ?? "")).rejects.toMatchObject({
      error: "invalid_grant",
    });
    // Appended when the engine has told of it, which is beside the answer.
    const events = () => world.database.rows("SELECT detail FROM event WHERE type = 'token.reused'");
    await expect.poll(events).toEqual([{ detail: JSON.stringify({ kind: "refresh-token" }) }]);
  });

  test("a family that is used goes on for a year, and then the person signs in again", async () => {
    await using world = await createWorld();
    const { tokens, party } = await refreshable(world);
    let token = (await tokens()).refresh_token ?? "";
    for (let days = 0; days < 364; days += 26) {
      world.pass(26 * DAY);
      await world.sweep();
      token = (await client.refreshTokenGrant(party.config, token)).refresh_token ?? token;
    }
    // The last of them, two days old.
    world.pass(2 * DAY);
    await expect(client.refreshTokenGrant(party.config, token)).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("without offline_access there is none", async () => {
    await using world = await createWorld();
    expect((await (await signIn(world)).tokens()).refresh_token).toBeUndefined();
  });
});

describe("RFC 7662 and RFC 7009: introspection and revocation", () => {
  test("a site sees its own token with acr, amr and auth_time (RFC 9470 section 6.2), and another's as inactive", async () => {
    await using world = await createWorld();
    const { tokens, party } = await signIn(world);
    const { access_token: token } = await tokens();
    expect(await client.tokenIntrospection(party.config, token)).toMatchObject({
      active: true,
      client_id: "shop",
      acr: "urn:e-num:acr:login",
      amr: ["otp", "mfa"],
      auth_time: expect.any(Number),
    });
    const library = await createRelyingParty(world.issuer, LIBRARY);
    expect(await client.tokenIntrospection(library.config, token)).toEqual({ active: false });
  });

  test("a revoked token is inactive, and userinfo refuses it", async () => {
    await using world = await createWorld();
    const { tokens, party } = await signIn(world);
    const answer = await tokens();
    await client.tokenRevocation(party.config, answer.access_token);
    expect(await client.tokenIntrospection(party.config, answer.access_token)).toEqual({ active: false });
    await expect(client.fetchUserInfo(party.config, answer.access_token, client.skipSubjectCheck)).rejects.toThrow();
  });

  test("an access token lives ten minutes", async () => {
    await using world = await createWorld();
    const { tokens, party } = await signIn(world);
    const answer = await tokens();
    expect(answer.expires_in).toBe(600);
    world.pass(10 * MINUTE + 16 * SECOND);
    expect(await client.tokenIntrospection(party.config, answer.access_token)).toEqual({ active: false });
  });
});

describe("RFC 8414: discovery", () => {
  test("names the endpoints by the issuer, and PKCE S256 alone", async () => {
    await using world = await createWorld();
    const metadata = await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({
      issuer: world.issuer,
      authorization_endpoint: `${world.issuer}/authorize`,
      token_endpoint: `${world.issuer}/token`,
      pushed_authorization_request_endpoint: `${world.issuer}/par`,
      end_session_endpoint: `${world.issuer}/sign-out`,
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      response_types_supported: ["code"],
      backchannel_logout_supported: true,
    });
    expect(metadata.scopes_supported).toEqual(["openid", "email", "phone", "profile", "wmid", "offline_access"]);
  });

  test("a forged Host header is refused before oidc-provider builds addresses from it", async () => {
    await using world = await createWorld();
    const { request } = await import("node:http");
    const status = await new Promise<number | undefined>((done) => {
      const { port } = new URL(world.issuer);
      const headers = { host: "evil.example" };
      request({ port, host: "127.0.0.1", path: "/.well-known/openid-configuration", headers }, (answer) => {
        answer.resume();
        done(answer.statusCode);
      }).end();
    });
    expect(status).toBe(421);
  });

  test("the published keys are public, one for each algorithm", async () => {
    await using world = await createWorld();
    const { keys } = await (await fetch(`${world.issuer}/jwks`)).json();
    expect(keys.map(({ alg }: { alg: string }) => alg).sort()).toEqual(["ES256", "EdDSA", "RS256"]);
    for (const key of keys) expect(key).not.toHaveProperty("d");
  });
});

describe("public clients", () => {
  test("a client without a secret signs in with PKCE, and may call from its own origin", async () => {
    const spa = entry({
      client_id: "spa",
      client_name: "Page",
      first_party: true,
      token_endpoint_auth_method: "none",
      redirect_uris: ["http://localhost:9/callback"],
    });
    const { client_secret: _, ...secretless } = spa;
    await using world = await createWorld({ clients: [secretless] });
    const { tokens } = await signIn(world, { client: secretless });
    const { access_token: token } = await tokens();
    const ask = async (origin: string) =>
      (await fetch(`${world.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}`, origin } })).headers.get(
        "access-control-allow-origin",
      );
    expect(await ask("http://localhost:9")).toBe("http://localhost:9");
    expect(await ask("https://evil.example")).toBeNull();
  });
});
