import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { buildEndSessionUrl, tokenIntrospection } from "openid-client";
import { describe, expect, test } from "vitest";
import { errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, SHOP } from "../support/world.ts";

/** A site's back-channel endpoint on a real port. */
async function listener(status = 200): Promise<{ uri: string; tokens: string[] } & AsyncDisposable> {
  const tokens: string[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    tokens.push(new URLSearchParams(body).get("logout_token") ?? "");
    response.writeHead(status).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port }: AddressInfo = JSON.parse(JSON.stringify(server.address()));
  return {
    uri: `http://127.0.0.1:${port}/backchannel-logout`,
    tokens,
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done));
    },
  };
}

describe("OpenID Connect RP-Initiated Logout 1.0", () => {
  test("the person is asked, says yes, and comes back to the site signed out", async () => {
    await using world = await createWorld();
    const { party, visitor, tokens } = await signIn(world);
    const answer = await tokens();
    const address = buildEndSessionUrl(party.config, {
      id_token_hint: answer.id_token ?? "",
      post_logout_redirect_uri: SHOP.post_logout_redirect_uris[0] ?? "",
      state: "abc",
    });
    const asked = await visitor.open(address.href);
    expect(asked.status).toBe(200);
    const back = await visitor.submit(asked, "yes");
    expect(back.url).toBe("http://localhost:9/shop/?state=abc");
    expect(errorOf((await signIn(world, { visitor, parameters: { prompt: "none" } })).back)).toBe("login_required");
    expect(await tokenIntrospection(party.config, answer.access_token)).toEqual({ active: false });
    expect(await world.database.rows("SELECT id FROM event WHERE type = 'session.ended'")).toHaveLength(1);
  });

  test("who says no stays signed in at other sites", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const asked = await visitor.open("/sign-out");
    const stay = asked.html.querySelectorAll("button").find((button) => button.getAttribute("value") !== "yes");
    expect(stay).toBeDefined();
    const xsrf = asked.html.querySelector("input[name=xsrf]")?.getAttribute("value") ?? "";
    const done = await visitor.post("/sign-out/confirm", new URLSearchParams({ xsrf }).toString());
    expect(done.status).toBe(200);
    expect((await signIn(world, { visitor, parameters: { prompt: "none" } })).back.url).toContain("code=");
  });

  test("without a site to go back to, the page says that it is done", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    const done = await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect(done.url).toBe(`${world.issuer}/sign-out/success`);
    expect(done.html.querySelector("h1")).not.toBeNull();
  });

  test("an address to go back to that is not registered is refused on a page", async () => {
    await using world = await createWorld();
    const page = await createVisitor(world.issuer).open("/sign-out?client_id=shop&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F");
    expect(page.status).toBe(400);
    expect(page.url).toContain(world.issuer);
  });
});

describe("OpenID Connect Back-Channel Logout 1.0", () => {
  test("every site of the session gets a logout token that names it", async () => {
    await using site = await listener();
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri, backchannel_logout_session_required: true });
    await using world = await createWorld({ clients: [shop] });
    const { visitor, tokens } = await signIn(world, { client: shop });
    const claims = (await tokens()).claims();
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect(site.tokens).toHaveLength(1);
    const keys = createRemoteJWKSet(new URL(`${world.issuer}/jwks`));
    const { payload } = await jwtVerify(site.tokens[0] ?? "", keys, { issuer: world.issuer, audience: "shop", typ: "logout+jwt" });
    expect(payload).toMatchObject({
      sub: claims?.sub,
      sid: claims?.["sid"],
      events: { "http://schemas.openid.net/event/backchannel-logout": {} },
    });
    expect(payload).not.toHaveProperty("nonce");
  });

  test("a site that answers with an error does not keep the person signed in", async () => {
    await using site = await listener(500);
    const shop = client({ ...SHOP, backchannel_logout_uri: site.uri });
    await using world = await createWorld({ clients: [shop] });
    const { visitor } = await signIn(world, { client: shop });
    const done = await visitor.submit(await visitor.open("/sign-out"), "yes");
    expect(done.status).toBe(200);
    expect(errorOf((await signIn(world, { client: shop, visitor, parameters: { prompt: "none" } })).back)).toBe("login_required");
  });
});
