import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import fc from "fast-check";
import { exportJWK, generateKeyPair, importJWK } from "jose";
import { describe, expect, test } from "vitest";
import { deliveryTo } from "../../src/device/delivery.ts";
import { parseActivationCode } from "../../src/e-num/activation-code.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import { canonicalStatement } from "../../src/e-num/statement.ts";
import { signAnswer } from "../../src/phone/answer-signature.ts";
import { createDeviceClient } from "../../src/phone/device-client.ts";
import { authorization } from "../../src/phone/device-proof.ts";
import { challenges, parsedValue, statements } from "../e-num/arbitraries.ts";
import { ALICE } from "../support/sign-in.ts";
import { createWorld } from "../support/world.ts";
import published from "../vectors/enum-responses.json" with { type: "json" };
import { checkedProof, decrypted, encrypted, jcs, opened, proofOf, responseOf } from "./independent.ts";

const pads = fc.uint8Array({ minLength: 32, maxLength: 32 });
const methods = fc.constantFrom("GET", "POST", "PUT", "DELETE");
const paths = fc.stringMatching(/^\/device\/v1(\/[a-zA-Z0-9_-]{1,22}){0,3}(\?[a-z=&0-9]{0,20})?$/);
const bodies = fc.oneof(fc.constant(""), fc.json({ maxDepth: 2 }), fc.string({ unit: "grapheme" }));

/** Its private half for the client, its public half for who checks. */
async function signingPair() {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const { x = "", y = "" } = await exportJWK(publicKey);
  return { key: privateKey, jwk: { kty: "EC", crv: "P-256", x, y } };
}

describe("a second implementation agrees", () => {
  test("with the published vectors, so that it can speak for the protocol", () => {
    for (const { pad_hex: pad, challenge, statement, response } of published.vectors)
      expect(responseOf(Buffer.from(pad, "hex"), challenge, statement)).toBe(response);
  });

  test("on every response", () => {
    fc.assert(
      fc.property(pads, challenges, statements, (pad, challenge, statement) => {
        expect(canonicalStatement(statement)).toBe(jcs(statement));
        expect(computeResponse(pad, challenge, statement)).toBe(responseOf(pad, challenge, statement));
      }),
      { numRuns: 500 },
    );
  });

  test("on every proof of a device, and the provider accepts one of its own", async () => {
    const { key, jwk } = await signingPair();
    const now = 1_790_000_000;
    await fc.assert(
      fc.asyncProperty(methods, paths, bodies, fc.integer({ min: -86_400, max: 86_400 }), async (...drawn) => {
        const [method, path, body, clockOffset] = drawn;
        const issuer = "https://id.example.org";
        const call = { method, url: issuer + path, body };
        const credentials = { issuer, deviceId: "dev-1", key, clockOffset };
        const proof = await authorization(credentials, { method, url: new URL(call.url), body }, now);
        const at = { issuer, deviceId: "dev-1", now: now + clockOffset };
        expect(checkedProof(proof, jwk, at, call).jti).toMatch(/^[A-Za-z0-9_-]{16,}$/);
        for (const other of [
          { ...call, method: `${method}X` },
          { ...call, body: `${body} ` },
          { ...call, url: `${issuer}/device/v1/other/than/that/one` },
        ])
          expect(() => checkedProof(proof, jwk, at, other)).toThrow("no proof for this call");
      }),
      { numRuns: 60 },
    );

    await using world = await createWorld();
    const { deviceId, privateKey } = world.phone(ALICE);
    const whole = await exportJWK(await importJWK({ ...privateKey, alg: "ES256" }, "ES256", { extractable: true }));
    const { kty = "", crv = "", x = "", y = "", d = "" } = whole;
    const call = { method: "GET", url: `${world.issuer}/device/v1/requests?wait=0`, body: "" };
    const at = { issuer: world.issuer, deviceId, now: Math.floor(world.now() / 1000) };
    const headers = { authorization: proofOf({ kty, crv, x, y, d }, at, call) };
    expect((await fetch(call.url, { headers })).status).toBe(200);
  });

  test("on the device's own word for every answer", async () => {
    const { key, jwk } = await signingPair();
    await fc.assert(
      fc.asyncProperty(challenges, statements, async (challenge, statement) => {
        const answer = { issuer: "https://id.example.org", request: "Zt0bV9kq3mXyR2aLw4pQ7s", challenge, statement };
        const { header, claims } = opened(
          await signAnswer({ private: key, ...jwk }, { ...answer, now: 1_790_000_000 }),
          jwk,
        );
        expect(header).toEqual({ alg: "ES256", typ: "enum-answer+jwt", jwk });
        const hash = createHash("sha256").update(jcs(statement)).digest("base64url");
        const { issuer: aud, request } = answer;
        expect(claims).toEqual({ aud, request, challenge, statement_sha256: hash, iat: 1_790_000_000 });
      }),
      { numRuns: 40 },
    );
  });

  test("on every pad that is delivered, whichever side writes it", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x = "", y = "" } = publicKey.export({ format: "jwk" });
    const { d = "" } = privateKey.export({ format: "jwk" });
    const agreement = { kty: "EC", crv: "P-256", x, y } as const;
    const deliver = await deliveryTo(agreement);
    const own = { ...agreement, d };
    await fc.assert(
      fc.asyncProperty(pads, fc.integer({ min: 1, max: 1000 }), async (pad, version) => {
        const plain = { version, suite: "OCRA-1:HOTP-SHA256-7:QN08-S032", k: Buffer.from(pad).toString("base64url") };
        expect(JSON.parse(decrypted(await deliver(pad, version), own).toString())).toEqual(plain);
        expect(await received(plain)).toEqual({ pad, padVersion: version });
      }),
      { numRuns: 25 },
    );
  });
});

/** What the client makes of an activation that the second implementation answers. */
async function received(plain: object): Promise<object> {
  const issuer = "https://id.example.org";
  const client = createDeviceClient({
    now: () => 1_790_000_000,
    fetch: async (_, init) => {
      const { agreement_key: key } = JSON.parse(String(init?.body));
      const device = { id: "dev-1", name: "laptop", status: "pending" };
      const pad = encrypted(Buffer.from(JSON.stringify(plain)), key);
      const statementKeys = { keys: [] };
      return Response.json({ device, account: { email_hint: "a" }, issuer, pad, statement_keys: statementKeys });
    },
  });
  const code = parsedValue(parseActivationCode("K7QF2-9XWTA"));
  const key = { kty: "EC", crv: "P-256", x: randomBytes(32).toString("base64url"), y: "AA" };
  const answer = await client.activate(issuer, { identifier: ALICE, code, name: "laptop", platform: "cli", key });
  if (!answer.ok) throw new Error(answer.code);
  const { pad, padVersion } = answer.value;
  return { pad, padVersion };
}
