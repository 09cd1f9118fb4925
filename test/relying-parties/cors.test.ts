import { describe, expect, test } from "vitest";
import { client, createWorld, SHOP, type World } from "../support/world.ts";

const ORIGIN = "https://page.example";
const { client_secret: _, ...open } = client({
  client_id: "page",
  client_name: "A page",
  redirect_uris: [`${ORIGIN}/back`],
});
const page = { ...open, token_endpoint_auth_method: "none" as const };

function ask(
  world: World,
  path: string,
  origin: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
) {
  return fetch(`${world.issuer}${path}`, { ...init, headers: { ...init.headers, origin } });
}
const allowed = (response: Response) => response.headers.get("access-control-allow-origin");
const form = (clientId: string) => ({
  method: "POST",
  body: new URLSearchParams({
    grant_type: "authorization_code",
    code: "wrong",
    client_id: clientId,
    redirect_uri: `${ORIGIN}/back`,
  }),
});

describe("calls from a page of a site (CORS)", () => {
  test("everybody may read discovery and keys", async () => {
    await using world = await createWorld({ clients: [page, SHOP] });
    for (const path of ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"]) {
      expect(allowed(await ask(world, path, "https://anybody.example"))).toBe("https://anybody.example");
    }
  });

  test("a public client's origin may read the token endpoint's answer, errors as well, and no other may", async () => {
    await using world = await createWorld({ clients: [page, SHOP] });
    const own = await ask(world, "/token", ORIGIN, form("page"));
    expect([own.status, allowed(own)]).toEqual([400, ORIGIN]);
    expect(allowed(await ask(world, "/token", "https://evil.example", form("page")))).toBeNull();
    expect(allowed(await ask(world, "/token", ORIGIN, form("shop")))).toBeNull();
  });

  test("a browser's question before a call with a token is answered", async () => {
    await using world = await createWorld({ clients: [page, SHOP] });
    for (const [path, method] of [
      ["/userinfo", "GET"],
      ["/token", "POST"],
      ["/revoke", "POST"],
    ] as const) {
      const headers = { "access-control-request-method": method, "access-control-request-headers": "authorization" };
      const response = await ask(world, path, ORIGIN, { method: "OPTIONS", headers });
      expect([path, response.status, allowed(response)]).toEqual([path, 204, ORIGIN]);
      expect(response.headers.get("access-control-allow-headers")).toMatch(/authorization/i);
    }
  });

  test("no answer lets a page of another site send cookies", async () => {
    await using world = await createWorld({ clients: [page, SHOP] });
    for (const path of ["/.well-known/openid-configuration", "/authorize", "/userinfo", "/sign-out"]) {
      expect((await ask(world, path, ORIGIN)).headers.get("access-control-allow-credentials")).toBeNull();
    }
    expect(allowed(await ask(world, "/sign-out", ORIGIN))).toBeNull();
  });
});
