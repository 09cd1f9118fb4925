import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import type { ClientEntry } from "../../src/provider/clients.ts";
import {
  BOT,
  certifiedKeys,
  escaped,
  ODD,
  OLD,
  OTHER_SELF,
  SELF,
  structured,
  thumbprintOfCertificate,
} from "../support/certificates.ts";
import { serveKeys } from "../support/key-server.ts";
import { PAYMENT, STORE, TYPED } from "../support/payment.ts";
import { requestOf } from "../support/pushed.ts";
import { PURSE_API, PURSES } from "../support/resource-servers.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const HEADER = "X-Client-Certificate";
const VERIFIED = "X-Client-Verify";
const CONFIG = { trustProxy: true, certificates: { header: HEADER, verifiedHeader: VERIFIED, origin: undefined } };

const { client_secret: _, ...SECRETLESS } = STORE;
const SELF_SIGNED: ClientEntry = {
  ...SECRETLESS,
  token_endpoint_auth_method: "self_signed_tls_client_auth",
  jwks: certifiedKeys(SELF),
  tls_client_certificate_bound_access_tokens: true,
};
const ISSUED: ClientEntry = { ...SECRETLESS, token_endpoint_auth_method: "tls_client_auth" };
const NAME = "CN=payments bot,OU=Zürich,O=Example\\, Inc.,C=US";

const shown = (certificate: string, verified = "SUCCESS") => ({ [HEADER]: escaped(certificate), [VERIFIED]: verified });

/** What the engine's endpoint and ours answer to a client that shows no more than a certificate. */
async function bothSay(world: World, site: ClientEntry, headers: Record<string, string>): Promise<number[]> {
  const ask = async (path: string, fields: Record<string, string>) => {
    const answer = await fetch(`${world.issuer}${path}`, {
      method: "POST",
      headers,
      body: new URLSearchParams(fields),
    });
    return answer.status;
  };
  const receipt = { client_id: site.client_id, operation_id: "none" };
  return [await ask("/par", requestOf(site)), await ask("/confirmations/receipt", receipt)];
}
const KNOWN = [201, 404];
const UNKNOWN = [401, 401];

/** A site on openid-client whose every request goes through a proxy that has seen this certificate. */
function partyOf(
  world: World,
  site: ClientEntry,
  headers: Record<string, string>,
  authentication = oidc.TlsClientAuth(),
) {
  return oidc.discovery(new URL(world.issuer), site.client_id, {}, authentication, {
    execute: [oidc.allowInsecureRequests],
    [oidc.customFetch]: (url, { method, body, headers: own }) =>
      fetch(url, { method, headers: { ...own, ...headers }, ...(body instanceof URLSearchParams ? { body } : {}) }),
  });
}

/** A confirmed payment, up to where its code is to be redeemed. */
async function confirmed(world: World, config: oidc.Configuration, more: Record<string, string> = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const address = await oidc.buildAuthorizationUrlWithPAR(config, {
    redirect_uri: STORE.redirect_uris[0] ?? "",
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    authorization_details: JSON.stringify([PAYMENT]),
    ...more,
  });
  const visitor = createVisitor(world.issuer);
  const number = await visitor.submit(await visitor.open(address.href), "next", { identifier: ALICE });
  const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge, TYPED) });
  const redeem = (by = config) => oidc.authorizationCodeGrant(by, new URL(back.url), { pkceCodeVerifier });
  return { redeem };
}

describe("section 2.1: a certificate of an authority (tls_client_auth)", () => {
  test.each<[string, Partial<ClientEntry>]>([
    ["name", { tls_client_auth_subject_dn: NAME }],
    [
      "name, as others write it",
      { tls_client_auth_subject_dn: "cn = payments bot, ou=Z\\c3\\bcrich, O=Example\\2c Inc., C=US" },
    ],
    ["host name", { tls_client_auth_san_dns: "bot.example.com" }],
    ["URI", { tls_client_auth_san_uri: "spiffe://example.com/bot" }],
    ["address", { tls_client_auth_san_ip: "192.0.2.7" }],
    ["e-mail", { tls_client_auth_san_email: "bot@example.com" }],
  ])("shows the client by its registered %s", async (_name, members) => {
    const site = { ...ISSUED, ...members };
    await using world = await createWorld({ clients: [site], config: CONFIG });
    expect(await bothSay(world, site, shown(BOT))).toEqual(KNOWN);
    expect(await bothSay(world, site, { ...shown(BOT), [HEADER]: structured(BOT) })).toEqual(KNOWN);
  });

  test.each<[string, Partial<ClientEntry>, string]>([
    ["name", { tls_client_auth_subject_dn: "CN=payments bot,O=Example\\, Inc.,C=US" }, BOT],
    [
      "name in another order",
      {
        tls_client_auth_subject_dn: NAME.split(/(?<!\\),/)
          .reverse()
          .join(","),
      },
      BOT,
    ],
    ["host name, though a wildcard would fit", { tls_client_auth_san_dns: "a.wild.example.com" }, BOT],
    ["URI", { tls_client_auth_san_uri: "spiffe://example.com/other" }, BOT],
    ["URI, though another name holds its text", { tls_client_auth_san_uri: "spiffe://example.com/bot" }, ODD],
    ["address", { tls_client_auth_san_ip: "192.0.2.8" }, BOT],
    ["e-mail", { tls_client_auth_san_email: "other@example.com" }, BOT],
  ])("of another %s shows nothing", async (_name, members, certificate) => {
    const site = { ...ISSUED, ...members };
    await using world = await createWorld({ clients: [site], config: CONFIG });
    expect(await bothSay(world, site, shown(certificate))).toEqual(UNKNOWN);
  });

  test("that the proxy has not verified, that has run out, or that is none, shows nothing", async () => {
    const site = { ...ISSUED, tls_client_auth_subject_dn: NAME };
    await using world = await createWorld({ clients: [site], config: CONFIG });
    const { [HEADER]: header } = shown(BOT);
    for (const headers of [
      shown(BOT, "FAILED:unable to verify the first certificate"),
      shown(BOT, ""),
      { [HEADER]: header },
      shown(OLD),
      { [VERIFIED]: "SUCCESS" },
      { [VERIFIED]: "SUCCESS", [HEADER]: "x" },
      { [VERIFIED]: "SUCCESS", [HEADER]: "%" },
      { [VERIFIED]: "SUCCESS", [HEADER]: ":AAAA:" },
      { [VERIFIED]: "SUCCESS", [HEADER]: `${structured(BOT)}, ${structured(BOT)}` },
    ])
      expect(await bothSay(world, site, headers)).toEqual(UNKNOWN);
  });
});

describe("section 2.2: a certificate of its own (self_signed_tls_client_auth)", () => {
  test("shows the client that has registered it, whoever has verified it; another shows nothing", async () => {
    await using world = await createWorld({ clients: [SELF_SIGNED], config: CONFIG });
    expect(await bothSay(world, SELF_SIGNED, shown(SELF, "FAILED:self-signed certificate"))).toEqual(KNOWN);
    expect(await bothSay(world, SELF_SIGNED, shown(OTHER_SELF))).toEqual(UNKNOWN);
    expect(await bothSay(world, SELF_SIGNED, {})).toEqual(UNKNOWN);
  });

  test("may be found at the client's jwks_uri", async () => {
    await using served = await serveKeys(certifiedKeys(SELF));
    const { jwks: _jwks, ...rest } = SELF_SIGNED;
    const site = { ...rest, jwks_uri: served.address };
    await using world = await createWorld({ clients: [site], config: CONFIG });
    expect(await bothSay(world, site, shown(SELF))).toEqual(KNOWN);
    expect(await bothSay(world, site, shown(OTHER_SELF))).toEqual(UNKNOWN);
  });

  test("a client of another method is not shown by it", async () => {
    const keyed: ClientEntry = { ...SELF_SIGNED, token_endpoint_auth_method: "private_key_jwt" };
    await using world = await createWorld({ clients: [keyed], config: CONFIG });
    expect(await bothSay(world, keyed, shown(SELF))).toEqual(UNKNOWN);
  });
});

describe("section 3: tokens that are bound to a certificate", () => {
  test("are had, looked at and used with it alone: code, introspection, receipt", async () => {
    const site: ClientEntry = { ...SELF_SIGNED, resources: [PURSES] };
    await using world = await createWorld({ clients: [site, PURSE_API], config: CONFIG });
    const config = await partyOf(world, site, shown(SELF));
    const { redeem } = await confirmed(world, config);
    const tokens = await redeem();
    const { cnf } = await oidc.tokenIntrospection(config, tokens.access_token);
    expect(cnf).toEqual({ "x5t#S256": thumbprintOfCertificate(SELF) });
    const [details] = tokens.authorization_details ?? [];
    const { id } = Object(details?.["confirmation"]);
    const receipt = (headers: Record<string, string>) =>
      fetch(`${world.issuer}/confirmations/${id}/receipt`, {
        headers: { authorization: `Bearer ${tokens.access_token}`, ...headers },
      });
    expect((await receipt(shown(SELF))).status).toBe(200);
    for (const headers of [{}, shown(OTHER_SELF)]) {
      const refused = await receipt(headers);
      expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([
        401,
        expect.stringMatching(/^Bearer error="invalid_token"/),
      ]);
    }
  });

  test("at userinfo as well", async () => {
    await using world = await createWorld({ clients: [SELF_SIGNED], config: CONFIG });
    const config = await partyOf(world, SELF_SIGNED, shown(SELF));
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const address = oidc.buildAuthorizationUrl(config, {
      redirect_uri: SELF_SIGNED.redirect_uris[0] ?? "",
      scope: "openid",
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    });
    const visitor = createVisitor(world.issuer);
    const number = await visitor.submit(await visitor.open(address.href), "next", { identifier: ALICE });
    const back = await visitor.submit(number, "next", { response: world.answer(ALICE, number.challenge) });
    const tokens = await oidc.authorizationCodeGrant(config, new URL(back.url), { pkceCodeVerifier });
    const { sub = "" } = tokens.claims() ?? {};
    expect(await oidc.fetchUserInfo(config, tokens.access_token, sub)).toMatchObject({ sub });
    const thief = await partyOf(world, SELF_SIGNED, shown(OTHER_SELF));
    await expect(oidc.fetchUserInfo(thief, tokens.access_token, sub)).rejects.toMatchObject({ status: 401 });
  });

  test("section 4: a client without a secret has them bound to a certificate that nobody registered", async () => {
    const app: ClientEntry = {
      ...SECRETLESS,
      token_endpoint_auth_method: "none",
      tls_client_certificate_bound_access_tokens: true,
    };
    await using world = await createWorld({ clients: [app], config: CONFIG });
    const config = await partyOf(world, app, shown(OTHER_SELF), oidc.None());
    const { redeem } = await confirmed(world, config);
    const bare = await partyOf(world, app, {}, oidc.None());
    await expect(redeem(bare)).rejects.toMatchObject({ error: "invalid_grant" });
    const tokens = await redeem();
    const [details] = tokens.authorization_details ?? [];
    const { id } = Object(details?.["confirmation"]);
    const address = `${world.issuer}/confirmations/${id}/receipt`;
    const authorization = `Bearer ${tokens.access_token}`;
    for (const [certificate, status] of [
      [OTHER_SELF, 200],
      [SELF, 401],
    ] as const) {
      const answer = await fetch(address, { headers: { authorization, ...shown(certificate) } });
      expect(answer.status).toBe(status);
    }
  });
});

describe("sections 3.3 and 5: discovery", () => {
  const discovered = async (world: World) =>
    Object(await (await fetch(`${world.issuer}/.well-known/openid-configuration`)).json());
  const methods = (metadata: { token_endpoint_auth_methods_supported: string[] }) =>
    metadata.token_endpoint_auth_methods_supported.filter((method) => method.includes("tls"));

  test("says nothing of certificates where no proxy tells of them, and no header is then believed", async () => {
    const keyed: ClientEntry = {
      ...SECRETLESS,
      token_endpoint_auth_method: "private_key_jwt",
      jwks: certifiedKeys(SELF),
    };
    await using world = await createWorld({ clients: [keyed] });
    const metadata = await discovered(world);
    expect(methods(metadata)).toEqual([]);
    expect(metadata).not.toHaveProperty("tls_client_certificate_bound_access_tokens");
    expect(await bothSay(world, keyed, shown(SELF))).toEqual(UNKNOWN);
  });

  test("lists the methods that there are, and that tokens can be bound", async () => {
    const { verifiedHeader: _verified, ...unverified } = CONFIG.certificates;
    const config = { ...CONFIG, certificates: { ...unverified, verifiedHeader: undefined } };
    await using selfSigned = await createWorld({ config });
    expect(methods(await discovered(selfSigned))).toEqual(["self_signed_tls_client_auth"]);
    await using both = await createWorld({ config: CONFIG });
    const metadata = await discovered(both);
    expect(methods(metadata)).toEqual(["self_signed_tls_client_auth", "tls_client_auth"]);
    expect(metadata).toMatchObject({ tls_client_certificate_bound_access_tokens: true });
    expect(metadata).not.toHaveProperty("mtls_endpoint_aliases");
  });

  test("names the endpoints of the origin that asks for certificates, which answers there and nowhere else", async () => {
    const origin = "http://mtls.example.com";
    const certificates = { ...CONFIG.certificates, origin };
    await using world = await createWorld({ clients: [SELF_SIGNED], config: { ...CONFIG, certificates } });
    expect((await discovered(world)).mtls_endpoint_aliases).toEqual({
      token_endpoint: `${origin}/token`,
      userinfo_endpoint: `${origin}/userinfo`,
      introspection_endpoint: `${origin}/introspect`,
      revocation_endpoint: `${origin}/revoke`,
      pushed_authorization_request_endpoint: `${origin}/par`,
      device_authorization_endpoint: `${origin}/device-authorization`,
    });
    const there = { ...shown(SELF), "x-forwarded-host": "mtls.example.com" };
    expect(await bothSay(world, SELF_SIGNED, there)).toEqual(KNOWN);
    for (const path of ["/authorize", "/account", "/.well-known/openid-configuration", "/token/x"]) {
      const answer = await fetch(`${world.issuer}${path}`, { headers: there, redirect: "manual" });
      expect([path, answer.status]).toEqual([path, 421]);
    }
    // As by a proxy that adds its name to what came, instead of replacing it.
    const added = { ...there, "x-forwarded-host": "mtls.example.com, id.example.com" };
    const statusOf = async (headers: Record<string, string>) =>
      (await fetch(`${world.issuer}/userinfo`, { headers })).status;
    expect([await statusOf(there), await statusOf(added)]).toEqual([401, 400]);
  });
});
