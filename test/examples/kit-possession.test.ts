import { createServer } from "node:http";
import { UnsecuredJWT } from "jose";
import Koa from "koa";
import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import { clientSecret } from "../../examples/resource-server/kit/introspection.ts";
import { createKit, type KitOptions } from "../../examples/resource-server/kit/kit.ts";
import { koaGuard } from "../../examples/resource-server/kit/koa.ts";
import { createMemorySpending } from "../../examples/resource-server/kit/spending.ts";
import { OTHER_SELF, SELF, thumbprintOfCertificate } from "../support/certificates.ts";
import { createProver, type Prover, type Said } from "../support/proofs.ts";
import { PURSE_API, PURSES, WALLET } from "../support/resource-servers.ts";
import { signIn } from "../support/sign-in.ts";
import { createWorld } from "../support/world.ts";

const ISSUER = "https://id.example.com";
const RESOURCE = "https://api.example.com";
const ADDRESS = `${RESOURCE}/notes`;
const NOW = 1_800_000_000;

/** A kit whose provider says of every token that it is bound as `cnf` has it. */
function kitOf(cnf: object | undefined, more: Partial<KitOptions> = {}) {
  const claims = { active: true, iss: ISSUER, aud: RESOURCE, sub: "alice", client_id: "notes", exp: NOW + 600 };
  return createKit({
    issuer: ISSUER,
    resource: RESOURCE,
    clientId: "api",
    authentication: async () => undefined,
    spending: createMemorySpending(),
    introspect: async () => ({ ...claims, ...(cnf === undefined ? {} : { cnf }) }),
    now: () => NOW * 1000,
    ...more,
  });
}

/** A kit, a prover whose key its tokens are bound to, and what a right proof says. */
async function bound(more: Partial<KitOptions> = {}) {
  const prover = await createProver();
  const kit = kitOf({ jkt: prover.thumbprint }, more);
  const right: Said = { method: "GET", address: ADDRESS, token: "token", claims: { iat: NOW } };
  const ask = (proof: string | undefined, authorization = "DPoP token") =>
    kit.check(authorization, {}, { proof, method: "GET", address: `${ADDRESS}?page=2` });
  const told = await ask(await prover.proof(right));
  if (told.kind !== "wrong-proof") throw new Error(`no nonce: ${told.kind}`);
  return { kit, prover, ask, right: { ...right, nonce: told.nonce } };
}

describe("RFC 9449 section 4.3: a proof", () => {
  test("that is right is granted, with a query and fragment that do not count", async () => {
    const { ask, prover, right } = await bound();
    expect(await ask(await prover.proof(right))).toMatchObject({ kind: "granted", access: { sub: "alice" } });
    const other = { ...right, address: "HTTPS://API.example.com:443/notes?a#b" };
    expect((await ask(await prover.proof(other))).kind).toBe("granted");
  });

  test.each<[string, (prover: Prover, right: Said) => Promise<string> | string, string?]>([
    ["is no JWT", () => "x"],
    ["is there twice", async (prover, right) => [await prover.proof(right), await prover.proof(right)].join(", ")],
    ["is not signed", (_, { method, address }) => new UnsecuredJWT({ htm: method, htu: address }).encode()],
    ["has another typ", (prover, right) => prover.proof({ ...right, header: { typ: "JWT" } })],
    ["has no key", (prover, right) => prover.proof({ ...right, header: { jwk: undefined } })],
    [
      "is signed by another key than its own",
      async (prover, right) => (await createProver()).proof({ ...right, header: { jwk: prover.jwk } }),
    ],
    ["has no jti", (prover, right) => prover.proof({ ...right, claims: { iat: NOW, jti: undefined } })],
    ["is for another method", (prover, right) => prover.proof({ ...right, method: "POST" })],
    ["is for another address", (prover, right) => prover.proof({ ...right, address: RESOURCE })],
    ["is for no address", (prover, right) => prover.proof({ ...right, claims: { iat: NOW, htu: "notes" } })],
    ["has no iat", (prover, right) => prover.proof({ ...right, claims: { iat: undefined } })],
    ["is old", (prover, right) => prover.proof({ ...right, claims: { iat: NOW - 301 } })],
    ["is of the future", (prover, right) => prover.proof({ ...right, claims: { iat: NOW + 301 } })],
    ["is for no token", (prover, right) => prover.proof({ ...right, token: undefined })],
    ["is for another token", (prover, right) => prover.proof({ ...right, token: "other" })],
    ["has no nonce", (prover, right) => prover.proof({ ...right, nonce: undefined }), "use_dpop_nonce"],
    ["has a nonce of nobody's", (prover, right) => prover.proof({ ...right, nonce: "x" }), "use_dpop_nonce"],
  ])("that %s is refused, and another nonce told", async (_name, make, error = "invalid_dpop_proof") => {
    const { ask, prover, right } = await bound();
    const verdict = await ask(await make(prover, right));
    expect(verdict).toMatchObject({ kind: "wrong-proof", error, nonce: right.nonce });
  });

  test("by another key than the token's is refused, and so is none", async () => {
    const { ask, right } = await bound();
    const stranger = await createProver();
    expect(await ask(await stranger.proof(right))).toMatchObject({ kind: "invalid-token", bound: true });
    expect(await ask(undefined, "Bearer token")).toMatchObject({ kind: "invalid-token", bound: true });
    expect(await ask(undefined)).toMatchObject({ kind: "malformed" });
  });

  test("with the scheme Bearer counts nothing", async () => {
    const { ask, prover, right } = await bound();
    expect(await ask(await prover.proof(right), "Bearer token")).toMatchObject({ kind: "invalid-token", bound: true });
  });

  test("for a token that is bound to nothing is refused (section 7.2)", async () => {
    const nonceSecret = new Uint8Array(32);
    const { prover, right } = await bound({ nonceSecret });
    const proof = await prover.proof(right);
    const verdict = await kitOf(undefined, { nonceSecret }).check(
      "DPoP token",
      {},
      { proof, method: "GET", address: ADDRESS },
    );
    expect(verdict.kind).toBe("invalid-token");
  });

  test("section 11.1: is taken once, of sixteen at once by one", async () => {
    const { ask, prover, right } = await bound();
    const proof = await prover.proof(right);
    const kinds = await Promise.all(Array.from({ length: 16 }, async () => (await ask(proof)).kind));
    expect(kinds.filter((kind) => kind === "granted")).toHaveLength(1);
    expect(kinds.filter((kind) => kind === "wrong-proof")).toHaveLength(15);
  });
});

describe("nonces", () => {
  test("of one process are another's where they have one secret, and age", async () => {
    const nonceSecret = new Uint8Array(32).fill(7);
    const { prover, right } = await bound({ nonceSecret });
    const later = async (seconds: number, secret: Uint8Array) => {
      const now = () => (NOW + seconds) * 1000;
      const kit = kitOf({ jkt: prover.thumbprint }, { nonceSecret: secret, now });
      const proof = await prover.proof({ ...right, claims: { iat: NOW + seconds } });
      return (await kit.check("DPoP token", {}, { proof, method: "GET", address: ADDRESS })).kind;
    };
    expect(await later(60, nonceSecret)).toBe("granted");
    expect(await later(60, new Uint8Array(32))).toBe("wrong-proof");
    expect(await later(240, nonceSecret)).toBe("wrong-proof");
  });
});

describe("RFC 8705 section 3: a token that is bound to a certificate", () => {
  test("is granted over a connection with it alone", async () => {
    const kit = kitOf({ "x5t#S256": thumbprintOfCertificate(SELF) });
    const over = async (certificate: string | undefined) =>
      (
        await kit.check(
          "Bearer token",
          {},
          certificate === undefined ? {} : { certificate: Buffer.from(certificate, "base64") },
        )
      ).kind;
    expect([await over(SELF), await over(OTHER_SELF), await over(undefined)]).toEqual([
      "granted",
      "invalid-token",
      "invalid-token",
    ]);
  });
});

test("with the provider itself, by openid-client as its documentation says", async () => {
  const wallet = { ...WALLET, resources: [PURSES], scope: "openid purses:read", dpop_bound_access_tokens: true };
  await using world = await createWorld({ clients: [PURSE_API, wallet] });
  const app = new Koa();
  const server = createServer((request, response) => app.callback()(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const listening = server.address();
  if (listening === null || typeof listening === "string") throw new Error("no port");
  const origin = `http://127.0.0.1:${listening.port}`;
  const kit = createKit({
    issuer: world.issuer,
    resource: PURSES,
    origin,
    clientId: PURSE_API.client_id,
    authentication: clientSecret(PURSE_API.client_id, PURSE_API.client_secret ?? ""),
    spending: createMemorySpending(),
  });
  app.use(koaGuard(kit, { scope: ["purses:read"] }));
  app.use((context) => {
    context.body = kit.accessOf(context.req).sub;
  });
  try {
    const parameters = { scope: "openid purses:read", resource: PURSES };
    const { party, tokens } = await signIn(world, { client: wallet, parameters });
    const got = await tokens();
    const ask = (proving: oidc.DPoPOptions) =>
      oidc.fetchProtectedResource(
        party.config,
        got.access_token,
        new URL(`${origin}/x?a=b`),
        "GET",
        null,
        undefined,
        proving,
      );
    expect(await (await ask(party.proving)).text()).toBe(got.claims()?.sub);
    expect((await ask(party.proving)).status).toBe(200);
    const stranger = { DPoP: oidc.getDPoPHandle(party.config, await oidc.randomDPoPKeyPair()) };
    await expect(ask(stranger)).rejects.toMatchObject({ status: 401 });
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});
