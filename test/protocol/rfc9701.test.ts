import { createRemoteJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import { describe, expect, test } from "vitest";
import type { ClientEntry } from "../../src/provider/clients.ts";
import {
  ARCHIVE_API,
  introspect,
  PURSE_API,
  PURSES,
  seenBy,
  WALLET,
  WITH_SERVERS,
} from "../support/resource-servers.ts";
import { signIn } from "../support/sign-in.ts";
import { createWorld, type World } from "../support/world.ts";

const CLIENTS = { clients: WITH_SERVERS };
const JWT = "application/token-introspection+jwt";

async function walletToken(world: World): Promise<string> {
  const parameters = { scope: "openid purses:read", resource: PURSES };
  const { tokens } = await signIn(world, { client: WALLET, parameters });
  return (await tokens()).access_token;
}

/** The answer as a resource server must check it: by the published keys, with all of typ, alg, iss and aud. */
async function verified(world: World, entry: ClientEntry, token: string, alg = "ES256") {
  const answer = await introspect(world, entry, token, { accept: JWT });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")?.split(";")[0]).toBe(JWT);
  expect(answer.headers.get("cache-control")).toContain("no-store");
  const keys = createRemoteJWKSet(new URL(`${world.issuer}/jwks`));
  return jwtVerify(await answer.text(), keys, {
    issuer: world.issuer,
    audience: entry.client_id,
    typ: "token-introspection+jwt",
    algorithms: [alg],
    maxTokenAge: 5,
  });
}

describe("RFC 9701 section 4: the request", () => {
  test("asks for the signed answer by Accept; without it the answer is JSON as in RFC 7662", async () => {
    await using world = await createWorld(CLIENTS);
    const token = await walletToken(world);
    await verified(world, PURSE_API, token);
    for (const accept of ["application/json", "*/*", `application/json, ${JWT};q=0.5`]) {
      const answer = await introspect(world, PURSE_API, token, { accept });
      expect(answer.headers.get("content-type")).toContain("application/json");
      expect(await answer.json()).toMatchObject({ active: true });
    }
  });

  test("is authenticated: nobody else gets a signed answer", async () => {
    await using world = await createWorld(CLIENTS);
    const token = await walletToken(world);
    const answer = await introspect(world, { ...PURSE_API, client_secret: "wrong" }, token, { accept: JWT });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toContain("application/json");
  });
});

describe("RFC 9701 section 5: the response", () => {
  test("has iss, aud, iat and token_introspection, and no sub or exp that would make it another kind of token", async () => {
    await using world = await createWorld(CLIENTS);
    const token = await walletToken(world);
    const { payload, protectedHeader } = await verified(world, PURSE_API, token);
    expect(Object.keys(payload).sort()).toEqual(["aud", "iat", "iss", "token_introspection"]);
    expect(payload).toMatchObject({ iss: world.issuer, aud: "purse-api", iat: expect.any(Number) });
    expect(protectedHeader).toEqual({ alg: "ES256", typ: "token-introspection+jwt", kid: expect.any(String) });
  });

  test("aud is who asked, not the audience of the token, which is within", async () => {
    await using world = await createWorld(CLIENTS);
    const token = await walletToken(world);
    const { payload } = await verified(world, WALLET, token);
    expect(payload).toMatchObject({ aud: "wallet", token_introspection: { aud: PURSES, client_id: "wallet" } });
  });

  test("says of an active token what the JSON says, member for member", async () => {
    await using world = await createWorld(CLIENTS);
    const token = await walletToken(world);
    const { payload } = await verified(world, PURSE_API, token);
    expect(introspectionOf(payload)).toEqual(await seenBy(world, PURSE_API, token));
    expect(introspectionOf(payload)).toMatchObject({
      active: true,
      acr: "urn:e-num:acr:login",
      auth_time: expect.any(Number),
    });
  });

  test("says of any token that is not active, or not for this server, that alone, and is signed all the same", async () => {
    await using world = await createWorld(CLIENTS);
    const token = await walletToken(world);
    const userinfo = (await (await signIn(world, { client: WALLET })).tokens()).access_token;
    const cases: [ClientEntry, string][] = [
      [PURSE_API, "never-issued"],
      [PURSE_API, userinfo],
      [ARCHIVE_API, token],
    ];
    for (const [entry, given] of cases) {
      const { payload } = await verified(world, entry, given);
      expect(Object.keys(payload).sort()).toEqual(["aud", "iat", "iss", "token_introspection"]);
      expect(payload["token_introspection"]).toEqual({ active: false });
    }
    world.pass(616_000);
    expect((await verified(world, PURSE_API, token)).payload["token_introspection"]).toEqual({ active: false });
  });
});

describe("RFC 9701 section 6: the resource server's metadata", () => {
  test.each(["ES256", "EdDSA", "RS256"] as const)(
    "introspection_signed_response_alg %s signs so, with ES256 where there is none",
    async (alg) => {
      const entry = { ...PURSE_API, introspection_signed_response_alg: alg };
      await using world = await createWorld({ clients: [entry, ARCHIVE_API, WALLET] });
      const token = await walletToken(world);
      const { protectedHeader } = await verified(world, entry, token, alg);
      expect(protectedHeader.alg).toBe(alg);
    },
  );
});

describe("RFC 9701 section 7: the provider's metadata", () => {
  test("lists the algorithms", async () => {
    await using world = await createWorld(CLIENTS);
    const answer = await fetch(`${world.issuer}/.well-known/openid-configuration`);
    const { introspection_signing_alg_values_supported: algorithms } = await answer.json();
    expect(algorithms).toEqual(["ES256", "EdDSA", "RS256"]);
  });
});

describe("RFC 9701 section 8.1: no confusion with other tokens", () => {
  test("the type is its own, so that it passes for no ID token, and an ID token not for it", async () => {
    await using world = await createWorld(CLIENTS);
    const { tokens } = await signIn(world, { client: WALLET });
    const { id_token: idToken = "" } = await tokens();
    expect(decodeProtectedHeader(idToken).typ).not.toBe("token-introspection+jwt");
    const token = await walletToken(world);
    const signed = await (await introspect(world, WALLET, token, { accept: JWT })).text();
    const hinted = await fetch(`${world.issuer}/sign-out?id_token_hint=${signed}`);
    expect(hinted.status).toBe(400);
  });
});

function introspectionOf(payload: JWTPayload): unknown {
  return payload["token_introspection"];
}
