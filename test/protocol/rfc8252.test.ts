import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, errorOf, passPages, signIn } from "../support/sign-in.ts";
import { createVisitor, type Page } from "../support/visitor.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const { client_secret: _, ...SECRETLESS } = SHOP;
/** An app as people install it: one entry for every copy of it, and nothing in it that is secret. */
const APP: ClientEntry = {
  ...SECRETLESS,
  client_id: "app",
  client_name: "Keeper",
  application_type: "native",
  token_endpoint_auth_method: "none",
  redirect_uris: [
    "http://127.0.0.1/callback",
    "http://[::1]/callback",
    "com.example.keeper:/callback",
    "https://keeper.example.com/callback",
  ],
  post_logout_redirect_uris: ["http://127.0.0.1/", "com.example.keeper:/out"],
};
const CLIENTS = { clients: [APP] };
const asksConsent = (page: Page) => page.html.querySelector('button[value="allow"]') !== null;

/** Where the person ends who signs in for this redirect address. */
async function back(world: World, redirectUri: string, more: Record<string, string> = {}) {
  return signIn(world, { client: APP, parameters: { redirect_uri: redirectUri, ...more } });
}

describe("section 6: PKCE", () => {
  test.each([
    ["none", { code_challenge: "", code_challenge_method: "" }],
    ["plain", { code_challenge: "x".repeat(43), code_challenge_method: "plain" }],
  ])("%s is refused, whatever else the request has", async (_name, more) => {
    await using world = await createWorld(CLIENTS);
    const { address } = await (await createRelyingParty(world.issuer, APP)).begin(more);
    expect(errorOf(await createVisitor(world.issuer).open(address))).toBe("invalid_request");
  });

  test("a code that another app has caught is worth nothing without the verifier", async () => {
    await using world = await createWorld(CLIENTS);
    const { party, back: returned } = await back(world, "com.example.keeper:/callback");
    const stolen = oidc.authorizationCodeGrant(party.config, new URL(returned.url), {
      pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
      expectedState: new URL(returned.url).searchParams.get("state") ?? "",
    });
    await expect(stolen).rejects.toMatchObject({ error: "invalid_grant" });
  });
});

describe("section 7: where the browser comes back to", () => {
  test.each([
    ["7.1: a scheme of its own", "com.example.keeper:/callback"],
    ["7.2: an https address that the app has claimed", "https://keeper.example.com/callback"],
    ["7.3: a loopback address with any port", "http://127.0.0.1:51004/callback"],
    ["7.3: with another port the next time", "http://127.0.0.1:61023/callback"],
    ["7.3: with none", "http://127.0.0.1/callback"],
    ["7.3: by IPv6", "http://[::1]:51004/callback"],
  ])("%s: the person comes back with a code that is redeemed without a secret", async (_name, redirectUri) => {
    await using world = await createWorld(CLIENTS);
    const { back: page, tokens } = await back(world, redirectUri);
    expect(page.url.startsWith(`${redirectUri}?`)).toBe(true);
    expect((await tokens()).claims()?.aud).toBe("app");
  });

  test.each([
    ["another path on the loopback address", "http://127.0.0.1:51004/other"],
    ["8.3: localhost, which may be another machine", "http://localhost:51004/callback"],
    ["another address of this machine", "http://127.0.0.2:51004/callback"],
    ["a name that looks like the address", "http://127.0.0.1.example.com/callback"],
    ["a user before the address", "http://127.0.0.1:1@evil.example.com/callback"],
    ["the loopback address by https", "https://127.0.0.1:51004/callback"],
    ["another scheme", "com.example.other:/callback"],
    ["8.4: another path of its scheme", "com.example.keeper:/callback/x"],
    ["8.4: a port at the claimed address", "https://keeper.example.com:8443/callback"],
  ])("%s is refused on a page, and nobody is sent there", async (_name, redirectUri) => {
    await using world = await createWorld(CLIENTS);
    const { address } = await (await createRelyingParty(world.issuer, APP)).begin({ redirect_uri: redirectUri });
    const page = await createVisitor(world.issuer).open(address);
    expect([page.status, page.url.startsWith(world.issuer)]).toEqual([400, true]);
  });

  test("7.3: any port is for native apps alone", async () => {
    const web: ClientEntry = { ...APP, application_type: "web", redirect_uris: ["http://127.0.0.1/callback"] };
    await using world = await createWorld({ clients: [{ ...web, post_logout_redirect_uris: [] }] });
    const { address } = await (await createRelyingParty(world.issuer, web)).begin({
      redirect_uri: "http://127.0.0.1:51004/callback",
    });
    expect((await createVisitor(world.issuer).open(address)).status).toBe(400);
  });

  test("the code's redirect address is the one with its port", async () => {
    await using world = await createWorld(CLIENTS);
    const { back: page } = await back(world, "http://127.0.0.1:51004/callback");
    const code = new URL(page.url).searchParams.get("code") ?? "";
    const answer = await fetch(`${world.issuer}/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: "app",
        code,
        redirect_uri: "http://127.0.0.1:51005/callback",
        code_verifier: "x".repeat(43),
      }),
    });
    expect([answer.status, (await answer.json()).error]).toEqual([400, "invalid_grant"]);
  });

  test("a sign-out comes back in the same way", async () => {
    await using world = await createWorld(CLIENTS);
    const { party, tokens, visitor } = await back(world, "http://127.0.0.1:51004/callback");
    const { id_token: hint = "" } = await tokens();
    const end = oidc.buildEndSessionUrl(party.config, {
      id_token_hint: hint,
      post_logout_redirect_uri: "http://127.0.0.1:51004/",
    });
    const page = await visitor.submit(await visitor.open(end.href), "yes");
    expect(page.url).toBe("http://127.0.0.1:51004/");
  });
});

describe("section 8.5: a client without a secret", () => {
  test("is none with one: what is sent as a secret does not make it another", async () => {
    await using world = await createWorld(CLIENTS);
    const { back: page } = await back(world, "com.example.keeper:/callback");
    const answer = await fetch(`${world.issuer}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa("app:secret")}` },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: new URL(page.url).searchParams.get("code") ?? "",
        redirect_uri: "com.example.keeper:/callback",
      }),
    });
    expect([answer.status, (await answer.json()).error]).toEqual([401, "invalid_client"]);
  });

  test("rotates its refresh tokens, and one that comes twice ends them all", async () => {
    await using world = await createWorld(CLIENTS);
    const more = { scope: "openid offline_access", prompt: "consent" };
    const { party, tokens } = await back(world, "com.example.keeper:/callback", more);
    const { refresh_token: first = "" } = await tokens();
    const { refresh_token: second = "" } = await oidc.refreshTokenGrant(party.config, first);
    expect(second).not.toBe(first);
    for (const used of [first, second])
      await expect(oidc.refreshTokenGrant(party.config, used)).rejects.toMatchObject({ error: "invalid_grant" });
  });
});

describe("section 8.6: an app that poses as another", () => {
  test("is not let through without the person, who reads that any app could say so", async () => {
    await using world = await createWorld(CLIENTS);
    const { visitor, party } = await back(world, "com.example.keeper:/callback");
    for (const redirect_uri of ["com.example.keeper:/callback", "http://127.0.0.1:1/callback"]) {
      const page = await visitor.open((await party.begin({ redirect_uri })).address);
      expect([asksConsent(page), page.title]).toEqual([true, expect.stringContaining("Go on to Keeper?")]);
      expect(page.text).toContain("any app could say so");
      const silent = await visitor.open((await party.begin({ redirect_uri, prompt: "none" })).address);
      expect(errorOf(silent)).toBe("interaction_required");
    }
  });

  test("who says no is asked for nothing, and the app gets access_denied", async () => {
    await using world = await createWorld(CLIENTS);
    const { visitor, party } = await back(world, "com.example.keeper:/callback");
    const redirect_uri = "com.example.keeper:/callback";
    const page = await visitor.open((await party.begin({ redirect_uri })).address);
    expect(errorOf(await visitor.submit(page, "decline"))).toBe("access_denied");
  });

  test("at a claimed https address the operating system vouches for the app: who was let through is not asked again", async () => {
    await using world = await createWorld(CLIENTS);
    const redirectUri = "https://keeper.example.com/callback";
    const { visitor, party } = await back(world, redirectUri);
    const page = await passPages(world, visitor, (await party.begin({ redirect_uri: redirectUri })).address, {
      email: ALICE,
    });
    expect(errorOf(page)).toBeNull();
    expect(page.url.startsWith(redirectUri)).toBe(true);
    const silent = await visitor.open((await party.begin({ redirect_uri: redirectUri, prompt: "none" })).address);
    expect(errorOf(silent)).toBeNull();
  });
});

describe("section 8.10: mix-up", () => {
  test("the answer names its issuer (RFC 9207), as discovery says", async () => {
    await using world = await createWorld(CLIENTS);
    const { back: page, party } = await back(world, "http://127.0.0.1:51004/callback");
    expect(new URL(page.url).searchParams.get("iss")).toBe(world.issuer);
    expect(party.config.serverMetadata().authorization_response_iss_parameter_supported).toBe(true);
  });
});

describe("section 8.12: pages inside an app", () => {
  test("are shown in no frame", async () => {
    await using world = await createWorld(CLIENTS);
    const { address } = await (await createRelyingParty(world.issuer, APP)).begin();
    const answer = await fetch(address);
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });
});
