import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, SignJWT } from "jose";
import { type Configuration, Provider } from "oidc-provider";
import { describe, expect, test } from "vitest";
import { createAccounts } from "../../../src/account/account.ts";
import type { Engine } from "../../../src/database/database.ts";
import { createAdapter } from "../../../src/provider/adapter.ts";
import { createDigester, createSealer } from "../../../src/secrecy.ts";
import { freshDatabase } from "../../support/databases.ts";

/** oidc-provider itself on our adapter: what it checks and then does must not happen twice when requests come at once (ENGINE 3, holes 1 and 2). */
export function describeProvider(engine: Engine): void {
  describe(`oidc-provider on ${engine}`, () => {
    test("a code that is exchanged once gives tokens that work", async () => {
      await using site = await openSite(engine);
      const answer = await site.exchange(await site.issueCode());
      expect(answer).toMatchObject({ status: 200, body: { access_token: expect.any(String) } });
      expect(await site.userinfo(answer.body)).toEqual({ status: 200, body: { sub: "alice" } });
      expect(await site.refresh(answer.body)).toMatchObject({ status: 200 });
    });

    test("of four exchanges of one code at once exactly one succeeds, and its tokens are dead at once", async () => {
      await using site = await openSite(engine);
      const code = await site.issueCode();
      const answers = await Promise.all(Array.from({ length: 4 }, () => site.exchange(code)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
      for (const { status, body } of answers)
        if (status === 400) expect(body).toMatchObject({ error: "invalid_grant" });
      const winner = answers.find(({ status }) => status === 200);
      expect(await site.userinfo(winner?.body)).toMatchObject({ status: 401 });
      expect(await site.refresh(winner?.body)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    });

    test("of four rotations of one refresh token at once exactly one succeeds, and what it got is dead at once", async () => {
      await using site = await openSite(engine);
      const first = await site.exchange(await site.issueCode());
      const answers = await Promise.all(Array.from({ length: 4 }, () => site.refresh(first.body)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
      const winner = answers.find(({ status }) => status === 200);
      for (const { body } of [first, { body: winner?.body }]) {
        expect(await site.userinfo(body)).toMatchObject({ status: 401 });
        expect(await site.refresh(body)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
      }
    });

    test("of four uses of one pushed request at once exactly one gives a code", async () => {
      await using site = await openSite(engine);
      const requestUri = await site.push();
      const cookie = await site.signIn();
      const places = await Promise.all(Array.from({ length: 4 }, () => site.authorize(requestUri, cookie)));
      expect(places.filter((place) => place?.searchParams.has("code"))).toHaveLength(1);
      const refused = places.filter((place) => place?.searchParams.get("error") === "invalid_request_uri");
      // Who comes after the first has finished is told so on a page instead, since the redirect address was in the request.
      expect(refused.length + places.filter((place) => place === undefined).length).toBe(3);
    });

    test("of four uses of one client assertion at once exactly one is accepted, and the others are a clear 400 or 401", async () => {
      await using site = await openSite(engine);
      const assertion = await site.assertion();
      const answers = await Promise.all(Array.from({ length: 4 }, () => site.clientCredentials(assertion)));
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      expect(statuses.filter((status) => status === 400 || status === 401)).toHaveLength(3);
    });
  });
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

interface Site extends AsyncDisposable {
  issueCode(): Promise<string>;
  exchange(code: string): Promise<Answer>;
  refresh(tokens: Record<string, unknown> | undefined): Promise<Answer>;
  userinfo(tokens: Record<string, unknown> | undefined): Promise<Answer>;
  push(): Promise<string>;
  /** Alice's session cookie. */
  signIn(): Promise<string>;
  /** Where the browser is sent, or undefined for a page. */
  authorize(requestUri: string, cookie: string): Promise<URL | undefined>;
  assertion(): Promise<string>;
  clientCredentials(assertion: string): Promise<Answer>;
}

const REDIRECT_URI = "https://shop.example/callback";
const SHOP = { authorization: `Basic ${Buffer.from("shop:secret").toString("base64")}` };

async function openSite(engine: Engine): Promise<Site> {
  const fresh = await freshDatabase(engine);
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  const issuer = `http://127.0.0.1:${address.port}`;

  const robot = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const adapter = createAdapter({
    database: fresh.database,
    sealer: createSealer([randomBytes(32)], { bytes: randomBytes }),
    digest: createDigester(randomBytes(32)),
    clock: Date.now,
    account: createAccounts({ clock: Date.now, random: { bytes: randomBytes } }).beside,
  });
  const provider = new Provider(issuer, {
    ...CONFIGURATION,
    adapter,
    jwks: { keys: [await exportJWK(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey)] },
    clients: [
      {
        client_id: "shop",
        client_secret: "secret",
        redirect_uris: [REDIRECT_URI],
        grant_types: ["authorization_code", "refresh_token"],
        id_token_signed_response_alg: "ES256",
      },
      {
        client_id: "robot",
        redirect_uris: [],
        response_types: [],
        grant_types: ["client_credentials"],
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES256",
        id_token_signed_response_alg: "ES256",
        jwks: { keys: [await exportJWK(robot.publicKey)] },
      },
    ],
    loadExistingGrant: async () => provider.Grant.find(await grant()),
  });
  server.on("request", provider.callback());

  const grant = async () => {
    const created = new provider.Grant({ accountId: "alice", clientId: "shop" });
    created.addOIDCScope("openid offline_access");
    return created.save();
  };
  const answerOf = async (response: Response): Promise<Answer> => ({
    status: response.status,
    body: await response.json().catch(() => ({})),
  });
  const post = async (path: string, form: Record<string, string>, headers = {}) =>
    answerOf(await fetch(issuer + path, { method: "POST", body: new URLSearchParams(form), headers }));

  return {
    async issueCode() {
      const client = await provider.Client.find("shop");
      if (client === undefined) throw new Error("no client");
      const code = new provider.AuthorizationCode({
        accountId: "alice",
        client,
        grantId: await grant(),
        gty: "authorization_code",
        redirectUri: REDIRECT_URI,
        scope: "openid offline_access",
      });
      return code.save();
    },
    exchange: (code) => post("/token", { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI }, SHOP),
    refresh: (tokens) =>
      post("/token", { grant_type: "refresh_token", refresh_token: String(tokens?.["refresh_token"]) }, SHOP),
    userinfo: async (tokens) =>
      answerOf(await fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${tokens?.["access_token"]}` } })),
    async push() {
      const form = { client_id: "shop", response_type: "code", redirect_uri: REDIRECT_URI, scope: "openid" };
      const { body } = await post("/request", form, SHOP);
      return String(body["request_uri"]);
    },
    async signIn() {
      const session = new provider.Session();
      session.loginAccount({ accountId: "alice" });
      return `_session=${await session.save(60)}`;
    },
    async authorize(requestUri, cookie) {
      const query = new URLSearchParams({ client_id: "shop", request_uri: requestUri });
      const response = await fetch(`${issuer}/auth?${query}`, { headers: { cookie }, redirect: "manual" });
      const location = response.headers.get("location");
      return location === null ? undefined : new URL(location, issuer);
    },
    assertion: () =>
      new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: "ES256" })
        .setIssuer("robot")
        .setSubject("robot")
        .setAudience(issuer)
        .setIssuedAt()
        .setExpirationTime("1m")
        .sign(robot.privateKey),
    clientCredentials: (assertion) =>
      post("/token", {
        grant_type: "client_credentials",
        client_id: "robot",
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: assertion,
      }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await fresh[Symbol.asyncDispose]();
    },
  };
}

const CONFIGURATION: Configuration = {
  features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  interactions: { url: () => "/interaction" },
  scopes: ["openid", "offline_access"],
  pkce: { required: () => false },
  rotateRefreshToken: true,
  issueRefreshToken: () => true,
  renderError(ctx, out) {
    ctx.body = out;
  },
  // All set, since each default that is used is a warning on the console.
  ttl: {
    AccessToken: 300,
    AuthorizationCode: 60,
    ClientCredentials: 300,
    Grant: 3600,
    IdToken: 300,
    Interaction: 600,
    RefreshToken: 3600,
    Session: 3600,
  },
};
