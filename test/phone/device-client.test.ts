import { createPublicKey } from "node:crypto";
import { createServer } from "node:net";
import { type CryptoKey, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseActivationCode } from "../../src/e-num/activation-code.ts";
import { parseChallenge, parseResponse } from "../../src/e-num/challenge.ts";
import { createDeviceClient } from "../../src/phone/device-client.ts";
import { authorization } from "../../src/phone/device-proof.ts";
import { parsedValue } from "../e-num/arbitraries.ts";
import { CODE, EMAIL, type Provider, startProvider } from "./provider.ts";

const now = () => Math.floor(Date.now() / 1000);
const client = createDeviceClient({ fetch, now });
const code = parsedValue(parseActivationCode(CODE));

let provider: Provider;
let pair: { publicKey: CryptoKey; privateKey: CryptoKey };
let key: JWK;

beforeEach(async () => {
  provider = await startProvider();
  pair = await generateKeyPair("ES256");
  key = await exportJWK(pair.publicKey);
});
afterEach(() => provider.close());

const activate = (issuer = provider.issuer) =>
  client.activate(issuer, { identifier: EMAIL, code, name: "laptop", platform: "cli", key });
const credentials = (deviceId = "dev-1") => ({
  issuer: provider.issuer,
  deviceId,
  key: pair.privateKey,
  clockOffset: 0,
});

describe("activation (PROTOCOL section 5)", () => {
  it("brings the pad, encrypted to a key that served this once", async () => {
    const answer = await activate();
    if (!answer.ok) throw new Error(answer.code);
    expect(Buffer.from(answer.value.pad)).toEqual(provider.devices.get("dev-1")?.pad);
    expect(answer.value).toMatchObject({ device: { id: "dev-1", name: "laptop", status: "pending" }, padVersion: 1 });
    const sent = JSON.parse(provider.calls[0]?.body ?? "");
    expect(Object.keys(sent).sort()).toEqual(["agreement_key", "code", "identifier", "key", "name", "platform"]);
    expect(sent.agreement_key.x).not.toBe(sent.key.x);
  });

  it("keeps the provider's keys of the kind that it knows", async () => {
    const answer = await activate();
    expect(answer.ok && answer.value.statementKeys.keys.map(({ kid }) => kid)).toEqual(["conf-001"]);
  });

  it("with a code that was used is refused", async () => {
    await activate();
    expect(await activate()).toEqual({ ok: false, code: "invalid-code" });
  });

  it("at a provider that calls itself otherwise is refused", async () => {
    provider.wrong.issuer = "https://id.example";
    expect(await activate()).toEqual({ ok: false, code: "other-issuer" });
  });

  it("with a pad for another suite is refused", async () => {
    provider.wrong.suite = "OCRA-1:HOTP-SHA1-6:QN08";
    expect(await activate()).toEqual({ ok: false, code: "unusable-pad" });
  });
});

describe("Authorization: Device (PROTOCOL section 6)", () => {
  it("is ES256 by the device's key over method, address without query, and the body's bytes", async () => {
    const url = new URL("https://id.example/device/v1/requests?after=7#top");
    const header = await authorization(
      { ...credentials(), issuer: "https://id.example", clockOffset: 5 },
      { method: "POST", url, body: "" },
      1_800_000_000,
    );
    const [scheme, jwt = ""] = header.split(" ");
    expect(scheme).toBe("Device");
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: "ES256", typ: "enum-device+jwt", kid: "dev-1" });
    expect(decodeJwt(jwt)).toEqual({
      aud: "https://id.example",
      iat: 1_800_000_005,
      exp: 1_800_000_065,
      jti: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      htm: "POST",
      htu: "https://id.example/device/v1/requests",
      bsh: "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
    });
  });

  it("is accepted by a provider that checks every claim, each time with a new jti", async () => {
    await activate();
    expect(await client.state(credentials())).toMatchObject({
      ok: true,
      value: { clockOffset: 0, value: { device: { status: "pending" } } },
    });
    expect((await client.state(credentials())).ok).toBe(true);
    expect(await client.unlink(credentials())).toMatchObject({ ok: true });
    expect(await client.state(credentials())).toEqual({ ok: false, code: "device-revoked" });
  });

  it("by a phone with a wrong clock is tried once more with the provider's time, and the difference is kept", async () => {
    await activate();
    provider.wrong.clock = 3600;
    const answer = await client.state(credentials());
    expect(answer).toMatchObject({ ok: true });
    expect(answer.ok && Math.abs(answer.value.clockOffset - 3600)).toBeLessThanOrEqual(1);
  });

  it("that is refused for another reason is tried once more, and not again", async () => {
    await activate();
    const stranger = await generateKeyPair("ES256");
    const before = provider.calls.length;
    expect(await client.state({ ...credentials(), key: stranger.privateKey })).toEqual({
      ok: false,
      code: "invalid-proof",
      clockOffset: expect.any(Number),
    });
    expect(provider.calls.length - before).toBe(2);
  });

  it("of a pending device opens no requests", async () => {
    await activate();
    expect(await client.requests(credentials())).toEqual({ ok: false, code: "device-pending" });
  });

  it("the keys that travel are public", async () => {
    await activate();
    expect(() => createPublicKey({ key: JSON.parse(provider.calls[0]?.body ?? "").key, format: "jwk" })).not.toThrow();
    expect(provider.calls[0]?.body).not.toContain('"d"');
  });
});

describe("what else comes back", () => {
  it.each([
    [{ status: 500, body: "<h1>Oops</h1>" }, "not-understood"],
    [{ status: 200, body: "<h1>Welcome to this café's WLAN</h1>" }, "not-understood"],
    [{ status: 200, body: '{"device":{"id":"../..","name":"x","status":"active"}}' }, "not-understood"],
    [{ status: 400, body: '{"type":"about:blank"}' }, "not-understood"],
    [{ status: 307, headers: { location: "https://elsewhere.example/" }, body: "" }, "no-answer"],
    [{ status: 410, body: '{"type":"urn:e-num:problem:expired"}' }, "expired"],
  ])("%j is told: %s", async (answer, code) => {
    provider.wrong.answer = answer;
    expect(await activate()).toEqual({ ok: false, code });
    expect(await client.state(credentials())).toEqual({ ok: false, code });
  });

  it.each([
    ["a café's page", { status: 200, body: "<h1>Welcome</h1>" }],
    ["somebody's JSON", { status: 200, body: '{"status":"ok"}' }],
    ["nothing, and no 204", { status: 200, body: "" }],
  ])("%s in the provider's place has done nothing that was asked", async (_, answer) => {
    provider.wrong.answer = answer;
    const told = {
      challenge: parsedValue(parseChallenge("48219370")),
      response: parsedValue(parseResponse("6754654")),
    };
    const address = { endpoint: "https://push.example/1", keys: { p256dh: "AA", auth: "AA" } };
    const asked = [
      client.answer(credentials(), "rq-7", { ...told, signature: "a.b.c" }),
      client.decline(credentials(), "rq-7", "not_me"),
      client.pushTo(credentials(), address),
      client.pushNoMore(credentials()),
      client.unlink(credentials()),
    ];
    for (const each of await Promise.all(asked)) expect(each).toEqual({ ok: false, code: "not-understood" });
  });

  it("too many tries say how long to wait", async () => {
    provider.wrong.answer = { status: 429, body: '{"type":"urn:e-num:problem:too-many","retry_after":1800}' };
    expect(await activate()).toEqual({ ok: false, code: "too-many", retryAfter: 1800 });
  });

  it("no provider at all is told", async () => {
    const free = createServer();
    const port = await new Promise<number>((resolve) => {
      free.listen(0, "127.0.0.1", () => {
        const address = free.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    await new Promise((resolve) => free.close(resolve));
    expect(await activate(`http://127.0.0.1:${port}`)).toEqual({ ok: false, code: "no-answer" });
  });
});
