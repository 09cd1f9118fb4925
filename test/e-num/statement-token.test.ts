import { base64url, CompactSign, exportJWK, generateKeyPair } from "jose";
import { describe, expect, it } from "vitest";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { deflate } from "../../src/e-num/deflate.ts";
import { type OperationStatement, parseStatement } from "../../src/e-num/statement.ts";
import { signStatement, verifyStatement } from "../../src/e-num/statement-token.ts";
import { parsedValue } from "./arbitraries.ts";

const issuer = "https://id.example";
const now = 1_800_000_000;
const challenge = parsedValue(parseChallenge("48219370"));
const other = parsedValue(parseChallenge("48219371"));
const provider = await generateKeyPair("ES256", { extractable: true });
const stranger = await generateKeyPair("ES256");
const keys = { keys: [{ ...(await exportJWK(provider.publicKey)), kid: "conf-001", alg: "ES256", use: "sig" }] };

const statement = operation({
  mode: "operation",
  client: { id: "exchange", name: "Кредитная биржа" },
  operation: {
    type: "credit_request",
    operation_id: "cr-2026-11-000317",
    purse: "C123456789012",
    amount: { value: "1500", currency: "WMZ" },
    term_days: 30,
    daily_rate: "0.25",
    repayment: "end",
    description: "Кредит на развитие магазина",
  },
});
const token = { issuer, statement, challenge, issuedAt: now, expiresAt: now + 300 };

function operation(json: unknown): OperationStatement {
  const parsed = parsedValue(parseStatement(json));
  if (parsed.mode !== "operation") throw new Error("no operation");
  return parsed;
}

/** A token by the provider's key with one thing about it wrong. */
async function forged(claims: object, header: object = {}): Promise<string> {
  const good = { iss: issuer, iat: now, exp: now + 300, statement, challenge };
  const payload = await deflate(new TextEncoder().encode(JSON.stringify({ ...good, ...claims })));
  return signed(payload, header);
}

function signed(payload: Uint8Array, header: object = {}, key = provider.privateKey): Promise<string> {
  const good = { alg: "ES256", typ: "enum-statement+jwt", zip: "DEF", kid: "conf-001" };
  return new CompactSign(payload).setProtectedHeader({ ...good, ...header }).sign(key);
}

const fromQr = (jws: string) => verifyStatement(jws, { keys, issuer, challenge, now });

describe("the signed statement of an operation", () => {
  it("comes back as it was signed", async () => {
    const jws = await signStatement(token, provider.privateKey, "conf-001");
    expect(await fromQr(jws)).toEqual({ ok: true, value: { ...token, time: "fits" } });
  });

  it("fits into a QR of 700 characters with its check number and request", async () => {
    const jws = await signStatement(token, provider.privateKey, "conf-001");
    expect(`enum:o?c=48219370&r=${"x".repeat(22)}&t=${jws}`.length).toBeLessThanOrEqual(700);
  });

  it("from the device API holds no check number, and is taken without one", async () => {
    const { challenge: _, ...withoutChallenge } = token;
    const jws = await signStatement(withoutChallenge, provider.privateKey, "conf-001");
    expect(await verifyStatement(jws, { keys, issuer, now })).toEqual({
      ok: true,
      value: { ...withoutChallenge, time: "fits" },
    });
    expect(await fromQr(jws)).toEqual({ ok: false, reason: "wrong-challenge" });
  });

  it("with a check number of another page is refused", async () => {
    const jws = await signStatement({ ...token, challenge: other }, provider.privateKey, "conf-001");
    expect(await fromQr(jws)).toEqual({ ok: false, reason: "wrong-challenge" });
  });

  it("of another issuer is refused", async () => {
    const jws = await signStatement({ ...token, issuer: "https://id.example/" }, provider.privateKey, "conf-001");
    expect(await fromQr(jws)).toEqual({ ok: false, reason: "wrong-issuer" });
  });

  it("by a key that the phone did not store is refused", async () => {
    expect(await fromQr(await signStatement(token, stranger.privateKey, "conf-002"))).toMatchObject({
      reason: "unknown-key",
    });
    expect(await fromQr(await signStatement(token, stranger.privateKey, "conf-001"))).toMatchObject({
      reason: "wrong-signature",
    });
  });

  it("with one changed character is refused", async () => {
    const [header = "", payload = "", signature = ""] = (
      await signStatement(token, provider.privateKey, "conf-001")
    ).split(".");
    const turned = (part: string) => (part.startsWith("A") ? "B" : "A") + part.slice(1);
    expect(await fromQr([header, turned(payload), signature].join("."))).toMatchObject({ reason: "wrong-signature" });
    expect(await fromQr([header, payload, turned(signature)].join("."))).toMatchObject({ reason: "wrong-signature" });
    expect((await fromQr([turned(header), payload, signature].join("."))).ok).toBe(false);
  });

  it("whose time looks wrong is only reported: expiry is the server's business", async () => {
    const jws = await signStatement(token, provider.privateKey, "conf-001");
    expect(await verifyStatement(jws, { keys, issuer, challenge, now: now + 301 })).toMatchObject({
      ok: true,
      value: { time: "fits" },
    });
    expect(await verifyStatement(jws, { keys, issuer, challenge, now: now + 3600 })).toMatchObject({
      ok: true,
      value: { time: "expired" },
    });
    expect(await verifyStatement(jws, { keys, issuer, challenge, now: now - 3600 })).toMatchObject({
      ok: true,
      value: { time: "not-yet-valid" },
    });
  });

  it.each([
    [{ typ: "JWT" }, "wrong-type"],
    [{ typ: "enum-receipt+jwt" }, "wrong-type"],
    [{ zip: undefined }, "wrong-type"],
    [{ kid: "conf-009" }, "unknown-key"],
    [{ kid: undefined }, "unknown-key"],
  ])("with the header %j is refused: %s", async (header, reason) => {
    expect(await fromQr(await forged({}, header))).toEqual({ ok: false, reason });
  });

  it.each(["none", "HS256", "RS256"])("with alg %s is refused", async (alg) => {
    const [, payload, signature] = (await forged({})).split(".");
    const header = base64url.encode(JSON.stringify({ alg, typ: "enum-statement+jwt", zip: "DEF", kid: "conf-001" }));
    expect(await fromQr([header, payload, signature].join("."))).toEqual({ ok: false, reason: "wrong-algorithm" });
  });

  it.each([
    [{ iss: undefined }, "bad-claims"],
    [{ iat: "now" }, "bad-claims"],
    [{ statement: undefined }, "bad-claims"],
    [{ statement: { mode: "login" } }, "bad-statement"],
    [{ statement: { ...statement, note: "x" } }, "bad-statement"],
    [{ statement: { ...statement, operation: { note: "a\u202eb" } } }, "bad-statement"],
  ])("with the claims %j is refused: %s", async (claims, reason) => {
    expect(await fromQr(await forged(claims))).toEqual({ ok: false, reason });
  });

  it("that inflates without end is refused before it fills the memory", async () => {
    const bomb = await deflate(new Uint8Array(10_000_000));
    expect(bomb.length).toBeLessThan(12_000);
    expect(await fromQr(await signed(bomb))).toEqual({ ok: false, reason: "too-large" });
  });

  it("that is not deflated, or not JSON, is refused", async () => {
    const json = new TextEncoder().encode(JSON.stringify({ iss: issuer }));
    expect(await fromQr(await signed(json))).toEqual({ ok: false, reason: "not-deflated" });
    expect(await fromQr(await signed(await deflate(new TextEncoder().encode("null"))))).toMatchObject({
      reason: "bad-claims",
    });
    expect(await fromQr(await signed(await deflate(Uint8Array.of(0xff))))).toMatchObject({ reason: "bad-claims" });
  });

  it.each(["", "a.b.c", "eyJ", "..", "x".repeat(20_000)])("%.20s is no token", async (text) => {
    expect((await fromQr(text)).ok).toBe(false);
  });
});
