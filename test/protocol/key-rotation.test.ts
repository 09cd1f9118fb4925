import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { buildEndSessionUrl, refreshTokenGrant, tokenIntrospection } from "openid-client";
import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE, type Millis, SECOND } from "../../src/clock.ts";
import { parseQrText } from "../../src/e-num/qr-text.ts";
import { verifyStatement } from "../../src/e-num/statement-token.ts";
import { asked } from "../request/asked.ts";
import { logoutListener } from "../support/logout-listener.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { order, PAYMENT, paid, STORE } from "../support/payment.ts";
import { introspect, PURSE_API, PURSES, WALLET, WITH_SERVERS } from "../support/resource-servers.ts";
import { rotated } from "../support/rotated.ts";
import { errorOf, signIn } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { client, createWorld, SHOP, type World } from "../support/world.ts";

const KNOWN = 30 * SECOND;

async function setAt(world: World, path: string): Promise<JSONWebKeySet> {
  return JSON.parse(await (await fetch(`${world.issuer}${path}`)).text());
}

const kidsAt = async (world: World, path: string) => (await setAt(world, path)).keys.map(({ kid = "" }) => kid);

async function passTo(world: World, time: Millis): Promise<void> {
  world.pass(time);
  await world.lookAtKeys();
}

const kidOf = (token = "") => decodeProtectedHeader(token).kid;

describe("new token keys", () => {
  test("are at jwks_uri a day before they sign: a site that keeps the set for so long verifies what they sign", async () => {
    await using world = await createWorld();
    const before = await kidsAt(world, "/jwks");
    const made = (await rotated(world, "token")).keys.map(({ id }) => id);
    const kept = await setAt(world, "/jwks");
    expect(kept.keys.map(({ kid }) => kid)).toEqual([...before, ...made]);
    expect(kept.keys.every((jwk) => !("d" in jwk) && jwk.use === "sig")).toBe(true);
    const first = await (await signIn(world)).tokens();
    expect(before).toContain(kidOf(first.id_token));
    await passTo(world, DAY);
    const second = await (await signIn(world)).tokens();
    expect(made).toContain(kidOf(second.id_token));
    const checks = { issuer: world.issuer, audience: "shop" };
    await expect(jwtVerify(second.id_token ?? "", createLocalJWKSet(kept), checks)).resolves.toBeDefined();
    expect(await kidsAt(world, "/jwks")).toEqual([...made, ...before]);
    await passTo(world, 30 * DAY);
    expect(await kidsAt(world, "/jwks")).toEqual(made);
  });

  test.each(["ES256", "EdDSA", "RS256"] as const)("sign what is signed by %s", async (alg) => {
    const shop = client({ ...SHOP, id_token_signed_response_alg: alg });
    await using world = await createWorld({ clients: [shop] });
    const made = (await rotated(world, "token")).keys.find((key) => key.alg === alg);
    await passTo(world, DAY);
    const { id_token: token = "" } = await (await signIn(world, { client: shop })).tokens();
    expect(decodeProtectedHeader(token)).toMatchObject({ alg, kid: made?.id });
    await expect(jwtVerify(token, createLocalJWKSet(await setAt(world, "/jwks")))).resolves.toBeDefined();
  });

  test("change nothing for who is on the way: session, code, refresh token and access token go on", async () => {
    await using world = await createWorld();
    const made = (await rotated(world, "token")).keys.map(({ id }) => id);
    await passTo(world, DAY - 20 * SECOND);
    const parameters = { scope: "openid offline_access", prompt: "consent" };
    const lasting = await signIn(world, { parameters });
    const before = await lasting.tokens();
    const pending = await signIn(world, { visitor: lasting.visitor });
    await passTo(world, 20 * SECOND);
    const { party } = pending;
    expect(made).toContain(kidOf((await pending.tokens()).id_token));
    expect(await tokenIntrospection(party.config, before.access_token)).toMatchObject({ active: true });
    const refreshed = await refreshTokenGrant(party.config, before.refresh_token ?? "");
    expect(made).toContain(kidOf(refreshed.id_token));
    const silent = await signIn(world, { visitor: lasting.visitor, parameters: { prompt: "none" } });
    expect(errorOf(silent.back)).toBeNull();
  });

  test("sign introspection's answers and logout tokens as well", async () => {
    await using site = await logoutListener();
    const wallet = client({ ...WALLET, backchannel_logout_uri: site.uri });
    const clients = WITH_SERVERS.map((entry) => (entry.client_id === wallet.client_id ? wallet : entry));
    await using world = await createWorld({ clients });
    const made = (await rotated(world, "token")).keys.map(({ id }) => id);
    await passTo(world, DAY - MINUTE);
    const parameters = { scope: "openid purses:read", resource: PURSES };
    const { visitor, tokens } = await signIn(world, { client: wallet, parameters });
    const { access_token: token } = await tokens();
    await passTo(world, MINUTE);
    const accept = { accept: "application/token-introspection+jwt" };
    const introspected = await (await introspect(world, PURSE_API, token, accept)).text();
    await visitor.submit(await visitor.open("/sign-out"), "yes");
    await world.drain();
    const set = createLocalJWKSet(await setAt(world, "/jwks"));
    for (const signed of [introspected, site.tokens[0] ?? ""]) {
      expect(made).toContain(kidOf(signed));
      await expect(jwtVerify(signed, set)).resolves.toBeDefined();
    }
  });

  test("leave the hint of an older ID token good for thirty days, at sign-out and at sign-in", async () => {
    await using world = await createWorld();
    await rotated(world, "token");
    await passTo(world, DAY - MINUTE);
    const { tokens } = await signIn(world);
    const { id_token: hint = "" } = await tokens();
    await passTo(world, MINUTE);
    const endsWith = async () => {
      const { party, visitor } = await signIn(world);
      const silent = await signIn(world, { visitor, parameters: { prompt: "none", id_token_hint: hint } });
      const address = buildEndSessionUrl(party.config, { id_token_hint: hint });
      const asked = await visitor.open(address.href);
      return [errorOf(silent.back), asked.status, asked.text.includes("You are leaving Book shop.")];
    };
    expect(await endsWith()).toEqual([null, 200, true]);
    await passTo(world, 30 * DAY - HOUR);
    expect(await endsWith()).toEqual([null, 200, true]);
    await passTo(world, HOUR);
    expect(await endsWith()).toEqual(["invalid_request", 400, false]);
  });

  test("in the place of some that somebody else may have: what those have signed holds no longer, and nobody is signed out", async () => {
    await using world = await createWorld();
    const parameters = { scope: "openid offline_access", prompt: "consent" };
    const { visitor, party, tokens } = await signIn(world, { parameters });
    const before = await tokens();
    const made = (await rotated(world, "token", true)).keys.map(({ id }) => id);
    await passTo(world, KNOWN);
    expect(made).toContain(kidOf((await (await signIn(world, { visitor })).tokens()).id_token));
    await passTo(world, MINUTE);
    expect(await kidsAt(world, "/jwks")).toEqual(made);
    const hinted = buildEndSessionUrl(party.config, { id_token_hint: before.id_token ?? "" });
    expect((await visitor.open(hinted.href)).status).toBe(400);
    expect((await visitor.open("/sign-out?client_id=shop")).status).toBe(200);
    expect(await tokenIntrospection(party.config, before.access_token)).toMatchObject({ active: true });
    expect(made).toContain(kidOf((await refreshTokenGrant(party.config, before.refresh_token ?? "")).id_token));
  });
});

describe("a new cookie key", () => {
  const silently = async (world: World, visitor = createVisitor(world.issuer)) =>
    errorOf((await signIn(world, { visitor, parameters: { prompt: "none" } })).back);
  const signatures = (visitor: ReturnType<typeof createVisitor>) =>
    visitor.cookies().flatMap(({ name, value }) => (name.endsWith(".sig") ? [`${name}=${value}`] : []));

  test("signs nobody out: what the one before has signed is signed again as it comes", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await rotated(world, "cookie");
    await passTo(world, KNOWN);
    const before = signatures(visitor);
    expect(before.length).toBeGreaterThan(1);
    expect(await silently(world, visitor)).toBeNull();
    const session = (all: string[]) => all.find((one) => one.includes("session"));
    expect(session(signatures(visitor))).toBeDefined();
    expect(session(signatures(visitor))).not.toBe(session(before));
  });

  test("knows a browser by a cookie of the one before for 400 days", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await rotated(world, "cookie");
    const known = async () => {
      const phone = await onlinePhone(world);
      await asked(world, visitor);
      return (await phone.requests()).requests[0]?.origin.known;
    };
    await passTo(world, 399 * DAY);
    expect(await known()).toBe(true);
  });

  test("in the place of one that somebody else may have signs everybody out", async () => {
    await using world = await createWorld();
    const { visitor } = await signIn(world);
    await rotated(world, "cookie", true);
    expect(await silently(world, visitor)).toBeNull();
    await passTo(world, KNOWN);
    expect(await silently(world, visitor)).toBe("login_required");
    const { tokens } = await signIn(world, { visitor });
    expect((await tokens()).id_token).toBeDefined();
  });
});

describe("a new confirmation key", () => {
  /** What a phone without a network makes of the code on the page. */
  const scanned = async (world: World, keys: JSONWebKeySet, text: string) => {
    const parsed = parseQrText(text);
    if (!parsed.ok || parsed.value.kind !== "operation" || parsed.value.token === undefined) throw new Error("no code");
    const { token, challenge } = parsed.value;
    const now = Math.floor(world.now() / 1000);
    const verified = await verifyStatement(token, { keys, issuer: world.issuer, challenge, now });
    return { kid: kidOf(token), outcome: verified.ok ? "genuine" : verified.reason };
  };
  const codeOn = async (world: World, id = PAYMENT.operation_id) => {
    const { visitor } = await signIn(world, { client: STORE });
    return (await order(world, visitor, { ...PAYMENT, operation_id: id })).page.qr;
  };
  const keysOf = async (world: World) => {
    const phone = await onlinePhone(world);
    return JSON.parse((await phone.call("GET", "/device/v1")).text).statement_keys;
  };
  const receiptOf = async (world: World, id: string) => {
    const { client_secret: secret } = STORE;
    const basic = Buffer.from(`shop:${secret}`).toString("base64");
    const answer = await fetch(`${world.issuer}/confirmations/receipt`, {
      method: "POST",
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ confirmation_id: id }),
    });
    return answer.text();
  };
  const isGenuine = async (world: World, receipt: string) => {
    const visitor = createVisitor(world.issuer);
    const page = await visitor.submit(await visitor.open("/confirmations/verify"), "next", { receipt });
    return page.text.includes("This receipt is genuine");
  };

  test("is with phones thirty days before it signs: one without a network since knows what it signs", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const old = await keysOf(world);
    const [made] = (await rotated(world, "confirmation")).keys;
    const keys = await keysOf(world);
    expect(keys.keys).toHaveLength(2);
    expect(keys).toEqual(await setAt(world, "/confirmations/jwks"));
    await passTo(world, 30 * DAY - MINUTE);
    const before = await codeOn(world);
    expect(await scanned(world, old, before)).toMatchObject({ outcome: "genuine" });
    await passTo(world, MINUTE);
    const after = await codeOn(world);
    expect(await scanned(world, keys, after)).toEqual({ kid: made?.id, outcome: "genuine" });
    expect(await scanned(world, old, after)).toEqual({ kid: made?.id, outcome: "unknown-key" });
    // Who has scanned just before it changed.
    expect(await scanned(world, await keysOf(world), before)).toMatchObject({ outcome: "genuine" });
  });

  test("leaves receipts from before genuine for ever", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { id } = await paid(world, createVisitor(world.issuer));
    const before = await receiptOf(world, id);
    const [made] = (await rotated(world, "confirmation")).keys;
    await passTo(world, 31 * DAY);
    await passTo(world, 2000 * DAY);
    expect(await isGenuine(world, before)).toBe(true);
    const again = await receiptOf(world, id);
    expect([kidOf(before) === kidOf(again), kidOf(again)]).toEqual([false, made?.id]);
    expect(await isGenuine(world, again)).toBe(true);
  });

  test("in the place of one that somebody else may have: receipts from before are genuine no more, and are given out anew", async () => {
    await using world = await createWorld({ clients: [STORE] });
    const { id } = await paid(world, createVisitor(world.issuer));
    const before = await receiptOf(world, id);
    expect(await isGenuine(world, before)).toBe(true);
    const [made] = (await rotated(world, "confirmation", true)).keys;
    await passTo(world, KNOWN);
    await passTo(world, MINUTE);
    expect(await kidsAt(world, "/confirmations/jwks")).toEqual([made?.id]);
    expect(await isGenuine(world, before)).toBe(false);
    expect(await isGenuine(world, await receiptOf(world, id))).toBe(true);
    expect(await scanned(world, await keysOf(world), await codeOn(world, "inv-2"))).toEqual({
      kid: made?.id,
      outcome: "genuine",
    });
  });
});
