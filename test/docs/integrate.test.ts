/** What docs/integrate.md says of operations, done as it says. */
import { exportJWK, generateKeyPair } from "jose";
import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import { statementOf } from "../support/operations.ts";
import { leave } from "../support/payment.ts";
import { createRelyingParty } from "../support/relying-party.ts";
import { ALICE, errorOf, signIn } from "../support/sign-in.ts";
import { readText } from "../support/source.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, client as entry, SHOP } from "../support/world.ts";
import { codeBlocks } from "./markdown.ts";
import { assertWmid } from "./passport.ts";
import { createConfirming } from "./site.ts";

const text = readText("docs/integrate.md");
const STORE = { ...SHOP, authorization_details_types: ["payment", "keys"] };
const CALLBACK = STORE.redirect_uris[0] ?? "";
const OPERATION: { type: string; operation_id: string } = JSON.parse(
  codeBlocks(text, "json").find((block) => block.includes('"operation_id"')) ?? "null",
);
const PAY = statementOf({ mode: "payment", amount: "10.5", recipient: "Z123456789012" });

describe("an operation", () => {
  test("is asked for, confirmed and compared by the lines of the page", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { config } = await createRelyingParty(world.issuer, STORE);
    const site = createConfirming(config, STORE.client_id, CALLBACK);
    const { address, checks } = await site.begin(OPERATION);
    const visitor = createVisitor(world.issuer);
    const page = await visitor.submit(await visitor.open(address), "next", { identifier: ALICE });
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, PAY) });
    const { confirmation, accessToken } = await site.finish(new URL(back.url), OPERATION, checks);
    expect(confirmation).toEqual({ id: expect.any(String), confirmed_at: expect.any(String), binding: "payment" });
    const { acr, amr, aud, sub } = await oidc.tokenIntrospection(config, accessToken);
    expect({ acr, amr, aud, sub }).toEqual({
      acr: "urn:e-num:acr:operation",
      amr: ["otp", "mfa", "user"],
      aud: `${world.issuer}/operations`,
      sub: expect.any(String),
    });
    await expect(oidc.fetchUserInfo(config, accessToken, sub ?? "")).rejects.toThrow();
    const { id } = Object(confirmation);
    expect(await site.receiptOf(id, accessToken)).toMatchObject({
      txn: id,
      sub,
      authorization_details: [OPERATION],
      binding: { mode: "payment", statement: { mode: "payment", amount: "10.5", recipient: "Z123456789012" } },
    });
  });

  test("that is another than was asked for is refused by those lines", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { config } = await createRelyingParty(world.issuer, STORE);
    const site = createConfirming(config, STORE.client_id, CALLBACK);
    const { address, checks } = await site.begin(OPERATION);
    const { visitor } = await signIn(world, { client: STORE });
    const page = await visitor.open(address);
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, PAY) });
    const other = { ...OPERATION, operation_id: "inv-1043" };
    await expect(site.finish(new URL(back.url), other, checks)).rejects.toThrow("Something else was confirmed");
  });

  test("with a WMID of somebody else is access_denied", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { config } = await createRelyingParty(world.issuer, STORE);
    const site = createConfirming(config, STORE.client_id, CALLBACK);
    const { address } = await site.begin({ ...OPERATION, ...FOREIGN });
    const { visitor } = await signIn(world, { client: STORE });
    expect(errorOf(await leave(visitor, await visitor.open(address)))).toBe("access_denied");
  });

  test("is taken in a signed request object as well", async () => {
    const { privateKey, publicKey } = await generateKeyPair("ES256");
    const signing = entry({
      client_id: "signing",
      client_name: "Signing",
      authorization_details_types: ["payment"],
      token_endpoint_auth_method: "private_key_jwt",
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kty: "EC", alg: "ES256", kid: "one" }] },
    });
    const { client_secret: _, ...client } = signing;
    await using world = await createWorld({ clients: [client] });
    const authentication = oidc.PrivateKeyJwt({ key: privateKey, kid: "one" });
    const config = await oidc.discovery(new URL(world.issuer), "signing", {}, authentication, {
      execute: [oidc.allowInsecureRequests],
    });
    const parameters = {
      redirect_uri: client.redirect_uris[0] ?? "",
      authorization_details: JSON.stringify([OPERATION]),
      code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      code_challenge_method: "S256",
    };
    const address = await oidc.buildAuthorizationUrlWithJAR(config, parameters, { key: privateKey, kid: "one" });
    expect((await createVisitor(world.issuer).open(address.href)).text).toContain("10.50");
  });

  test("without openid takes no acr_values", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { config } = await createRelyingParty(world.issuer, STORE);
    const ask = (more: Record<string, string>) =>
      oidc.buildAuthorizationUrlWithPAR(config, {
        redirect_uri: CALLBACK,
        authorization_details: JSON.stringify([OPERATION]),
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        code_challenge_method: "S256",
        ...more,
      });
    const acr = { acr_values: "urn:e-num:acr:operation" };
    await expect(ask(acr)).rejects.toMatchObject({ error: "invalid_request" });
    await expect(ask({ ...acr, scope: "openid" })).resolves.toBeInstanceOf(URL);
  });
});

const FOREIGN = {
  type: "keys",
  wmid: "309999999999",
  action: "change",
  payee: undefined,
  amount: undefined,
  description: undefined,
};

test("a WMID is asserted by the lines of the page", async () => {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const key: Record<string, unknown> = { ...(await exportJWK(publicKey)) };
  const passport = entry({
    client_id: "passport",
    client_name: "WM Passport",
    scope: "openid wmid:assert",
    jwks: { keys: [{ ...key, kty: "EC", kid: "2026-11" }] },
  });
  await using world = await createWorld({ clients: [passport] });
  const { tokens } = await signIn(world, { client: passport, parameters: { scope: "openid" } });
  const sub = (await tokens()).claims()?.sub ?? "";
  expect((await assertWmid(world.issuer, privateKey, sub, "401234567890")).status).toBe(201);
  expect((await assertWmid(world.issuer, privateKey, sub, "401234567890")).status).toBe(200);
});
