import { exportJWK, generateKeyPair, UnsecuredJWT } from "jose";
import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import { MINUTE } from "../../src/clock.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { PAYMENT, paid, STORE } from "../support/payment.ts";
import { createProver, type Prover, type Said } from "../support/proofs.ts";
import { requestOf } from "../support/pushed.ts";
import { PURSE_API, PURSES, seenBy, WALLET } from "../support/resource-servers.ts";
import { errorOf, type SignedIn, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, client as entry, SHOP, type World } from "../support/world.ts";

const BOUND: ClientEntry = { ...STORE, dpop_bound_access_tokens: true };
const APP: ClientEntry = (({ client_secret: _, ...rest }) => ({
  ...rest,
  client_id: "app",
  redirect_uris: ["http://localhost:9/app/callback"],
  token_endpoint_auth_method: "none" as const,
  dpop_bound_access_tokens: true,
}))(SHOP);
const BASIC = `Basic ${Buffer.from(`${BOUND.client_id}:${BOUND.client_secret}`).toString("base64")}`;

/** What the token endpoint answers to a request made by hand. */
async function redeem(world: World, parameters: Record<string, string>, proof?: string) {
  const answer = await fetch(`${world.issuer}/token`, {
    method: "POST",
    headers: { authorization: BASIC, ...(proof === undefined ? {} : { dpop: proof }) },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      redirect_uri: BOUND.redirect_uris[0] ?? "",
      ...parameters,
    }),
  });
  return { status: answer.status, nonce: answer.headers.get("dpop-nonce") ?? "", body: Object(await answer.json()) };
}

/** The nonce of the token endpoint, as whoever has none yet gets it. */
async function nonceOf(world: World): Promise<string> {
  const prover = await createProver();
  const proof = await prover.proof({ method: "POST", address: `${world.issuer}/token` });
  const { nonce, body } = await redeem(world, { code: "none" }, proof);
  expect(body.error).toBe("use_dpop_nonce");
  return nonce;
}

interface Bound {
  prover: Prover;
  token: string;
  address: string;
  right: Said;
}

/** A payment's token and its receipt's address, and what a right proof for it says; the key is in the test's own hands. */
async function boundPayment(world: World): Promise<Bound> {
  const { tokens, id, party } = await paid(world, createVisitor(world.issuer), PAYMENT, BOUND);
  const address = `${world.issuer}/confirmations/${id}/receipt`;
  const token = tokens.access_token;
  const right = { method: "GET", address, token, nonce: await nonceOf(world) };
  return { prover: await createProver(party.keys), token, address, right };
}

async function present(address: string, authorization: string, proof?: string | readonly string[]) {
  const headers = new Headers({ authorization });
  for (const one of [proof ?? []].flat()) headers.append("dpop", one);
  const answer = await fetch(address, { headers });
  return {
    status: answer.status,
    challenge: answer.headers.get("www-authenticate") ?? "",
    nonce: answer.headers.get("dpop-nonce"),
    text: await answer.text(),
  };
}

describe("section 4.3: a proof is refused at our own endpoint as at the engine's", () => {
  const WRONG: [string, (bound: Bound) => Promise<string | string[]> | string | string[], string?][] = [
    ["is no JWT", () => "x"],
    ["is there twice", async ({ prover, right }) => [await prover.proof(right), await prover.proof(right)]],
    ["has another typ", ({ prover, right }) => prover.proof({ ...right, header: { typ: "JWT" } })],
    ["has no key", ({ prover, right }) => prover.proof({ ...right, header: { jwk: undefined } })],
    ["is not signed", ({ right }) => new UnsecuredJWT({ htm: right.method, htu: right.address }).encode()],
    [
      "is signed by another key than the one in its header",
      async ({ prover, right }) => (await createProver()).proof({ ...right, header: { jwk: prover.jwk } }),
    ],
    [
      "shows its private key",
      async ({ right }) => {
        const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
        const prover = await createProver({ publicKey, privateKey });
        return prover.proof({ ...right, header: { jwk: await exportJWK(privateKey) } });
      },
    ],
    ["has no jti", ({ prover, right }) => prover.proof({ ...right, claims: { jti: undefined } })],
    ["has an empty jti", ({ prover, right }) => prover.proof({ ...right, claims: { jti: "" } })],
    ["is for another method", ({ prover, right }) => prover.proof({ ...right, method: "POST" })],
    ["is for another address", ({ prover, right }) => prover.proof({ ...right, address: `${right.address}s` })],
    ["is for no address", ({ prover, right }) => prover.proof({ ...right, claims: { htu: 3 } })],
    ["has no iat", ({ prover, right }) => prover.proof({ ...right, claims: { iat: undefined } })],
    ["is old", ({ prover, right }) => prover.proof({ ...right, claims: { iat: 1_000_000 } })],
    [
      "is of the future",
      ({ prover, right }) => prover.proof({ ...right, claims: { iat: Math.floor(Date.now() / 1000) + 600 } }),
    ],
    ["has run out", ({ prover, right }) => prover.proof({ ...right, claims: { exp: 1_000_000 } })],
    ["is for no token", ({ prover, right }) => prover.proof({ ...right, token: undefined })],
    ["is for another token", ({ prover, right }) => prover.proof({ ...right, token: "another" })],
    ["has no nonce", ({ prover, right }) => prover.proof({ ...right, nonce: undefined }), "use_dpop_nonce"],
    ["has another's nonce", ({ prover, right }) => prover.proof({ ...right, nonce: "x".repeat(43) }), "use_dpop_nonce"],
    ["is by another key", async ({ right }) => (await createProver()).proof(right), "invalid_token"],
  ];

  test("that has any of these faults; and the token is good for a right one afterwards", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const bound = await boundPayment(world);
    for (const [name, make, error = "invalid_dpop_proof"] of WRONG) {
      const answer = await present(bound.address, `DPoP ${bound.token}`, await make(bound));
      expect([name, answer.status], name).toEqual([name, 401]);
      expect(answer.challenge, name).toMatch(
        new RegExp(`^DPoP error="${error}".* algs="ES256 EdDSA Ed25519 PS256 RS256"$`),
      );
      expect(JSON.parse(answer.text).type).toBe("urn:e-num:problem:invalid-token");
    }
    const query = await bound.prover.proof({ ...bound.right, address: `${bound.address}?a=b#c` });
    expect(await present(bound.address, `DPoP ${bound.token}`, query)).toMatchObject({ status: 200 });
  });

  test.each(["ES256", "EdDSA", "PS256", "RS256"])("a proof by %s is taken where it is right", async (algorithm) => {
    await using world = await createWorld({ clients: [BOUND] });
    const prover = await createProver(undefined, algorithm);
    const proof = await prover.proof({ method: "POST", address: `${world.issuer}/token`, nonce: await nonceOf(world) });
    // The code is what is wrong with it.
    expect((await redeem(world, { code: "none" }, proof)).body.error).toBe("invalid_grant");
  });
});

describe("section 5: the token request", () => {
  test("binds tokens to the key, and token_type says so", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const { tokens } = await signIn(world, { client: BOUND });
    expect(await tokens()).toMatchObject({ token_type: "dpop", id_token: expect.any(String) });
  });

  test("without a proof is refused to who is registered for bound tokens, and costs the code nothing", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const { party, back, tokens } = await signIn(world, { client: BOUND });
    const code = new URL(back.url).searchParams.get("code") ?? "";
    const verifier = { code, code_verifier: "x".repeat(43) };
    expect(await redeem(world, verifier)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(party.keys).toBeDefined();
    expect(await tokens()).toMatchObject({ token_type: "dpop" });
  });

  test("with a proof binds the tokens of who is not registered for it as well", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { party, attempt, back } = await signIn(world, { client: STORE });
    const DPoP = oidc.getDPoPHandle(party.config, await oidc.randomDPoPKeyPair());
    const tokens = await attempt.finish(back.url, { DPoP });
    expect(tokens.token_type).toBe("dpop");
    expect((await present(`${world.issuer}/userinfo`, `Bearer ${tokens.access_token}`)).status).toBe(401);
  });

  test("a public client's refresh token is bound to the key as well", async () => {
    await using world = await createWorld({ clients: [APP] });
    const parameters = { scope: "openid offline_access", prompt: "consent" };
    const { party, tokens } = await signIn(world, { client: APP, parameters });
    const { refresh_token: refresh = "" } = await tokens();
    const stolen = { DPoP: oidc.getDPoPHandle(party.config, await oidc.randomDPoPKeyPair()) };
    await expect(oidc.refreshTokenGrant(party.config, refresh, undefined, stolen)).rejects.toMatchObject({
      error: "invalid_grant",
    });
    const next = await oidc.refreshTokenGrant(party.config, refresh, undefined, party.proving);
    expect(next.token_type).toBe("dpop");
  });
});

describe("section 5.1: discovery", () => {
  test("lists the algorithms of proofs", async () => {
    await using world = await createWorld();
    const answer = await fetch(`${world.issuer}/.well-known/openid-configuration`);
    expect(await answer.json()).toMatchObject({
      dpop_signing_alg_values_supported: ["ES256", "EdDSA", "Ed25519", "PS256", "RS256"],
    });
  });
});

describe("section 6: what a resource server sees", () => {
  test("introspection has the key's thumbprint and the type, of a sign-in's token and of an operation's", async () => {
    const wallet: ClientEntry = {
      ...WALLET,
      resources: [PURSES],
      scope: "openid purses:read",
      dpop_bound_access_tokens: true,
    };
    await using world = await createWorld({ clients: [PURSE_API, wallet] });
    const parameters = { scope: "openid purses:read", resource: PURSES };
    const { party, tokens } = await signIn(world, { client: wallet, parameters });
    const { thumbprint } = await createProver(party.keys);
    const seen = { active: true, token_type: "DPoP", cnf: { jkt: thumbprint } };
    expect(await seenBy(world, PURSE_API, (await tokens()).access_token)).toMatchObject(seen);
    const operation = await paid(world, createVisitor(world.issuer), PAYMENT, wallet, { resource: PURSES });
    const cnf = { jkt: (await createProver(operation.party.keys)).thumbprint };
    expect(await seenBy(world, PURSE_API, operation.tokens.access_token)).toMatchObject({ ...seen, cnf });
  });
});

describe("section 7: the proof beside the token", () => {
  test("userinfo and receipt are had with it, by openid-client as its documentation says", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const { party, tokens } = await signIn(world, { client: BOUND });
    const got = await tokens();
    const { sub = "" } = got.claims() ?? {};
    expect(await oidc.fetchUserInfo(party.config, got.access_token, sub, party.proving)).toMatchObject({ sub });
    const paying = await paid(world, createVisitor(world.issuer), PAYMENT, BOUND);
    const address = new URL(`${world.issuer}/confirmations/${paying.id}/receipt`);
    const asked = [paying.party.config, paying.tokens.access_token, address, "GET", null, undefined] as const;
    expect((await oidc.fetchProtectedResource(...asked, paying.party.proving)).status).toBe(200);
    expect((await oidc.fetchProtectedResource(...asked, paying.party.proving)).status).toBe(200);
  });

  test("section 7.1: a bound token of a sign-in has no receipt, and is told so in its own scheme", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const { party, tokens } = await signIn(world, { client: BOUND });
    const { access_token: token } = await tokens();
    const address = `${world.issuer}/confirmations/x/receipt`;
    const prover = await createProver(party.keys);
    const proof = await prover.proof({ method: "GET", address, token, nonce: await nonceOf(world) });
    expect(await present(address, `DPoP ${token}`, proof)).toMatchObject({
      status: 401,
      challenge:
        'DPoP error="invalid_token", error_description="send the access token that came with the confirmation"',
    });
  });

  test("section 7.1: a bound token as Bearer is refused with the challenge of DPoP", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const { token, address, prover, right } = await boundPayment(world);
    for (const proof of [undefined, await prover.proof(right)]) {
      const answer = await present(address, `Bearer ${token}`, proof);
      expect([answer.status, answer.challenge]).toEqual([401, expect.stringMatching(/^DPoP error="invalid_token"/)]);
    }
    const { party, tokens } = await signIn(world, { client: BOUND });
    const { access_token: bound } = await tokens();
    const answer = await present(`${world.issuer}/userinfo`, `Bearer ${bound}`);
    expect([answer.status, answer.challenge]).toEqual([401, expect.stringMatching(/^DPoP /)]);
    expect(party.keys).toBeDefined();
  });

  test("section 7.2: a token that is not bound is none for the scheme DPoP, whoever proves what", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const address = `${world.issuer}/confirmations/${id}/receipt`;
    const prover = await createProver();
    const said = { method: "GET", address, token: tokens.access_token };
    const answer = await present(address, `DPoP ${tokens.access_token}`, await prover.proof(said));
    expect([answer.status, answer.challenge]).toEqual([401, expect.stringMatching(/^Bearer error="invalid_token"/)]);
    expect((await present(address, `Bearer ${tokens.access_token}`)).status).toBe(200);
  });
});

describe("sections 8 and 9: nonces", () => {
  test("are the same at the engine's endpoints and ours, and new ones are told with the refusal", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const { token, address, prover, right } = await boundPayment(world);
    expect(await present(address, `DPoP ${token}`, await prover.proof(right))).toMatchObject({ status: 200 });
    const refused = await present(address, `DPoP ${token}`, await prover.proof({ ...right, nonce: undefined }));
    const proof = await prover.proof({ method: "POST", address: `${world.issuer}/token`, nonce: refused.nonce ?? "" });
    expect((await redeem(world, { code: "none" }, proof)).body.error).toBe("invalid_grant");
  });

  test("age: one of five minutes ago is not taken", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const { token, address, prover, right } = await boundPayment(world);
    world.pass(5 * MINUTE);
    const answer = await present(address, `DPoP ${token}`, await prover.proof(right));
    expect([answer.status, answer.challenge]).toEqual([401, expect.stringContaining('error="use_dpop_nonce"')]);
    expect(answer.nonce).not.toBe(right.nonce);
    const fresh = await prover.proof({ ...right, nonce: answer.nonce ?? "" });
    expect((await present(address, `DPoP ${token}`, fresh)).status).toBe(200);
  });
});

describe("section 10: a code for one key", () => {
  test("dpop_jkt, and a proof at the push, bind the code to the key that comes for the token", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const stranger = await createProver();
    const { back, tokens } = await signIn(world, { client: BOUND, parameters: { dpop_jkt: stranger.thumbprint } });
    expect(errorOf(back)).toBeNull();
    await expect(tokens()).rejects.toMatchObject({ error: "invalid_grant" });
    const nonce = await nonceOf(world);
    const proof = await stranger.proof({ method: "POST", address: `${world.issuer}/par`, nonce });
    const answer = await fetch(`${world.issuer}/par`, {
      method: "POST",
      headers: { authorization: BASIC, dpop: proof },
      body: new URLSearchParams({ ...requestOf(BOUND), dpop_jkt: (await createProver()).thumbprint }),
    });
    expect([answer.status, Object(await answer.json()).error]).toEqual([400, "invalid_request"]);
  });
});

describe("section 11.1: a proof is good once", () => {
  test("of sixteen at once one is answered; the others are told that it was sent before", async () => {
    await using world = await createWorld({ clients: [BOUND] });
    const { token, address, prover, right } = await boundPayment(world);
    const proof = await prover.proof(right);
    const answers = await Promise.all(Array.from({ length: 16 }, () => present(address, `DPoP ${token}`, proof)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 200);
    expect(new Set(others.map(({ challenge }) => challenge.split(",")[0]))).toEqual(
      new Set(['DPoP error="invalid_dpop_proof"']),
    );
  });
});

describe("what the operator demands", () => {
  const proofless = async (signedIn: SignedIn) => signedIn.tokens().catch(({ error }) => error);
  const OTHER = entry({ client_id: "other", client_name: "Other", first_party: true });

  test.each([
    ["clients", "bearer", "bearer"],
    ["operations", "invalid_grant", "bearer"],
    ["all", "invalid_grant", "invalid_grant"],
  ] as const)("%s: a client that may ask for operations gets %s, another %s", async (boundTokens, store, other) => {
    await using world = await createWorld({ clients: [STORE, OTHER], config: { boundTokens } });
    for (const [client, expected] of [
      [STORE, store],
      [OTHER, other],
    ] as const) {
      const got = await proofless(await signIn(world, { client }));
      expect(typeof got === "string" ? got : got.token_type).toBe(expected);
    }
  });

  test("a client that is told so binds its operation's token and goes on", async () => {
    await using world = await createWorld({ clients: [STORE], config: { boundTokens: "operations" } });
    const { tokens } = await paid(world, createVisitor(world.issuer), PAYMENT, BOUND);
    expect(tokens.token_type).toBe("dpop");
  });
});
