import { decodeJwt } from "jose";
import * as oidc from "openid-client";
import { Strategy } from "openid-client/passport";
import { describe, expect, test } from "vitest";
import { passPages } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld } from "../support/world.ts";

const CALLBACK = "http://localhost:9/shop/callback";

/** What a strategy does with a request of Express, without Express and Passport: each ends in one of Passport's four calls. */
async function authenticate(strategy: Strategy, href: string, session: object): Promise<Record<string, unknown>> {
  const { pathname, search, host } = new URL(href);
  const request = {
    method: "GET",
    originalUrl: pathname + search,
    url: pathname + search,
    protocol: "http",
    host,
    session,
  };
  return new Promise((done) => {
    const calls = ["redirect", "success", "fail", "error"].map((name) => [
      name,
      (value: unknown) => done({ [name]: value }),
    ]);
    Object.assign(strategy, Object.fromEntries(calls));
    Reflect.apply(strategy.authenticate, strategy, [request, {}]);
  });
}

describe("Passport with openid-client's strategy, which we recommend", () => {
  test("signs in with nothing but discovery, also by pushed requests", async () => {
    for (const usePAR of [false, true]) {
      const shop = client({
        client_id: "shop",
        client_name: "Book shop",
        first_party: true,
        require_pushed_authorization_requests: usePAR,
      });
      await using world = await createWorld({ clients: [shop] });
      const execute = [oidc.allowInsecureRequests];
      const config = await oidc.discovery(new URL(world.issuer), "shop", shop.client_secret, undefined, { execute });
      const strategy = new Strategy(
        { config, scope: "openid email", callbackURL: CALLBACK, usePAR },
        (tokens, verified) => verified(null, { id: tokens.claims()?.sub ?? "" }),
      );
      const session = {};
      const { redirect } = await authenticate(strategy, "http://localhost:9/login", session);
      const back = await passPages(world, createVisitor(world.issuer), String(redirect));
      expect(await authenticate(strategy, back.url, session)).toEqual({
        success: { id: expect.stringMatching(/^[\w-]{22}$/) },
      });
    }
  });
});

/** What passport-openidconnect 0.1 sends, by its source: no PKCE, a nonce only with its option `nonce`, the secret in the form. */
describe("passport-openidconnect, which cannot do PKCE", () => {
  const settings = { require_pkce: false, token_endpoint_auth_method: "client_secret_post" } as const;
  const shop = client({ client_id: "shop", client_name: "Book shop", first_party: true, ...settings });
  const request = (nonce: Record<string, string>) =>
    new URLSearchParams({
      response_type: "code",
      client_id: "shop",
      redirect_uri: CALLBACK,
      scope: "openid email",
      state: "s",
      ...nonce,
    });

  test("signs in with the option `nonce`, where the operator lets it", async () => {
    await using world = await createWorld({ clients: [shop] });
    const visitor = createVisitor(world.issuer);
    const back = await passPages(world, visitor, `${world.issuer}/authorize?${request({ nonce: "n-0S6_WzA2Mj" })}`);
    const code = new URL(back.url).searchParams.get("code") ?? "";
    const secret = { client_id: "shop", client_secret: shop.client_secret ?? "" };
    const body = new URLSearchParams({ grant_type: "authorization_code", redirect_uri: CALLBACK, ...secret, code });
    const tokens = await (await fetch(`${world.issuer}/token`, { method: "POST", body })).json();
    expect(decodeJwt(tokens.id_token)).toMatchObject({ aud: "shop", nonce: "n-0S6_WzA2Mj" });
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const profile = await (await fetch(`${world.issuer}/userinfo?schema=openid`, { headers })).json();
    expect(profile).toMatchObject({ email: "alice@example.com" });
  });

  test("is refused without it, and where the operator does not let it", async () => {
    await using world = await createWorld({
      clients: [shop, client({ ...shop, client_id: "strict", redirect_uris: [CALLBACK], require_pkce: true })],
    });
    const visitor = createVisitor(world.issuer);
    const bare = await visitor.open(`${world.issuer}/authorize?${request({})}`);
    expect(new URL(bare.url).searchParams.get("error")).toBe("invalid_request");
    const strict = request({ nonce: "n-0S6_WzA2Mj" });
    strict.set("client_id", "strict");
    const refused = await visitor.open(`${world.issuer}/authorize?${strict}`);
    expect(new URL(refused.url).searchParams.get("error_description")).toMatch(/PKCE/);
  });
});
