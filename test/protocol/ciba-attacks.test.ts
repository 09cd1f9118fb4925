import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { SignJWT } from "jose";
import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import { asked } from "../request/asked.ts";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { statementOf } from "../support/operations.ts";
import { PAYMENT } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { askOnPhone, pollTokens, post, TILL } from "../support/till.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, SHOP, type World } from "../support/world.ts";

const BOT = client({
  client_id: "bot",
  client_name: "Security",
  security_bot: true,
  redirect_uris: [],
  post_logout_redirect_uris: [],
  grant_types: [],
  response_types: [],
});
const details = { authorization_details: JSON.stringify([PAYMENT]) };
const PAID = statementOf({ mode: "operation", client: { id: "till", name: "Till" }, operation: PAYMENT });

async function onPhone(world: World) {
  const phone = await onlinePhone(world);
  const [request] = (await phone.requests()).requests;
  return { phone, id: request?.id ?? "" };
}

describe("RFC 9449: a token that is bound to a key", () => {
  test("comes with the till's proof alone, and is of no use without one", async () => {
    const bound = { ...TILL, dpop_bound_access_tokens: true };
    await using world = await createWorld({ clients: [bound] });
    const party = await createRelyingParty(world.issuer, bound);
    const answer = await oidc.initiateBackchannelAuthentication(party.config, { scope: "openid", login_hint: ALICE });
    const { phone, id } = await onPhone(world);
    await phone.answer(id, String(Object(answer)["enum_challenge"]));
    const asking = { ...answer, interval: 0 };
    const tokens = await oidc.pollBackchannelAuthenticationGrant(party.config, asking, undefined, party.proving);
    expect(tokens.token_type).toBe("dpop");
    const { sub = "" } = tokens.claims() ?? {};
    const info = await oidc.fetchUserInfo(party.config, tokens.access_token, sub, party.proving);
    expect(info.sub).toBe(sub);
    const found = await fetch(`${world.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(found.status).toBe(401);
  });
});

describe("an operation that may not be confirmed by this account", () => {
  test("is refused to the phone and the site when the right number has come, and costs no try", async () => {
    await using world = await createWorld({ clients: [TILL, BOT] });
    const raised = await post(
      world,
      "/policy/demands",
      { account: ALICE, demands: "refuse", seconds: "3600", reason: "Lost.", reason_ru: "Утерян." },
      BOT,
    );
    expect(raised.status).toBe(201);
    const first = await askOnPhone(world, details);
    const { phone, id } = await onPhone(world);
    const answer = await phone.answer(id, first.body.enum_challenge, { statement: PAID });
    expect(problemOf(answer)).toEqual([410, "declined"]);
    expect((await pollTokens(world, first)).body).toMatchObject({
      error: "access_denied",
      error_description: "refused",
    });
    expect(await world.database.rows("SELECT id FROM counter WHERE failures > 0")).toEqual([]);
  });
});

describe("floods", () => {
  test("of sixteen requests at once ten are taken, and one is open", async () => {
    await using world = await createWorld({ clients: [TILL] });
    const came = await Promise.all(Array.from({ length: 16 }, () => askOnPhone(world)));
    expect(came.filter(({ status }) => status === 200)).toHaveLength(10);
    expect((await (await onlinePhone(world)).requests()).requests).toHaveLength(1);
  });

  test("by strangers in browsers do not hide what a till asks", async () => {
    await using world = await createWorld({ clients: [TILL, SHOP, LIBRARY] });
    await askOnPhone(world);
    for (let count = 0; count < 4; count += 1) await asked(world, createVisitor(world.issuer));
    const { requests } = await (await onlinePhone(world)).requests();
    expect(requests.filter(({ client: { id } }) => id === "till")).toHaveLength(1);
    expect(requests).toHaveLength(4);
  });
});

describe("section 7.1.1: a signed request", () => {
  const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = { ...pair.publicKey.export({ format: "jwk" }), kty: "EC" as const, alg: "ES256", use: "sig" };
  const entry = { ...TILL, jwks: { keys: [jwk] } };

  const signed = (world: World, key: KeyObject, audience = world.issuer) => {
    const now = Math.floor(world.now() / 1000);
    return new SignJWT({ scope: "openid", login_hint: ALICE, binding_message: "Касса 3" })
      .setProtectedHeader({ alg: "ES256" })
      .setIssuer("till")
      .setAudience(audience)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + 60)
      .setJti(randomUUID())
      .sign(key);
  };

  test("is taken of the client's own key", async () => {
    await using world = await createWorld({ clients: [entry] });
    const request = await signed(world, pair.privateKey);
    expect((await post(world, "/bc-authorize", { request }, entry)).status).toBe(200);
    const { requests } = await (await onlinePhone(world)).requests();
    expect(requests).toEqual([expect.objectContaining({ binding_message: "Касса 3" })]);
  });

  test("by another key, or for somebody else, is refused", async () => {
    await using world = await createWorld({ clients: [entry] });
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    for (const request of [
      await signed(world, other),
      await signed(world, pair.privateKey, "https://elsewhere.example"),
    ]) {
      const { status, body } = await post(world, "/bc-authorize", { request }, entry);
      expect([status, body]).toEqual([400, expect.objectContaining({ error: "invalid_request" })]);
    }
  });
});
