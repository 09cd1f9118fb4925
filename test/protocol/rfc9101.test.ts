import { SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { requestOf, signingSite } from "../support/pushed.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

describe("RFC 9101: a request object", () => {
  test("is signed by a key, as discovery says, and a sign-in begins with it", async () => {
    const { site, sign } = await signingSite();
    await using world = await createWorld({ clients: [site] });
    expect(await world.discovered()).toMatchObject({
      request_object_signing_alg_values_supported: ["ES256", "EdDSA", "Ed25519", "RS256", "PS256"],
    });
    const query = new URLSearchParams({ client_id: site.client_id, request: await sign(world, { scope: "openid" }) });
    const page = await createVisitor(world.issuer).open(`/authorize?${query}`);
    expect(page.html.querySelector("input[name=identifier]")).not.toBeNull();
  });

  test("is not signed by the client's secret, which whoever reads the address could then guess", async () => {
    const { site } = await signingSite();
    await using world = await createWorld({ clients: [site] });
    const request = await new SignJWT({ ...requestOf(site), scope: "openid" })
      .setProtectedHeader({ alg: "HS256", typ: "oauth-authz-req+jwt" })
      .setIssuer(site.client_id)
      .setAudience(world.issuer)
      .sign(Buffer.from(site.client_secret ?? ""));
    const query = new URLSearchParams({ ...requestOf(site), request });
    const { url } = await createVisitor(world.issuer).open(`/authorize?${query}`);
    // With nothing but the object, where to send the person is in what is not believed.
    const alone = new URLSearchParams({ client_id: site.client_id, request });
    const page = await createVisitor(world.issuer).open(`/authorize?${alone}`);
    expect([page.status, page.url.startsWith(world.issuer)]).toEqual([400, true]);
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      error: "invalid_request_object",
      error_description: "unsupported signed request alg",
    });
  });
});
