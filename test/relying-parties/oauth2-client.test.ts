import { generateCodeVerifier, OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client";
import { describe, expect, test } from "vitest";
import { passPages } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, SHOP } from "../support/world.ts";

const redirectUri = "http://localhost:9/shop/callback";

/** As its README has it: the server's address alone, the rest by discovery (RFC 8414). */
describe("@badgateway/oauth2-client", () => {
  test("signs in by the server's address alone, refreshes, asks about its token and revokes it", async () => {
    await using world = await createWorld();
    const oauth = new OAuth2Client({
      server: `${world.issuer}/`,
      clientId: "shop",
      clientSecret: SHOP.client_secret ?? "",
    });
    const codeVerifier = await generateCodeVerifier();
    const request = { redirectUri, state: "some-string", codeVerifier };
    const address = await oauth.authorizationCode.getAuthorizeUri({
      ...request,
      scope: ["openid", "email", "offline_access"],
      extraParams: { prompt: "consent" },
    });
    const back = await passPages(world, createVisitor(world.issuer), address);
    const token = await oauth.authorizationCode.getTokenFromCodeRedirect(back.url, request);
    expect(token).toMatchObject({ accessToken: expect.any(String), refreshToken: expect.any(String) });
    expect(token.idToken).toMatch(/^ey/);

    const wrapper = new OAuth2Fetch({ client: oauth, getNewToken: () => token });
    const answer = await wrapper.fetch(`${world.issuer}/userinfo`);
    expect(await answer.json()).toMatchObject({ email: "alice@example.com" });

    const fresh = await oauth.refreshToken(token);
    expect(fresh.refreshToken).not.toBe(token.refreshToken);
    expect(await oauth.introspect(fresh)).toMatchObject({ active: true, client_id: "shop" });
    await oauth.revoke(fresh);
    expect(await oauth.introspect(fresh)).toEqual({ active: false });
  });

  test("signs in with its secret in the form, and without any as a public client", async () => {
    const posted = client({ ...SHOP, token_endpoint_auth_method: "client_secret_post" });
    const { client_secret: _, ...open } = client({ client_id: "page", client_name: "A page", first_party: true });
    await using world = await createWorld({ clients: [posted, { ...open, token_endpoint_auth_method: "none" }] });
    for (const settings of [
      { clientId: "shop", clientSecret: SHOP.client_secret ?? "", authenticationMethod: "client_secret_post" as const },
      { clientId: "page" },
    ]) {
      const oauth = new OAuth2Client({ server: `${world.issuer}/`, ...settings });
      const codeVerifier = await generateCodeVerifier();
      const request = { redirectUri: `http://localhost:9/${settings.clientId}/callback`, codeVerifier };
      const address = await oauth.authorizationCode.getAuthorizeUri({ ...request, scope: ["openid"] });
      const back = await passPages(world, createVisitor(world.issuer), address);
      expect((await oauth.authorizationCode.getTokenFromCodeRedirect(back.url, request)).accessToken).not.toBe("");
    }
  });
});
