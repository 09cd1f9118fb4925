import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { serveKeys } from "../support/key-server.ts";
import { STORE } from "../support/payment.ts";
import { requestOf } from "../support/pushed.ts";
import { createWorld, type World } from "../support/world.ts";

const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const { client_secret: _, ...SECRETLESS } = STORE;
const OTHER: ClientEntry = { ...STORE, client_id: "other" };

type Claims = Record<string, unknown>;

interface Keyed {
  site: ClientEntry;
  sign(claims: Claims, header?: { alg?: string; kid?: string }): Promise<string>;
  privateKey: CryptoKey;
}

/** A client with a key pair, its public half in its entry or where `at` says. */
async function createKeyed(algorithm = "ES256", more: Partial<ClientEntry> = {}): Promise<Keyed> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm);
  const key: Record<string, unknown> = { ...(await exportJWK(publicKey)) };
  const jwks = { keys: [{ ...key, kty: ktyOf(algorithm), kid: "one" }] };
  const site: ClientEntry = {
    ...SECRETLESS,
    token_endpoint_auth_method: "private_key_jwt",
    ...(more.jwks_uri === undefined ? { jwks } : {}),
    ...more,
  };
  const sign: Keyed["sign"] = (claims, header = {}) =>
    new SignJWT(JSON.parse(JSON.stringify(claims)))
      .setProtectedHeader({ alg: algorithm, kid: "one", ...header })
      .sign(privateKey);
  return { site, sign, privateKey };
}

function ktyOf(algorithm: string): "EC" | "OKP" | "RSA" {
  return algorithm === "ES256" ? "EC" : algorithm === "EdDSA" ? "OKP" : "RSA";
}

function rightClaims(world: World, site: ClientEntry, more: Claims = {}): Claims {
  const now = Math.floor(Date.now() / 1000);
  const { client_id: id } = site;
  return { iss: id, sub: id, aud: world.issuer, jti: crypto.randomUUID(), iat: now, exp: now + 60, ...more };
}

async function post(world: World, path: string, fields: Record<string, string>): Promise<number> {
  return (await fetch(`${world.issuer}${path}`, { method: "POST", body: new URLSearchParams(fields) })).status;
}

const atPush = (world: World, site: ClientEntry, assertion: string) =>
  post(world, "/par", { ...requestOf(site), client_assertion_type: TYPE, client_assertion: assertion });
const atReceipts = (world: World, assertion: string, more: Record<string, string> = {}) =>
  post(world, "/confirmations/receipt", {
    operation_id: "none",
    client_assertion_type: TYPE,
    client_assertion: assertion,
    ...more,
  });

/** What the engine's endpoint and ours say to an assertion made for each. */
async function bothSay(world: World, site: ClientEntry, make: () => Promise<string> | string): Promise<number[]> {
  return [await atPush(world, site, await make()), await atReceipts(world, await make())];
}
const KNOWN = [201, 404];

describe("section 2.2: the client is shown by an assertion", () => {
  test.each(["ES256", "EdDSA", "RS256", "PS256"])("signed by %s", async (algorithm) => {
    const { site, sign } = await createKeyed(algorithm);
    await using world = await createWorld({ clients: [site] });
    expect(await bothSay(world, site, () => sign(rightClaims(world, site)))).toEqual(KNOWN);
  });

  test("as openid-client makes it", async () => {
    const { site, privateKey } = await createKeyed();
    await using world = await createWorld({ clients: [site] });
    const authentication = oidc.PrivateKeyJwt({ key: privateKey, kid: "one" });
    const config = await oidc.discovery(new URL(world.issuer), site.client_id, {}, authentication, {
      execute: [oidc.allowInsecureRequests],
    });
    const { client_id: __, response_type: ___, ...parameters } = requestOf(site);
    expect(await oidc.buildAuthorizationUrlWithPAR(config, parameters)).toBeInstanceOf(URL);
  });

  test("and is of no other type", async () => {
    const { site, sign } = await createKeyed();
    await using world = await createWorld({ clients: [site] });
    const other = { client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:saml2-bearer" };
    expect(await atReceipts(world, await sign(rightClaims(world, site)), other)).toBe(401);
  });
});

describe("section 3: the assertion", () => {
  const hour = () => Math.floor(Date.now() / 1000) + 3600;
  test.each<[string, Claims | (() => Claims)]>([
    ["3.1: without iss", { iss: undefined }],
    ["3.1: of another issuer", { iss: "other" }],
    ["3.2: without sub", { sub: undefined }],
    ["3.2: for another client", { sub: "other" }],
    ["3.3: without aud", { aud: undefined }],
    ["3.3: for another server", { aud: "https://other.example.com" }],
    ["3.4: without exp", { exp: undefined }],
    ["3.4: that has run out", { exp: 1_000_000 }],
    ["3.5: that is not valid yet", () => ({ nbf: hour() })],
    ["3.7: without jti, by which it is known again", { jti: undefined }],
  ])("%s is refused", async (_name, wrong) => {
    const { site, sign } = await createKeyed();
    await using world = await createWorld({ clients: [site, OTHER] });
    const claims = () => rightClaims(world, site, typeof wrong === "function" ? wrong() : wrong);
    const said = await bothSay(world, site, () => sign(claims()));
    expect(said.map((status) => status === 400 || status === 401)).toEqual([true, true]);
  });

  test("3.9: unsigned, by another key or by another algorithm than is registered is refused", async () => {
    const { site, sign } = await createKeyed("RS256", { token_endpoint_auth_signing_alg: "PS256" });
    await using world = await createWorld({ clients: [site] });
    const stranger = await createKeyed("PS256");
    const makers = [
      () => new UnsecuredJWT(rightClaims(world, site)).encode(),
      () => sign(rightClaims(world, site)),
      () => stranger.sign(rightClaims(world, site)),
      () => "x.y.z",
      () => "",
    ];
    for (const make of makers)
      for (const status of await bothSay(world, site, make)) expect([400, 401]).toContain(status);
  });

  test("3.7: is taken once, at all endpoints together, and of sixteen at once one", async () => {
    const { site, sign } = await createKeyed();
    await using world = await createWorld({ clients: [site] });
    const first = await sign(rightClaims(world, site));
    expect([await atPush(world, site, first), await atReceipts(world, first)]).toEqual([201, 401]);
    const second = await sign(rightClaims(world, site));
    expect(await atReceipts(world, second)).toBe(404);
    expect(await atPush(world, site, second)).toBeGreaterThanOrEqual(400);
    const third = await sign(rightClaims(world, site));
    const all = await Promise.all(Array.from({ length: 16 }, () => atReceipts(world, third)));
    expect(all.sort()).toEqual([...Array.from({ length: 15 }, () => 401), 404]);
  });
});

describe("section 5: keys at the client's jwks_uri", () => {
  test("are fetched once for many requests, and again where a minute has passed", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    await using served = await serveKeys({ keys: [{ ...(await exportJWK(publicKey)), kid: "one" }] });
    const { site } = await createKeyed("ES256", { jwks_uri: served.address });
    await using world = await createWorld({ clients: [site] });
    const sign = () =>
      new SignJWT(rightClaims(world, site)).setProtectedHeader({ alg: "ES256", kid: "one" }).sign(privateKey);
    expect(await bothSay(world, site, sign)).toEqual(KNOWN);
    expect(await bothSay(world, site, sign)).toEqual(KNOWN);
    expect(served.asked()).toBe(1);
    world.pass(2 * MINUTE);
    expect(await bothSay(world, site, sign)).toEqual(KNOWN);
    expect(served.asked()).toBe(2);
  });

  const KEYS = { keys: [] };
  test.each<[string, object | string, Record<string, string>, number]>([
    ["is no JSON", "<html>", {}, 200],
    ["is no key set", { key: 1 }, {}, 200],
    ["is an error", KEYS, {}, 500],
    ["sends more than a hundred keys' bytes", `{"keys":[],"x":"${"x".repeat(70_000)}"}`, {}, 200],
    ["says so of its length", "x".repeat(70_000), {}, 200],
    ["has no key that fits", KEYS, {}, 200],
  ])("that %s shows nobody, and is no fault of ours", async (_name, body, headers, status) => {
    await using served = await serveKeys(body, headers, status);
    const { site, sign } = await createKeyed("ES256", { jwks_uri: served.address });
    await using world = await createWorld({ clients: [site] });
    expect(await bothSay(world, site, () => sign(rightClaims(world, site)))).toEqual([401, 401]);
    expect(served.asked()).toBeGreaterThan(0);
  });

  test("are asked of no other place than is registered, and not waited for without end", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    await using elsewhere = await serveKeys({ keys: [{ ...(await exportJWK(publicKey)), kid: "one" }] });
    await using leading = await serveKeys("", { location: elsewhere.address }, 302);
    await using silent = await serveKeys(undefined);
    for (const { address } of [leading, silent]) {
      const { site } = await createKeyed("ES256", { jwks_uri: address });
      await using world = await createWorld({ clients: [site] });
      const signed = new SignJWT(rightClaims(world, site)).setProtectedHeader({ alg: "ES256", kid: "one" });
      expect(await atReceipts(world, await signed.sign(privateKey))).toBe(401);
    }
    expect([leading.asked(), silent.asked(), elsewhere.asked()]).toEqual([1, 1, 0]);
  });

  test("in production are asked of no address of this machine or its network", async () => {
    const { publicKey } = await generateKeyPair("ES256");
    await using served = await serveKeys({ keys: [await exportJWK(publicKey)] });
    const { site, sign } = await createKeyed("ES256", { jwks_uri: served.address });
    await using world = await createWorld({ clients: [site], production: true });
    expect(await bothSay(world, site, () => sign(rightClaims(world, site)))).toEqual([401, 401]);
    expect(served.asked()).toBe(0);
  });
});

describe("discovery (RFC 8414 section 2)", () => {
  test("lists method and algorithms", async () => {
    await using world = await createWorld();
    const answer = await fetch(`${world.issuer}/.well-known/openid-configuration`);
    const methods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
    const algorithms = ["ES256", "EdDSA", "Ed25519", "RS256", "PS256"];
    // What is left out at introspection and revocation means `client_secret_basic` alone.
    expect(await answer.json()).toMatchObject({
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: algorithms,
      introspection_endpoint_auth_methods_supported: methods,
      introspection_endpoint_auth_signing_alg_values_supported: algorithms,
      revocation_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    });
  });
});
