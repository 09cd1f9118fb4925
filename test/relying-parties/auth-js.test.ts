import { Auth, type AuthConfig } from "@auth/core";
import { parse } from "node-html-parser";
import { describe, expect, test } from "vitest";
import { passPages } from "../support/sign-in.ts";
import { createVisitor, type Visitor } from "../support/visitor.ts";
import { client, createWorld, type World } from "../support/world.ts";

const ORIGIN = "http://localhost:9";
const site = client({
  client_id: "auth-js",
  client_name: "Reading circle",
  redirect_uris: [`${ORIGIN}/auth/callback/e-num`],
  post_logout_redirect_uris: [`${ORIGIN}/`],
  first_party: true,
});

/** A custom OpenID Connect provider as Auth.js documents it: issuer, id and secret, and nothing else that is ours. */
function configuration(world: World): AuthConfig {
  return {
    secret: "a secret of the site for its own cookies",
    trustHost: true,
    basePath: "/auth",
    providers: [
      {
        id: "e-num",
        name: "E-num",
        type: "oidc",
        issuer: world.issuer,
        clientId: site.client_id,
        clientSecret: site.client_secret ?? "",
        // By default Auth.js looks for the profile in the ID token; the claims of scopes are at the userinfo endpoint (Core section 5.4).
        idToken: false,
        authorization: { params: { scope: "openid email wmid" } },
        checks: ["pkce", "state", "nonce"],
      },
    ],
    callbacks: {
      jwt: ({ token, profile }) => (profile ? { ...token, sub: profile.sub ?? "", wmid: profile["wmid"] } : token),
      session: ({ session, token }) => ({ ...session, sub: token.sub, wmid: token["wmid"] }),
    },
    logger: { error: () => undefined },
  };
}

/** A person's browser at the site: it keeps the site's cookies. */
function browserAt(config: AuthConfig) {
  const jar = new Map<string, string>();
  return async (path: string, form?: Record<string, string>): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const init = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
    const response = await Auth(new Request(new URL(path, ORIGIN), { ...init, headers: { cookie } }), config);
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return response;
  };
}

async function signInAt(world: World, visit: ReturnType<typeof browserAt>, visitor: Visitor): Promise<Response> {
  const page = parse(await (await visit("/auth/signin")).text());
  const csrfToken = page.querySelector("input[name=csrfToken]")?.getAttribute("value") ?? "";
  const away = await visit("/auth/signin/e-num", { csrfToken, callbackUrl: `${ORIGIN}/books` });
  const back = await passPages(world, visitor, away.headers.get("location") ?? "");
  return visit(back.url);
}

describe("@auth/core (Auth.js)", () => {
  test("signs in with a custom provider of type oidc, with PKCE, state and nonce", async () => {
    await using world = await createWorld({ clients: [site] });
    const visit = browserAt(configuration(world));
    const done = await signInAt(world, visit, createVisitor(world.issuer));
    expect([done.status, done.headers.get("location")]).toEqual([302, `${ORIGIN}/books`]);
    const session = await (await visit("/auth/session")).json();
    expect(session).toMatchObject({
      user: { email: "alice@example.com" },
      wmid: "301234567890",
      sub: expect.any(String),
    });
  });

  test("the second time asks the person for nothing", async () => {
    await using world = await createWorld({ clients: [site] });
    const visitor = createVisitor(world.issuer);
    await signInAt(world, browserAt(configuration(world)), visitor);
    const again = browserAt(configuration(world));
    await signInAt(world, again, visitor);
    expect(await (await again("/auth/session")).json()).toMatchObject({ user: { email: "alice@example.com" } });
  });

  test("a person who declines comes back to the site's own page", async () => {
    await using world = await createWorld({ clients: [site] });
    const visit = browserAt(configuration(world));
    const page = parse(await (await visit("/auth/signin")).text());
    const csrfToken = page.querySelector("input[name=csrfToken]")?.getAttribute("value") ?? "";
    const away = await visit("/auth/signin/e-num", { csrfToken });
    const visitor = createVisitor(world.issuer);
    const back = await visitor.submit(await visitor.open(away.headers.get("location") ?? ""), "decline");
    const done = await visit(back.url);
    expect(done.headers.get("location")).toMatch(/^http:\/\/localhost:9\/auth\/(error|signin)\?error=/);
    expect(await (await visit("/auth/session")).json()).toBeNull();
  });
});
