import { describe, expect, test } from "vitest";
import { HOUR } from "../../src/clock.ts";
import { createNetwork } from "../../src/push/network.ts";
import { createSendPush } from "../../src/push/send.ts";
import { type PushService, startPushService } from "../support/push-service.ts";
import { testKey } from "./key.ts";

const ISSUER = "https://id.example.com";

async function sender(service: PushService, options: { issuer?: string; patience?: number; address?: string } = {}) {
  const { address, ...more } = options;
  const key = await testKey();
  const network = address === undefined ? service.network : { ...service.network, addressOf: async () => address };
  return { key, send: createSendPush({ clock: Date.now, network, key, issuer: ISSUER, ...more }) };
}

describe("a push", () => {
  test("is encrypted to the phone (RFC 8291), and says nothing but that something waits", async () => {
    await using service = await startPushService();
    const { send } = await sender(service);
    const subscription = service.subscribe();
    expect(await send(subscription, 120)).toEqual({ kind: "sent" });
    expect(service.faults).toEqual([]);
    expect(service.received).toMatchObject([
      { path: new URL(subscription.endpoint).pathname, content: "requests", headers: { host: expect.any(String) } },
    ]);
  });

  test("lives as long as its request, is urgent, and replaces one that has not arrived (RFC 8030 section 5)", async () => {
    await using service = await startPushService();
    const { send } = await sender(service);
    await send(service.subscribe(), 120);
    expect(service.received[0]?.headers).toMatchObject({ ttl: "120", urgency: "high", topic: "requests" });
  });

  test("comes with the provider's proof, for this push service and for an hour (RFC 8292 section 2)", async () => {
    await using service = await startPushService();
    const { key, send } = await sender(service);
    await send(service.subscribe(), 120);
    const [vapid] = service.received.map((each) => each.vapid);
    expect(vapid).toMatchObject({ key: key.publicKey, typ: "JWT", claims: { sub: ISSUER } });
    const left = Number(vapid?.claims["exp"]) * 1000 - Date.now();
    expect([left > 0, left <= HOUR]).toEqual([true, true]);
  });

  test("of a development server names nobody to write to, since http is none", async () => {
    await using service = await startPushService();
    const { send } = await sender(service, { issuer: "http://localhost:3000" });
    await send(service.subscribe(), 120);
    expect(service.received[0]?.vapid.claims).not.toHaveProperty("sub");
  });

  test("is the same in length and content whomever it wakes", async () => {
    await using service = await startPushService();
    const { send } = await sender(service);
    await Promise.all([send(service.subscribe(), 10), send(service.subscribe(), 300)]);
    expect(new Set(service.received.map(({ headers }) => headers["content-length"])).size).toBe(1);
    expect(new Set(service.received.map(({ content }) => content)).size).toBe(1);
  });
});

describe("what a push service answers", () => {
  test.each([
    [200, { kind: "sent" }],
    [201, { kind: "sent" }],
    [202, { kind: "sent" }],
    [404, { kind: "gone" }],
    [410, { kind: "gone" }],
    [400, { kind: "refused", reason: "HTTP 400" }],
    [403, { kind: "refused", reason: "HTTP 403" }],
    [413, { kind: "refused", reason: "HTTP 413" }],
    [429, { kind: "refused", reason: "HTTP 429" }],
    [500, { kind: "refused", reason: "HTTP 500" }],
    [503, { kind: "refused", reason: "HTTP 503" }],
  ])("HTTP %i is understood, and nothing is sent twice", async (status, delivery) => {
    await using service = await startPushService();
    const { send } = await sender(service);
    service.says.status = status;
    expect(await send(service.subscribe(), 60)).toEqual(delivery);
    expect(service.calls()).toBe(1);
  });

  test.each([301, 302, 307, 308])("a redirect is not followed: HTTP %i", async (status) => {
    await using service = await startPushService();
    const { send } = await sender(service);
    service.says.status = status;
    service.says.headers = { location: service.subscribe().endpoint };
    expect(await send(service.subscribe(), 60)).toEqual({ kind: "refused", reason: `HTTP ${status}` });
    expect(service.calls()).toBe(1);
  });

  test("nothing, for too long: it is given up", async () => {
    await using service = await startPushService();
    const { send } = await sender(service, { patience: 300 });
    service.says.status = undefined;
    expect(await send(service.subscribe(), 60)).toMatchObject({ kind: "failed" });
  });
});

describe("what is called", () => {
  test("is the address that was looked at; nobody looks the name up once more", async () => {
    await using service = await startPushService();
    // The name has no address anywhere (RFC 6761 section 6.4): who reaches the service was told where it is.
    const { send } = await sender(service);
    expect(await send(service.subscribe(), 60)).toEqual({ kind: "sent" });
    // Somewhere else nobody listens, whatever the name says.
    const { send: elsewhere } = await sender(service, { address: "127.0.0.2" });
    const before = service.calls();
    expect(await elsewhere(service.subscribe(), 60)).toMatchObject({ kind: "failed" });
    expect(service.calls()).toBe(before);
  });

  test("shows a certificate for its own name", async () => {
    await using service = await startPushService("other");
    const { send } = await sender(service);
    expect(await send(service.subscribe(), 60)).toEqual({ kind: "failed", reason: "ERR_TLS_CERT_ALTNAME_INVALID" });
    expect(service.calls()).toBe(0);
  });

  test("is nothing where the name has no public address", async () => {
    await using service = await startPushService();
    const { send } = await sender(service);
    const inner = createNetwork(async () => [{ address: "127.0.0.1" }]);
    const key = await testKey();
    const guarded = createSendPush({ clock: Date.now, network: inner, key, issuer: ISSUER });
    expect(await guarded(service.subscribe(), 60)).toEqual({
      kind: "failed",
      reason: "its host has no public address",
    });
    expect(service.calls()).toBe(0);
    expect(await send(service.subscribe(), 60)).toEqual({ kind: "sent" });
  });

  test("a reason names no address of a phone", async () => {
    await using service = await startPushService();
    const { send } = await sender(service, { address: "127.0.0.2" });
    const subscription = service.subscribe();
    expect(JSON.stringify(await send(subscription, 60))).not.toContain(new URL(subscription.endpoint).pathname);
  });
});
