import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "../../src/clock.ts";
import { keepConsent, withdrawConsent } from "../../src/consent/store.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { onlinePhone, problemOf } from "../support/online-phone.ts";
import { statementOf } from "../support/operations.ts";
import { PAYMENT } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE } from "../support/sign-in.ts";
import { askOnPhone, CIBA, pollTokens, post, TILL } from "../support/till.ts";
import { createWorld, SHOP, type World } from "../support/world.ts";

const LOGIN = "urn:e-num:acr:login";
const OPERATION = "urn:e-num:acr:operation";

const till = (more: Partial<ClientEntry> = {}) => ({ clients: [{ ...TILL, ...more }, SHOP] });

async function listed(world: World) {
  const phone = await onlinePhone(world);
  const { requests } = await phone.requests();
  return { phone, requests };
}

describe("section 7: the authentication request", () => {
  test("is answered with its name, its time, how often to ask, and the check number that the site shows", async () => {
    await using world = await createWorld(till());
    const { status, body } = await askOnPhone(world);
    expect(status).toBe(200);
    expect(body).toEqual({
      auth_req_id: expect.stringMatching(/^[\w-]{43,}$/),
      expires_in: 300,
      interval: 5,
      enum_challenge: expect.stringMatching(/^[1-9]\d{7}$/),
    });
  });

  test("appears on the phone with what the site says, and from no browser", async () => {
    await using world = await createWorld(till());
    await askOnPhone(world, { binding_message: "Касса 3: 1 250,00 ₽" });
    const { requests } = await listed(world);
    expect(requests).toEqual([
      expect.objectContaining({
        kind: "login",
        client: { id: "till", name: "Till" },
        binding_message: "Касса 3: 1 250,00 ₽",
      }),
    ]);
    expect(requests[0]).not.toHaveProperty("origin");
  });

  test.each([
    ["two lines", "one\ntwo"],
    ["65 characters", "й".repeat(65)],
    ["what nobody sees", "a\u202eb"],
    ["nothing", " "],
  ])("with a binding_message of %s is invalid_binding_message", async (_what, message) => {
    await using world = await createWorld(till());
    expect((await askOnPhone(world, { binding_message: message })).body).toMatchObject({
      error: "invalid_binding_message",
    });
  });

  test.each([
    ["without openid", { scope: "email" }, "invalid_request"],
    ["for a scope that is not the client's", { scope: "openid phone" }, "invalid_scope"],
    ["with a user_code", { user_code: "1234" }, "invalid_request"],
    ["with two hints", { login_hint_token: "x.y.z" }, "invalid_request"],
    ["for an acr that no answer of a phone reaches", { acr_values: OPERATION }, "unmet_authentication_requirements"],
    ["for a time that is none", { requested_expiry: "-1" }, "invalid_request"],
  ])("%s is refused", async (_what, more, error) => {
    await using world = await createWorld(till());
    const { status, body } = await askOnPhone(world, more);
    expect([status, body]).toEqual([400, expect.objectContaining({ error })]);
  });

  test("of a client that is not registered for it is refused, and of one that does not show the number unauthorized_client", async () => {
    const { enum_shows_challenge: _, ...mute } = TILL;
    await using world = await createWorld({ clients: [{ ...mute, client_id: "mute" }, SHOP] });
    expect((await askOnPhone(world, {}, SHOP)).body).toMatchObject({
      error: "unauthorized_client",
      error_description: "requested grant type is not allowed for this client",
    });
    expect((await askOnPhone(world, {}, { ...mute, client_id: "mute" })).body).toMatchObject({
      error: "unauthorized_client",
    });
  });

  test("lives no longer than the site wishes", async () => {
    await using world = await createWorld(till());
    expect((await askOnPhone(world, { requested_expiry: "60" })).body["expires_in"]).toBe(60);
    expect((await askOnPhone(world, { requested_expiry: "6000" })).body["expires_in"]).toBe(300);
  });
});

describe("section 7.1: hints", () => {
  test.each(["+15555550101", "301234567890"])("%s finds the person", async (hint) => {
    await using world = await createWorld(till());
    await askOnPhone(world, { login_hint: hint });
    expect((await listed(world)).requests).toHaveLength(1);
  });

  test("nobody, who has no phone, and everybody are answered alike: the person does not answer", async () => {
    await using world = await createWorld(till());
    const shapes = [];
    for (const hint of ["nobody@example.com", "carol@example.com", ALICE]) {
      const asked = await askOnPhone(world, { login_hint: hint });
      shapes.push([asked.status, Object.keys(asked.body).sort(), (await pollTokens(world, asked)).body]);
    }
    expect(shapes[0]).toEqual(shapes[2]);
    expect(shapes[1]).toEqual(shapes[2]);
    expect(shapes[0]?.[2]).toMatchObject({ error: "authorization_pending" });
  });

  test("a site of somebody else's gets no more than the person has let it have, of somebody unknown nothing alike", async () => {
    await using world = await createWorld(till({ first_party: false }));
    const refused = await askOnPhone(world, { scope: "openid email" });
    expect(refused.body).toMatchObject({ error: "consent_required" });
    expect(await askOnPhone(world, { scope: "openid email", login_hint: "nobody@example.com" })).toEqual(refused);
    expect((await askOnPhone(world)).status).toBe(200);
  });

  test("what the person takes back before the answer is not in its tokens", async () => {
    await using world = await createWorld(till({ first_party: false }));
    const [account] = await world.database.rows<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
    if (account === undefined) throw new Error("no account");
    await keepConsent(world.database, account.id, "till", ["email", "offline_access"], world.now());
    const asked = await askOnPhone(world, { scope: "openid email offline_access" });
    await withdrawConsent(world.database, account.id, "till");
    const { phone, requests } = await listed(world);
    await phone.answer(requests[0]?.id ?? "", asked.body.enum_challenge);
    const { body } = await pollTokens(world, asked);
    expect([body["scope"], body["refresh_token"]]).toEqual(["openid", undefined]);
  });

  test("an id_token_hint of ours finds whom it is of", async () => {
    await using world = await createWorld(till());
    const first = await askOnPhone(world);
    const { phone, requests } = await listed(world);
    await phone.answer(requests[0]?.id ?? "", first.body.enum_challenge);
    const { body } = await pollTokens(world, first);
    const again = await post(world, "/bc-authorize", { scope: "openid", id_token_hint: String(body["id_token"]) });
    expect(again.status).toBe(200);
    expect((await phone.requests()).requests).toHaveLength(1);
  });

  test("a login_hint_token is taken of this client's key alone, for five minutes at most", async () => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = { ...pair.publicKey.export({ format: "jwk" }), kty: "EC" as const, alg: "ES256", use: "sig" };
    await using world = await createWorld(till({ jwks: { keys: [jwk] } }));
    const token = (seconds: number, sub_id: object, issuer = "till") =>
      new SignJWT({ sub_id })
        .setProtectedHeader({ alg: "ES256" })
        .setIssuer(issuer)
        .setAudience(world.issuer)
        .setExpirationTime(Math.floor(world.now() / 1000) + seconds)
        .sign(pair.privateKey);
    const send = async (login_hint_token: string) =>
      post(world, "/bc-authorize", { scope: "openid", login_hint_token });
    const email = { format: "email", email: ALICE };
    expect((await send(await token(60, email))).status).toBe(200);
    expect((await listed(world)).requests).toHaveLength(1);
    for (const wrong of [await token(3600, email), await token(60, email, "shop"), "x.y.z"])
      expect((await send(wrong)).body).toMatchObject({ error: "invalid_request" });
    expect((await send(await token(-60, email))).body).toMatchObject({ error: "expired_login_hint_token" });
    expect((await send(await token(60, { format: "email" }))).body).toMatchObject({ error: "invalid_request" });
  });
});

describe("sections 10 and 11: tokens", () => {
  test("are there when the person has carried the number to the phone, once, as openid-client drives it", async () => {
    await using world = await createWorld(till());
    const party = await createRelyingParty(world.issuer, TILL);
    const answer = await oidc.initiateBackchannelAuthentication(party.config, {
      scope: "openid email",
      login_hint: ALICE,
    });
    const { phone, requests } = await listed(world);
    const [request] = requests;
    const challenge = String(Object(answer)["enum_challenge"]);
    expect((await phone.answer(request?.id ?? "", challenge)).status).toBe(200);
    const tokens = await oidc.pollBackchannelAuthenticationGrant(party.config, { ...answer, interval: 0 });
    expect(tokens.claims()).toMatchObject({
      aud: "till",
      acr: LOGIN,
      amr: ["otp", "mfa"],
      auth_time: expect.any(Number),
    });
    const userinfo = await oidc.fetchUserInfo(party.config, tokens.access_token, tokens.claims()?.sub ?? "");
    expect(userinfo.email).toBe(ALICE);
    await expect(
      oidc.genericGrantRequest(party.config, CIBA, { auth_req_id: answer.auth_req_id }),
    ).rejects.toMatchObject({ error: expect.stringMatching(/^(invalid_grant|slow_down)$/) });
  });

  test("of sixteen that come at once one gets them", async () => {
    await using world = await createWorld(till());
    const asked = await askOnPhone(world);
    const { phone, requests } = await listed(world);
    await phone.answer(requests[0]?.id ?? "", asked.body.enum_challenge);
    const came = await Promise.all(Array.from({ length: 16 }, () => pollTokens(world, asked)));
    expect(came.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test("that nobody has answered are expired_token for ten minutes more, swept or not", async () => {
    await using world = await createWorld(till());
    const asked = await askOnPhone(world);
    world.pass(14 * MINUTE);
    await world.sweep();
    expect((await pollTokens(world, asked)).body).toMatchObject({ error: "expired_token" });
    world.pass(2 * MINUTE);
    await world.sweep();
    expect((await pollTokens(world, asked)).body).toMatchObject({ error: "invalid_grant" });
  });

  test("asked for sooner than every five seconds: slow_down", async () => {
    await using world = await createWorld(till());
    const asked = await askOnPhone(world);
    expect((await pollTokens(world, asked)).body).toMatchObject({ error: "authorization_pending" });
    expect((await pollTokens(world, asked)).body).toMatchObject({ error: "slow_down" });
    world.pass(5 * SECOND);
    expect((await pollTokens(world, asked)).body).toMatchObject({ error: "authorization_pending" });
  });

  test.each(["not_me", "wrong_details", "changed_mind"])(
    "declined as %s: access_denied, with the reason",
    async (reason) => {
      await using world = await createWorld(till());
      const asked = await askOnPhone(world);
      const { phone, requests } = await listed(world);
      expect((await phone.decline(requests[0]?.id ?? "", reason)).status).toBe(204);
      expect((await pollTokens(world, asked)).body).toMatchObject({
        error: "access_denied",
        error_description: reason,
      });
    },
  );

  test("after five minutes: expired_token", async () => {
    await using world = await createWorld(till());
    const asked = await askOnPhone(world);
    world.pass(5 * MINUTE + 16 * SECOND);
    expect((await pollTokens(world, asked)).body).toMatchObject({ error: "expired_token" });
  });

  test("after three wrong numbers nobody gets in, and the site hears why", async () => {
    await using world = await createWorld(till());
    const asked = await askOnPhone(world);
    const { phone, requests } = await listed(world);
    const id = requests[0]?.id ?? "";
    for (const wrong of ["10000000", "10000001", "10000002"])
      expect(problemOf(await phone.answer(id, wrong))[0]).toBeGreaterThanOrEqual(400);
    expect((await phone.answer(id, asked.body.enum_challenge)).status).not.toBe(200);
    expect((await pollTokens(world, asked)).body).toMatchObject({ error: "access_denied" });
  });

  test("of another client's request there are none", async () => {
    await using world = await createWorld({ clients: [TILL, { ...TILL, client_id: "other" }] });
    const asked = await askOnPhone(world);
    expect((await pollTokens(world, asked, { ...TILL, client_id: "other" })).body).toMatchObject({
      error: "invalid_grant",
    });
  });
});

describe("PROTOCOL 12: limits", () => {
  test("one request of a client is open for a person: a newer takes its place", async () => {
    await using world = await createWorld(till());
    const former = await askOnPhone(world);
    const newer = await askOnPhone(world);
    const { phone, requests } = await listed(world);
    expect(requests).toHaveLength(1);
    expect((await pollTokens(world, former)).body).toMatchObject({ error: "access_denied" });
    await phone.answer(requests[0]?.id ?? "", newer.body.enum_challenge);
    expect((await pollTokens(world, newer)).status).toBe(200);
  });

  test.each([ALICE, "nobody@example.com"])("ten an hour for %s", async (login_hint) => {
    await using world = await createWorld(till());
    for (let count = 0; count < 10; count += 1) expect((await askOnPhone(world, { login_hint })).status).toBe(200);
    expect((await askOnPhone(world, { login_hint })).body).toMatchObject({ error: "access_denied" });
    world.pass(HOUR);
    expect((await askOnPhone(world, { login_hint })).status).toBe(200);
  });

  test("after It was not me the phone is left alone for a day", async () => {
    await using world = await createWorld(till());
    await askOnPhone(world);
    const { phone, requests } = await listed(world);
    await phone.decline(requests[0]?.id ?? "", "not_me");
    await askOnPhone(world);
    expect((await phone.requests()).requests).toEqual([]);
  });
});

describe("RFC 9396: an operation", () => {
  const details = (more: object = {}) => ({ authorization_details: JSON.stringify([{ ...PAYMENT, ...more }]) });

  test("is shown on the phone in every detail, and the token says what was confirmed", async () => {
    await using world = await createWorld(till());
    const asked = await askOnPhone(world, details());
    expect(asked.body["expires_in"]).toBeGreaterThan(0);
    const { phone, requests } = await listed(world);
    const [request] = requests;
    expect(request?.kind).toBe("operation");
    const client = { id: "till", name: "Till" };
    const statement = statementOf({ mode: "operation", client, operation: PAYMENT });
    expect((await phone.answer(request?.id ?? "", asked.body.enum_challenge, { statement })).status).toBe(200);
    const { status, body } = await pollTokens(world, asked);
    expect(status).toBe(200);
    expect(body["authorization_details"]).toEqual([
      { ...PAYMENT, confirmation: { id: expect.any(String), confirmed_at: expect.any(String), binding: "operation" } },
    ]);
    const claims = JSON.parse(Buffer.from(String(body["id_token"]).split(".")[1] ?? "", "base64url").toString());
    const [{ confirmation }] = Object(body["authorization_details"]);
    expect(claims).toMatchObject({ acr: OPERATION, amr: ["otp", "mfa", "user"], txn: confirmation.id });
    const receipt = await fetch(`${world.issuer}/confirmations/${confirmation.id}/receipt`, {
      headers: { authorization: `Bearer ${body["access_token"]}` },
    });
    expect(receipt.status).toBe(200);
    // Once for each client, whoever asks.
    expect((await askOnPhone(world, details())).body).toMatchObject({ error: "invalid_authorization_details" });
  });

  test("with a member that is not as it should be names it", async () => {
    await using world = await createWorld(till());
    const { body } = await askOnPhone(world, details({ operation_id: "" }));
    expect(body).toMatchObject({
      error: "invalid_authorization_details",
      error_description: expect.stringContaining("operation_id"),
    });
  });

  test("that is declined as wrong_details confirms nothing", async () => {
    await using world = await createWorld(till());
    const asked = await askOnPhone(world, details());
    const { phone, requests } = await listed(world);
    await phone.decline(requests[0]?.id ?? "", "wrong_details");
    expect((await pollTokens(world, asked)).body).toMatchObject({
      error: "access_denied",
      error_description: "wrong_details",
    });
  });
});
