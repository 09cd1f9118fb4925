import { createHash, randomBytes } from "node:crypto";
import { generateKeyPair, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { DAY, MINUTE, SECOND } from "../../src/clock.ts";
import { prove } from "../support/newcomer.ts";
import { activate, type TestPhone } from "../support/phone.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";

const DORA = { email: "dora@example.com", phone: "+15555550199" };

async function pending(world: World): Promise<TestPhone> {
  const { activation } = await prove(world, createVisitor(world.issuer), DORA);
  return activate(world.issuer, DORA.email, activation, "Dora's phone");
}

/** A proof with one thing changed. */
async function send(
  world: World,
  phone: TestPhone,
  change: { header?: object; claims?: object; method?: string; scheme?: string; path?: string; body?: string } = {},
) {
  const method = change.method ?? "GET";
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: world.issuer,
    iat: now,
    exp: now + 60,
    jti: randomBytes(16).toString("base64url"),
    htm: method,
    htu: `${world.issuer}/device/v1`,
    bsh: createHash("sha256").update("").digest("base64url"),
    ...change.claims,
  };
  const header = { alg: "ES256", typ: "enum-device+jwt", kid: phone.id, ...change.header };
  const jwt = await new SignJWT(claims).setProtectedHeader(header).sign(phone.key);
  const headers = { authorization: `${change.scheme ?? "Device"} ${jwt}` };
  const init = change.body === undefined ? { method, headers } : { method, headers, body: change.body };
  const response = await fetch(`${world.issuer}${change.path ?? "/device/v1"}`, init);
  const text = await response.text();
  return { status: response.status, body: text === "" ? {} : JSON.parse(text), headers: response.headers };
}

describe("GET /device/v1", () => {
  test("tells a pending device what it is, and the keys of statements", async () => {
    await using world = await createWorld();
    const { status, body, headers } = await send(world, await pending(world));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      device: { name: "Dora's phone", status: "pending" },
      account: { email_hint: "d•••@example.com" },
      issuer: world.issuer,
      pad_version: 1,
      statement_keys: { keys: [{ kty: "EC", alg: "ES256", kid: expect.stringMatching(/^.{8}$/) }] },
    });
    expect(body.statement_keys.keys[0]).not.toHaveProperty("d");
    expect(headers.get("cache-control")).toBe("no-store");
  });

  test.each([
    ["another audience", { claims: { aud: "https://other.example" } }],
    ["a time an hour ago", { claims: { iat: 0 } }],
    ["no iat", { claims: { iat: undefined } }],
    ["a life of ten minutes", { claims: { exp: Math.floor(Date.now() / 1000) + 600 } }],
    ["an end in the past", { claims: { exp: Math.floor(Date.now() / 1000) - 1 } }],
    ["no jti", { claims: { jti: undefined } }],
    ["a short jti", { claims: { jti: "abc" } }],
    ["another method", { claims: { htm: "DELETE" } }],
    ["another address", { claims: { htu: "https://other.example/device/v1" } }],
    ["a query in the address", { claims: { htu: "http://localhost/device/v1?x=1" } }],
    ["another body", { claims: { bsh: "AAAA" } }],
    ["no body's hash", { claims: { bsh: undefined } }],
    ["another typ", { header: { typ: "JWT" } }],
    ["the scheme Bearer", { scheme: "Bearer" }],
  ])("a proof with %s is refused, with the server's time", async (_name, change) => {
    await using world = await createWorld();
    const { status, body } = await send(world, await pending(world), change);
    expect(status).toBe(401);
    expect(body).toMatchObject({
      type: "urn:e-num:problem:invalid-proof",
      status: 401,
      now: expect.any(String),
      detail: expect.any(String),
    });
  });

  test("a proof with an unknown kid is refused, so that no phone forgets its account at a database that does not know it", async () => {
    await using world = await createWorld();
    const { status, body } = await send(world, await pending(world), { header: { kid: "nobody" } });
    expect(status).toBe(401);
    expect(body).toMatchObject({ type: "urn:e-num:problem:invalid-proof" });
  });

  test("a device whose row is gone is told so by its own proof alone, for a year", async () => {
    await using world = await createWorld();
    const phone = await pending(world);
    const { privateKey: another } = await generateKeyPair("ES256");
    world.pass(DAY + SECOND);
    await world.sweep();
    expect(await world.database.rows("SELECT id FROM device WHERE id = ?", [phone.id])).toEqual([]);
    expect((await send(world, phone)).body.type).toBe("urn:e-num:problem:device-revoked");
    expect((await send(world, { ...phone, key: another })).body.type).toBe("urn:e-num:problem:invalid-proof");
    world.pass(365 * DAY + SECOND);
    await world.sweep();
    expect((await send(world, phone)).body.type).toBe("urn:e-num:problem:invalid-proof");
  });

  test("a proof by another key is refused", async () => {
    await using world = await createWorld();
    const phone = await pending(world);
    const { privateKey } = await generateKeyPair("ES256");
    expect((await send(world, { ...phone, key: privateKey })).status).toBe(401);
  });

  test("a request without a proof is told what to send", async () => {
    await using world = await createWorld();
    const response = await fetch(`${world.issuer}/device/v1`);
    expect([response.status, (await response.json()).type]).toEqual([401, "urn:e-num:problem:invalid-proof"]);
    expect(response.headers.get("www-authenticate")).toBe("Device");
    expect(response.headers.get("content-type")).toContain("application/problem+json");
  });
});

describe("DELETE /device/v1", () => {
  test("unlinks the device, whose pad is erased and which is told so from then on", async () => {
    await using world = await createWorld();
    const phone = await pending(world);
    expect((await send(world, phone, { method: "DELETE" })).status).toBe(204);
    expect((await send(world, phone)).body.type).toBe("urn:e-num:problem:device-revoked");
    expect(await world.database.rows("SELECT pad_sealed FROM device WHERE id = ?", [phone.id])).toEqual([
      { pad_sealed: "" },
    ]);
    expect(await world.database.rows("SELECT type FROM event WHERE type = 'device.revoked'")).toHaveLength(1);
  });

  test("a proof that changes something is accepted once", async () => {
    await using world = await createWorld();
    const phone = await pending(world);
    const claims = { jti: randomBytes(16).toString("base64url") };
    expect((await send(world, phone, { method: "DELETE", claims })).status).toBe(204);
    await world.database.rows("UPDATE device SET status = 'active' WHERE id = ?", [phone.id]);
    expect((await send(world, phone, { method: "DELETE", claims })).status).toBe(401);
  });
});

describe("POST /device/v1/admissions", () => {
  const activeDevice = async (world: World) => {
    const phone = await pending(world);
    await world.database.rows("UPDATE device SET status = 'active' WHERE id = ?", [phone.id]);
    return phone;
  };
  const to = (world: World) => ({
    method: "POST",
    path: "/device/v1/admissions",
    claims: { htu: `${world.issuer}/device/v1/admissions` },
  });

  test("lets unknown browsers try again for a quarter of an hour, and is an event", async () => {
    await using world = await createWorld();
    const phone = await activeDevice(world);
    const { status, body } = await send(world, phone, to(world));
    expect(status).toBe(201);
    expect(Date.parse(body.until) - world.now()).toBeGreaterThan(14 * MINUTE);
    expect(await world.database.rows("SELECT type FROM event WHERE type = 'login.admitted'")).toHaveLength(1);
  });

  test("is not for a device that is still pending", async () => {
    await using world = await createWorld();
    const { status, body } = await send(world, await pending(world), to(world));
    expect([status, body.type]).toEqual([403, "urn:e-num:problem:device-pending"]);
  });

  test("a body that the proof does not cover is refused", async () => {
    await using world = await createWorld();
    expect((await send(world, await activeDevice(world), { ...to(world), body: "{}" })).status).toBe(401);
  });
});

describe("POST /device/v1/activations", () => {
  const post = async (world: World, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } };
    const response = await fetch(`${world.issuer}/device/v1/activations`, init);
    return { status: response.status, problem: await response.json() };
  };
  const key = { kty: "EC", crv: "P-256", x: "A".repeat(43), y: "A".repeat(43) };
  const right = { identifier: DORA.email, code: "K7QF29XWTA", name: "Phone", platform: "cli", key, agreement_key: key };

  test.each([
    ["no JSON", "{", "the body is not JSON"],
    ["a list", [], "the whole must be there as object."],
    [
      "what lacks members",
      { ...right, name: undefined, code: 1 },
      "code must be there as string. name must be there as string.",
    ],
    ["a member too many", { ...right, admin: true }, "admin is not a member that is known here: correct or remove it."],
    ["a name of 41 characters", { ...right, name: "x".repeat(41) }, "name is one line of 1 to 40 visible characters"],
    ["a name of 201 characters", { ...right, name: "x".repeat(201) }, "name must have at most 200 characters."],
    ["a name in two lines", { ...right, name: "a\nb" }, "name is one line of 1 to 40 visible characters"],
    ["an unknown platform", { ...right, platform: "toaster" }, "platform must be web or android or ios or cli."],
    ["a key on another curve", { ...right, key: { ...key, crv: "P-384" } }, "key.crv must be P-256."],
    ["a point that is not on the curve", right, undefined],
  ])("%s is invalid-request, and says what is wrong", async (_name, body, detail) => {
    await using world = await createWorld();
    const { status, problem } = await post(world, body);
    expect([status, problem.type]).toEqual([400, "urn:e-num:problem:invalid-request"]);
    expect(problem.detail).toEqual(detail ?? expect.any(String));
  });

  test("another content type, and a body above 16 kB, are refused", async () => {
    await using world = await createWorld();
    expect((await post(world, right, { "content-type": "text/plain" })).status).toBe(400);
    expect((await post(world, "x".repeat(20_000))).status).toBe(413);
  });

  test("after ten wrong codes in an hour from one address the phone is told to wait; a right one is none of them", async () => {
    await using world = await createWorld();
    const { activation } = await prove(world, createVisitor(world.issuer), DORA);
    for (let count = 0; count < 10; count += 1) {
      if (count === 9) await activate(world.issuer, DORA.email, activation);
      await expect(activate(world.issuer, DORA.email, "K7QF29XWTA")).rejects.toThrow("invalid-code");
    }
    await expect(activate(world.issuer, DORA.email, "K7QF29XWTA")).rejects.toThrow("too-many");
    world.pass(61 * MINUTE);
    await expect(activate(world.issuer, DORA.email, "K7QF29XWTA")).rejects.toThrow("invalid-code");
  });

  test("an unknown address of the device API is a problem document", async () => {
    await using world = await createWorld();
    const response = await fetch(`${world.issuer}/device/v1/nothing`);
    expect([response.status, (await response.json()).type]).toEqual([404, "urn:e-num:problem:not-found"]);
  });
});
