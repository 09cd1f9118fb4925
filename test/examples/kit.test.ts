import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import {
  clientSecret,
  createIntrospection,
  type IntrospectionOptions,
  privateKey,
} from "../../examples/resource-server/kit/introspection.ts";
import type { Requirement } from "../../examples/resource-server/kit/judge.ts";
import { createKit, type KitOptions } from "../../examples/resource-server/kit/kit.ts";
import { createMemorySpending } from "../../examples/resource-server/kit/spending.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { PAYMENT, paid, STORE } from "../support/payment.ts";
import { ARCHIVE_API, PURSE_API, PURSES, WALLET, WITH_SERVERS } from "../support/resource-servers.ts";
import { signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const LOGIN = "urn:e-num:acr:login";

/** The kit of a resource server of that world, and what it has said of faults. */
function kitOf({ issuer }: { issuer: string }, entry: ClientEntry = PURSE_API, more: Partial<KitOptions> = {}) {
  const faults: string[] = [];
  const { client_id: clientId, client_secret: secret = "", resource = "" } = entry;
  const kit = createKit({
    issuer,
    resource,
    clientId,
    authentication: clientSecret(clientId, secret),
    spending: createMemorySpending(),
    onFault: (error) => faults.push(String(error)),
    ...more,
  });
  return { kit, faults };
}

async function walletToken(world: World, scope = "openid purses:read"): Promise<string> {
  const { tokens } = await signIn(world, { client: WALLET, parameters: { scope, resource: PURSES } });
  return (await tokens()).access_token;
}

describe("with the provider itself", () => {
  test("a token of this server's is granted, with who it is; another server's kit refuses it", async () => {
    await using world = await createWorld({ clients: WITH_SERVERS });
    const token = await walletToken(world);
    const { kit, faults } = kitOf(world);
    expect(await kit.check(`Bearer ${token}`, { scope: ["purses:read"], acr: [LOGIN], maxAge: 60 })).toMatchObject({
      kind: "granted",
      access: { clientId: "wallet", scope: ["purses:read"], acr: LOGIN },
    });
    expect(await kit.check(`Bearer ${token}`, { scope: ["purses:change"] })).toMatchObject({ kind: "more-scope" });
    expect(await kitOf(world, ARCHIVE_API).kit.check(`Bearer ${token}`, {})).toMatchObject({ kind: "invalid-token" });
    expect(faults).toEqual([]);
  });

  test("a sign-in that has become too old wants more, and a new one is enough", async () => {
    await using world = await createWorld({ clients: WITH_SERVERS });
    const { kit } = kitOf(world);
    const token = await walletToken(world);
    world.pass(120_000);
    const wanted = { acr: [LOGIN], maxAge: 60 };
    expect(await kit.check(`Bearer ${token}`, wanted)).toMatchObject({ kind: "more-authentication", maxAge: 60 });
    expect(await kit.check(`Bearer ${await walletToken(world)}`, wanted)).toMatchObject({ kind: "granted" });
  });

  test("shows who it is by a key as well", async () => {
    const { privateKey: key, publicKey } = await generateKeyPair("ES256");
    const { client_secret: _, ...rest } = PURSE_API;
    const byKey: ClientEntry = {
      ...rest,
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kty: "EC", alg: "ES256", kid: "one" }] },
    };
    await using world = await createWorld({ clients: [byKey, ARCHIVE_API, WALLET] });
    const authentication = privateKey(byKey.client_id, key, { kid: "one" });
    const { kit, faults } = kitOf(world, byKey, { authentication });
    const token = await walletToken(world);
    expect(await kit.check(`Bearer ${token}`, {})).toMatchObject({ kind: "granted" });
    expect(await kit.check(`Bearer ${token}`, {})).toMatchObject({ kind: "granted" });
    expect(faults).toEqual([]);
  });

  test("with a wrong secret nothing is granted, and the operator is told why", async () => {
    await using world = await createWorld({ clients: WITH_SERVERS });
    const { kit, faults } = kitOf(world, PURSE_API, { authentication: clientSecret("purse-api", "wrong") });
    expect(await kit.check(`Bearer ${await walletToken(world)}`, {})).toEqual({ kind: "unavailable" });
    expect(faults).toEqual([expect.stringContaining("Introspection answered 401")]);
  });

  test("a token that is a JWT is none of this provider's, and no fault", async () => {
    await using world = await createWorld({ clients: WITH_SERVERS });
    const { tokens } = await signIn(world, { client: WALLET });
    const { kit, faults } = kitOf(world);
    expect(await kit.check(`Bearer ${(await tokens()).id_token}`, {})).toMatchObject({ kind: "invalid-token" });
    expect(faults).toEqual([]);
  });
});

describe("RFC 6750 section 2.1: the header", () => {
  const { kit } = kitOf({ issuer: "https://id.example.com" }, PURSE_API, {
    introspect: async () => ({ active: false }),
  });
  test.each([
    ["nothing", undefined, "no-token"],
    ["an empty one", "", "no-token"],
    ["another scheme", "Basic YTpi", "no-token"],
    ["a scheme that only begins alike", "Bearers token", "no-token"],
    ["the scheme alone", "Bearer", "malformed"],
    ["two tokens", "Bearer one two", "malformed"],
    ["signs that no token has", "Bearer one,two", "malformed"],
    ["a token without end", `Bearer ${"a".repeat(4000)}`, "malformed"],
    ["a token that nobody knows", "bearer abc", "invalid-token"],
  ])("%s", async (_, header, kind) => {
    expect((await kit.check(header, {})).kind).toBe(kind);
  });
});

describe("an answer of the provider's is believed only when it is signed, fresh and for this server (RFC 9701)", () => {
  type Change = (right: { claims: JWTPayload; typ: string; status: number; text?: string }) => void;

  /** What the kit makes of an answer that says "active", by a provider that can be wrong in one thing. */
  async function verdictOn(change: Change, stranger = false): Promise<{ kind: string; faults: string[] }> {
    const { privateKey: key, publicKey } = await generateKeyPair("ES256");
    const other = (await generateKeyPair("ES256")).privateKey;
    const now = Math.floor(Date.now() / 1000);
    let issuer = "";
    const server = createServer(async (request, response) => {
      const documents: Record<string, unknown> = {
        "/.well-known/openid-configuration": {
          issuer,
          introspection_endpoint: `${issuer}/introspect`,
          jwks_uri: `${issuer}/jwks`,
        },
        "/jwks": { keys: [{ ...(await exportJWK(publicKey)), alg: "ES256", kid: "one" }] },
      };
      const document = documents[request.url ?? ""];
      if (document !== undefined) {
        response.end(JSON.stringify(document));
        return;
      }
      const said = { active: true, iss: issuer, aud: PURSES, sub: "alice", client_id: "wallet", exp: now + 60 };
      const claims: JWTPayload = { iss: issuer, aud: "purse-api", iat: now, token_introspection: said };
      const right = { claims, typ: "token-introspection+jwt", status: 200 };
      change(right);
      const signed = new SignJWT(right.claims).setProtectedHeader({ alg: "ES256", typ: right.typ, kid: "one" });
      response.statusCode = right.status;
      response.end("text" in right ? right.text : await signed.sign(stranger ? other : key));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const address: AddressInfo | string | null = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    issuer = `http://127.0.0.1:${address.port}`;
    try {
      const { kit, faults } = kitOf({ issuer });
      return { kind: (await kit.check("Bearer token", {})).kind, faults };
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }

  test("one that is right is granted, so that the others fail for their own reason", async () => {
    expect(await verdictOn(() => undefined)).toEqual({ kind: "granted", faults: [] });
  });

  test.each<[string, Change]>([
    ["for another server", ({ claims }) => Object.assign(claims, { aud: "archive-api" })],
    ["of another issuer", ({ claims }) => Object.assign(claims, { iss: "https://id.example.org" })],
    ["that was kept", ({ claims }) => Object.assign(claims, { iat: (claims.iat ?? 0) - 300 })],
    ["that has no time", ({ claims }) => delete claims.iat],
    ["of another type, as an ID token has", (right) => Object.assign(right, { typ: "JWT" })],
    ["that says nothing of the token", ({ claims }) => delete claims["token_introspection"]],
    ["that is JSON", (right) => Object.assign(right, { text: JSON.stringify({ active: true }) })],
    ["that is empty", (right) => Object.assign(right, { text: "" })],
    ["that is an error", (right) => Object.assign(right, { status: 500 })],
    ["that leads elsewhere", (right) => Object.assign(right, { status: 302 })],
  ])("one %s is not", async (_, change) => {
    const { kind, faults } = await verdictOn(change);
    expect(kind).toBe("unavailable");
    expect(faults).toHaveLength(1);
  });

  test("one that somebody else signed is not", async () => {
    expect((await verdictOn(() => undefined, true)).kind).toBe("unavailable");
  });

  test("a provider that is not there is no grant, and is asked again by the next request", async () => {
    await using world = await createWorld({ clients: WITH_SERVERS });
    const token = await walletToken(world);
    const { client_id: clientId, client_secret: secret = "" } = PURSE_API;
    const honest = createIntrospection({
      issuer: world.issuer,
      clientId,
      authentication: clientSecret(clientId, secret),
    });
    let there = false;
    const introspect = async (given: string) =>
      there ? honest(given) : Promise.reject(new Error("connect ECONNREFUSED"));
    const { kit, faults } = kitOf(world, PURSE_API, { introspect });
    expect(await kit.check(`Bearer ${token}`, {})).toEqual({ kind: "unavailable" });
    there = true;
    expect(await kit.check(`Bearer ${token}`, {})).toMatchObject({ kind: "granted" });
    expect(faults).toEqual(["Error: connect ECONNREFUSED"]);
  });

  test("an issuer without https is none, but on this machine", () => {
    const options: Omit<IntrospectionOptions, "issuer"> = { clientId: "a", authentication: clientSecret("a", "b") };
    expect(() => createIntrospection({ ...options, issuer: "http://id.example.com" })).toThrow("must be https");
    expect(() => createIntrospection({ ...options, issuer: "http://localhost:3000" })).not.toThrow();
  });
});

describe("what was confirmed is spent once", () => {
  const wanted: Requirement = {
    operation: { type: "payment", members: { payee: PAYMENT.payee, amount: PAYMENT.amount } },
  };
  const SITE = { ...STORE, resources: [PURSES] };

  test("sixteen at once, one winner; whoever comes later finds it spent", async () => {
    const clients = [PURSE_API, { ...SITE, scope: "openid" }];
    await using world = await createWorld({ clients });
    const token = await confirmed(world);
    const { kit, faults } = kitOf(world);
    const verdicts = await Promise.all(Array.from({ length: 16 }, () => kit.check(`Bearer ${token}`, wanted)));
    const kinds = verdicts.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(["granted", ...Array.from({ length: 15 }, () => "invalid-token")]);
    expect(await kit.check(`Bearer ${token}`, wanted)).toEqual({
      kind: "invalid-token",
      why: "what was confirmed has been done already",
    });
    expect(faults).toEqual([]);
  });

  test("a request that wants something else spends nothing", async () => {
    await using world = await createWorld({ clients: [PURSE_API, SITE] });
    const token = await confirmed(world);
    const { kit } = kitOf(world);
    const more = { operation: { type: "payment", members: { ...PAYMENT, amount: { value: "11", currency: "WMZ" } } } };
    expect(await kit.check(`Bearer ${token}`, more)).toMatchObject({ kind: "more-scope" });
    expect(await kit.check(`Bearer ${token}`, wanted)).toMatchObject({ kind: "granted" });
  });

  test("a route that spends it itself gets txn and until when, and nothing is spent before", async () => {
    await using world = await createWorld({ clients: [PURSE_API, SITE] });
    const token = await confirmed(world);
    const { kit } = kitOf(world, PURSE_API, { spending: { spend: () => Promise.reject(new Error("not asked")) } });
    const own = { operation: { type: "payment", members: { ...PAYMENT }, spentBy: "handler" } } as const;
    expect(await kit.check(`Bearer ${token}`, own)).toMatchObject({
      kind: "granted",
      access: { operation: { txn: expect.any(String), until: expect.any(Number), details: PAYMENT } },
    });
  });

  test("where it cannot be written down, nothing is granted", async () => {
    await using world = await createWorld({ clients: [PURSE_API, SITE] });
    const token = await confirmed(world);
    const { kit, faults } = kitOf(world, PURSE_API, {
      spending: { spend: () => Promise.reject(new Error("disk full")) },
    });
    expect(await kit.check(`Bearer ${token}`, wanted)).toEqual({ kind: "unavailable" });
    expect(faults).toEqual(["Error: disk full"]);
  });

  test("in the store in memory: sixteen at once, one winner", async () => {
    const spending = createMemorySpending();
    const until = Date.now() / 1000 + 600;
    const won = await Promise.all(Array.from({ length: 16 }, () => spending.spend("one", until)));
    expect(won.filter((first) => first)).toHaveLength(1);
    expect(await spending.spend("another", until)).toBe(true);
  });

  test("the store in memory forgets a txn only when its token is long over", async () => {
    let now = 1_800_000_000_000;
    const spending = createMemorySpending(() => now);
    const until = now / 1000 + 600;
    expect(await spending.spend("one", until)).toBe(true);
    now += 700_000;
    expect(await spending.spend("one", until)).toBe(false);
    now += 300_000;
    expect(await spending.spend("one", until)).toBe(true);
  });

  async function confirmed(world: World): Promise<string> {
    const { tokens } = await paid(world, createVisitor(world.issuer), PAYMENT, SITE, { resource: PURSES });
    return tokens.access_token;
  }
});
