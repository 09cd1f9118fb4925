import { randomBytes } from "node:crypto";
import {
  createRemoteJWKSet,
  decodeJwt,
  exportJWK,
  generateKeyPair,
  importJWK,
  jwtVerify,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { describe, expect, test } from "vitest";
import { verifyReceipt } from "../../src/confirmation/receipt.ts";
import { parseQrText } from "../../src/e-num/qr-text.ts";
import { loadKeys } from "../../src/keys/keys.ts";
import { order, PAYMENT, paid, STORE, TYPED } from "../support/payment.ts";
import { ALICE, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, LIBRARY, type World } from "../support/world.ts";

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

describe("without a token that holds the challenge", () => {
  const challenge = async (world: World, headers: Record<string, string>) => {
    const answer = await fetch(`${world.issuer}/confirmations/x/receipt`, { headers });
    return [answer.status, answer.headers.get("www-authenticate"), Object(await answer.json())["detail"]];
  };

  test.each(["", "Basic eDp5", "Bearer"])("names both schemes and no error, where %j was sent", async (sent) => {
    await using world = await createWorld({ clients: [STORE] });
    expect(await challenge(world, sent === "" ? {} : { authorization: sent })).toEqual([
      401,
      'Bearer, DPoP algs="ES256 EdDSA Ed25519 PS256 RS256"',
      "send the access token",
    ]);
  });

  test("says of one that is not known what is wrong", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const why = "the access token is unknown or has ended";
    expect(await challenge(world, { authorization: "Bearer nonsense" })).toEqual([
      401,
      `Bearer error="invalid_token", error_description="${why}"`,
      why,
    ]);
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
    ["another signature", (text: string) => `${text.slice(0, -6)}AAAAAA`],
    ["another part too many", (text: string) => `${text}.AAAA`],
    ["no receipt at all", () => "hello"],
  ])("with %s refuses it", async (_name, change) => {
    await using world = await createWorld({ clients: [STORE] });
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const page = await shown(world, change((await receiptBy(world, tokens.access_token, id)).text));
    expect(page.text).not.toContain("10.50");
  });

  test("tokens of the same provider that are no receipts are refused, though their signatures hold", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { visitor } = await signIn(world, { client: STORE });
    const { page, finish } = await order(world, visitor, PAYMENT, { scope: "openid" });
    const statement = parseQrText(page.qr);
    const back = await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) });
    const idToken = (await finish(back)).id_token ?? "";
    const token = statement.ok && statement.value.kind === "operation" ? (statement.value.token ?? "") : "";
    for (const other of [idToken, token]) {
      expect(other).toMatch(/^ey/);
      const answer = await shown(world, other);
      expect(answer.text).toMatch(/This is no receipt|This is not a receipt|This receipt is not genuine/);
      expect(answer.text).not.toContain("10.50");
    }
  });
});

describe("what is no receipt", () => {
  /** A receipt, and the means of the provider that signed it. */
  const genuine = async (world: World) => {
    const { tokens, id } = await paid(world, createVisitor(world.issuer));
    const { text } = await receiptBy(world, tokens.access_token, id);
    const random = { bytes: (length: number) => randomBytes(length) };
    const keys = await loadKeys({ database: world.database, sealer: world.sealer, clock: world.now, random });
    const set = { keys: keys.confirmationSet.keys };
    const own = keys.confirmation;
    const sign = async (header: object, jwk = own.privateJwk) =>
      new SignJWT(decodeJwt(text))
        .setProtectedHeader({ alg: "ES256", typ: "enum-receipt+jwt", kid: own.kid, ...header })
        .sign(await importJWK(jwk, "ES256"));
    return {
      text,
      verify: (receipt: string, issuer = world.issuer) => verifyReceipt(receipt, { issuer, set }),
      sign,
      own,
    };
  };

  test("any one changed character: each place of it", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { text, verify } = await genuine(world);
    expect((await verify(text)).ok).toBe(true);
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (const [at, letter] of [...text].entries()) {
      if (letter === ".") continue;
      // The neighbour differs in the lowest bit, which is spare in a part's last character.
      const other = letters[letters.indexOf(letter) ^ 1] ?? "";
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      expect([at, (await verify(changed)).ok]).toEqual([at, false]);
    }
  });

  test.each([
    ["another typ", { typ: "JWT" }, "wrong-type"],
    ["the typ of a statement", { typ: "enum-statement+jwt" }, "wrong-type"],
    ["no typ", { typ: undefined }, "wrong-type"],
    ["a key that nobody has", { kid: "12345678" }, "bad-signature"],
  ])("%s, signed by the right key", async (_name, header, reason) => {
    await using world = await createWorld({ clients: [STORE] });
    const { sign, verify } = await genuine(world);
    expect((await verify(await sign({}))).ok).toBe(true);
    expect(await verify(await sign(header))).toEqual({ ok: false, reason });
  });

  test("another alg: none, and the published key as a shared secret", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { text, own, verify } = await genuine(world);
    const claims = decodeJwt(text);
    const none = new UnsecuredJWT(claims).encode();
    expect((await verify(none)).ok).toBe(false);
    expect((await verify(`${none}AAAA`)).ok).toBe(false);
    const secret = new TextEncoder().encode(JSON.stringify(own.publicJwk));
    const header = { alg: "HS256", typ: "enum-receipt+jwt", kid: own.kid };
    expect((await verify(await new SignJWT(claims).setProtectedHeader(header).sign(secret))).ok).toBe(false);
  });

  test("another issuer's, and one by somebody else's key", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { text, sign, verify } = await genuine(world);
    expect(await verify(text, "https://id.example.org")).toEqual({ ok: false, reason: "other-issuer" });
    const stranger = await exportJWK((await generateKeyPair("ES256", { extractable: true })).privateKey);
    expect(await verify(await sign({}, stranger))).toEqual({ ok: false, reason: "bad-signature" });
  });
});

describe("a receipt for a site with subjects of its own", () => {
  test("has the same sub as its ID token, and not the account's", async () => {
    const library = { ...LIBRARY, first_party: true, authorization_details_types: ["payment"] };
    await using world = await createWorld({ clients: [STORE, library] });
    const { visitor } = await signIn(world, { client: library });
    const { page, finish } = await order(world, visitor, PAYMENT, { scope: "openid" }, library);
    const tokens = await finish(
      await visitor.submit(page, "next", { response: world.answer(ALICE, page.challenge, TYPED) }),
    );
    const receipt = await receiptBy(world, tokens.access_token, String(tokens.claims()?.["txn"]));
    const { sub, aud } = decodeJwt(receipt.text);
    expect([sub, aud]).toEqual([tokens.claims()?.sub, "library"]);
    const [account] = await world.database.rows<{ id: string }>("SELECT id FROM account WHERE email = ?", [ALICE]);
    expect(sub).not.toBe(account?.id);
  });
});
