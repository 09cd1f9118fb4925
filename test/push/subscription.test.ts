import { createECDH, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parsePushHosts } from "../../src/config/push.ts";
import { Refusal } from "../../src/config/values.ts";
import { parseSubscription } from "../../src/push/subscription.ts";

const POINT = createECDH("prime256v1").generateKeys();
const KEYS = { p256dh: POINT.toString("base64url"), auth: randomBytes(16).toString("base64url") };
const ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc:def";

function hosts(given: string) {
  const parsed = parsePushHosts(given);
  if (parsed instanceof Refusal) throw new Error(parsed.sentence);
  return parsed;
}

function at(endpoint: string, list = "fcm.googleapis.com,*.push.example.com,push.test.example:8443") {
  return parseSubscription({ endpoint, keys: KEYS }, hosts(list));
}

describe("a push subscription", () => {
  test("is taken as browsers write it, without what is not needed", () => {
    const given = { endpoint: ENDPOINT, expirationTime: null, keys: KEYS, later: true };
    expect(parseSubscription(given, hosts("fcm.googleapis.com"))).toEqual({
      ok: true,
      value: { endpoint: ENDPOINT, keys: KEYS },
    });
  });

  test.each([
    "https://fcm.googleapis.com/fcm/send/1",
    "https://fcm.googleapis.com:443/fcm/send/1",
    "https://FCM.googleapis.com/fcm/send/1",
    "https://a.push.example.com/1",
    "https://a.b.push.example.com/1",
    "https://push.test.example:8443/1",
  ])("%s is on the operator's list", (endpoint) => expect(at(endpoint).ok).toBe(true));

  test.each([
    ["another host", "https://push.example.net/1"],
    ["a host that ends like one", "https://evilfcm.googleapis.com/1"],
    ["a host that begins like one", "https://fcm.googleapis.com.evil.example/1"],
    ["a host that ends like those below one", "https://apush.example.com/1"],
    ["the name above", "https://push.example.com/1"],
    ["another port", "https://fcm.googleapis.com:8443/1"],
    ["the usual port where another is named", "https://push.test.example/1"],
    ["a name before it", "https://fcm.googleapis.com@127.0.0.1/1"],
    ["an address", "https://127.0.0.1/1"],
    ["an address in IPv6", "https://[::1]/1"],
    ["a dot behind it", "https://fcm.googleapis.com./1"],
  ])("%s is not: %s", (_name, endpoint) => {
    const said = { ok: false, reason: "endpoint is of no push service that this provider calls" };
    const inName = { ok: false, reason: "endpoint is no https address" };
    expect([said, inName]).toContainEqual(at(endpoint));
  });

  test.each([
    ["http", { endpoint: "http://fcm.googleapis.com/1", keys: KEYS }, /no https address/],
    ["no address", { endpoint: "fcm", keys: KEYS }, /no https address/],
    ["a name and a password", { endpoint: "https://a:b@fcm.googleapis.com/1", keys: KEYS }, /no https address/],
    ["an address without end", { endpoint: `${ENDPOINT}${"a".repeat(1000)}`, keys: KEYS }, /toJSON/],
    ["no keys", { endpoint: ENDPOINT }, /toJSON/],
    ["nothing", undefined, /toJSON/],
    ["a list", [], /toJSON/],
    ["a short secret", { endpoint: ENDPOINT, keys: { ...KEYS, auth: "AAAA" } }, /keys.auth/],
    ["a secret that is no base64url", { endpoint: ENDPOINT, keys: { ...KEYS, auth: "a+/=" } }, /keys.auth/],
    ["a short key", { endpoint: ENDPOINT, keys: { ...KEYS, p256dh: "BAAA" } }, /no point/],
    [
      "a point that is not on the curve",
      { endpoint: ENDPOINT, keys: { ...KEYS, p256dh: Buffer.alloc(65, 4).toString("base64url") } },
      /no point/,
    ],
  ])("with %s is refused, and why is said", (_name, given, why) => {
    expect(parseSubscription(given, hosts("fcm.googleapis.com"))).toEqual({
      ok: false,
      reason: expect.stringMatching(why),
    });
  });
});

describe("the operator's list of push hosts", () => {
  test("off is none", () => expect(hosts("off")).toEqual([]));

  test("spaces do not count", () => {
    expect(hosts("push.example.com , *.push.example.com:8443")).toEqual([
      { name: "push.example.com", below: false, port: 443 },
      { name: "push.example.com", below: true, port: 8443 },
    ]);
  });

  test.each([
    "*",
    "*.com",
    "push",
    "https://push.example.com",
    "push.example.com/1",
    "Push.example.com",
    "127.0.0.1",
    "1.2.3.04",
    "push.example.com:0",
    "push.example.com:99999",
    "push.example.com,",
    "a.*.example.com",
    "",
  ])('"%s" is refused', (given) => expect(parsePushHosts(given)).toBeInstanceOf(Refusal));
});
