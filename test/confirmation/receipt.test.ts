import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { PAYMENT, paid, STORE } from "../support/payment.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, type World } from "../support/world.ts";

const OTHER = client({
  client_id: "other",
  client_name: "Other",
  first_party: true,
  authorization_details_types: ["payment"],
});

async function receiptBy(world: World, token: string, id: string) {
  const answer = await fetch(`${world.issuer}/confirmations/${id}/receipt`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return { status: answer.status, type: answer.headers.get("content-type"), text: await answer.text() };
}

async function asked(world: World, fields: Record<string, string>, basic?: string) {
  const headers: Record<string, string> =
    basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString("base64")}` };
  const answer = await fetch(`${world.issuer}/confirmations/receipt`, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers,
  });
  return { status: answer.status, text: await answer.text() };
}
const BASIC = `shop:${STORE.client_secret}`;

describe("a receipt", () => {
  test("is verified by any JOSE library from the confirmations set alone, and says what was confirmed", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const { status, type, text } = await receiptBy(world, tokens.access_token, id);
    expect([status, type]).toEqual([200, "application/enum-receipt+jwt"]);
    const keys = createRemoteJWKSet(new URL(`${world.issuer}/confirmations/jwks`));
    const { payload } = await jwtVerify(text, keys, {
      issuer: world.issuer,
      audience: "shop",
      typ: "enum-receipt+jwt",
    });
    expect(payload).toMatchObject({
      txn: id,
      acr: "urn:e-num:acr:operation",
      amr: ["otp", "mfa", "user"],
      authorization_details: [PAYMENT],
      binding: {
        mode: "payment",
        suite: "OCRA-1:HOTP-SHA256-7:QN08-S032",
        challenge: expect.stringMatching(/^\d{8}$/),
        statement: { mode: "payment" },
      },
    });
    expect(text).not.toContain(ALICE);
  });

  test("is had by client authentication too, by either id", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const { text } = await receiptBy(world, tokens.access_token, id);
    expect(await asked(world, { confirmation_id: id }, BASIC)).toMatchObject({ status: 200 });
    expect((await asked(world, { operation_id: PAYMENT.operation_id }, BASIC)).text.split(".")[1]).toBe(
      text.split(".")[1],
    );
  });

  test("by private_key_jwt: an assertion is accepted once", async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const { client_secret: _, ...rest } = STORE;
    const keyed = {
      ...rest,
      token_endpoint_auth_method: "private_key_jwt" as const,
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kty: "EC" as const }] },
    };
    await using world = await createWorld({ clients: [keyed] });
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: "ES256" })
      .setIssuer("shop")
      .setSubject("shop")
      .setAudience(world.issuer)
      .setJti("one")
      .setExpirationTime("2m")
      .sign(privateKey);
    const fields = {
      operation_id: "none",
      client_assertion: assertion,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    };
    expect((await asked(world, fields)).status).toBe(404);
    expect((await asked(world, fields)).status).toBe(401);
  });

  test.each([
    ["no authentication", { operation_id: "x" }, undefined, 401],
    ["a wrong secret", { operation_id: "x" }, "shop:wrong", 401],
    [
      "a secret in the body, where the client is registered for the header",
      { operation_id: "x", client_id: "shop", client_secret: STORE.client_secret ?? "" },
      undefined,
      401,
    ],
    ["neither id", {}, BASIC, 400],
    ["both ids", { operation_id: "x", confirmation_id: "y" }, BASIC, 400],
    ["an operation that was not confirmed", { operation_id: "x" }, BASIC, 404],
  ])("with %s is refused", async (_name, fields, basic, status) => {
    await using world = await createWorld({ clients: [STORE] });
    const answer = await asked(world, { ...fields }, basic);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).type).toMatch(/^urn:e-num:problem:/);
  });

  test("another client gets neither receipt nor token's details", async () => {
    await using world = await createWorld({ clients: [STORE, OTHER] });
    const { id } = await paid(world, createVisitor(world.issuer));
    expect((await asked(world, { confirmation_id: id }, `other:${OTHER.client_secret}`)).status).toBe(404);
    const other = await paid(world, createVisitor(world.issuer), PAYMENT, OTHER);
    expect((await receiptBy(world, other.tokens.access_token, id)).status).toBe(404);
    expect((await receiptBy(world, "nonsense", id)).status).toBe(401);
  });
});

describe("the page that explains a receipt", () => {
  const shown = async (world: World, receipt: string) => {
    const visitor = createVisitor(world.issuer);
    return visitor.submit(await visitor.open("/confirmations/verify"), "next", { receipt });
  };

  test("says in words what was confirmed, for which site, and that the provider says so", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const page = await shown(world, (await receiptBy(world, tokens.access_token, id)).text);
    for (const words of ["10.50", "Book shop", id]) expect(page.text).toContain(words);
  });

  test.each([
    [
      "one changed character",
      (text: string) => text.replace(/\.(..)/, (_all, two: string) => `.${two === "ey" ? "eZ" : "ey"}`),
    ],
    ["another signature", (text: string) => `${text.slice(0, -6)}AAAAAA`],
    ["no receipt at all", () => "hello"],
  ])("with %s refuses it", async (_name, change) => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const page = await shown(world, change((await receiptBy(world, tokens.access_token, id)).text));
    expect(page.text).not.toContain("10.50");
  });

  test("a login token of the same provider is no receipt", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { privateKey } = await generateKeyPair("ES256");
    const forged = await new SignJWT({})
      .setProtectedHeader({ alg: "ES256", typ: "JWT" })
      .setIssuer(world.issuer)
      .sign(privateKey);
    expect((await shown(world, forged)).html.querySelector("h1")).not.toBeNull();
  });
});
