import { describe, expect, test } from "vitest";
import { createNetwork, NotPublic } from "../../src/push/network.ts";
import { isPublic } from "../../src/push/public-address.ts";

describe("an address may be called", () => {
  test.each(["8.8.8.8", "142.250.186.42", "172.15.255.255", "172.32.0.1", "2a00:1450:4001:800::200a", "2600:1f18::1"])(
    "%s, which is anybody's",
    (address) => expect(isPublic(address)).toBe(true),
  );

  test.each([
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "fc00::1",
    "fd12:3456:789a::1",
    "fe80::1",
    "ff02::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "localhost",
    "",
  ])("%s, which leads into our own machines or nowhere: not", (address) => expect(isPublic(address)).toBe(false));

  test("of a host the first that is public is taken, and a host that has none is refused", async () => {
    const hosts: Record<string, string[]> = {
      "mixed.example": ["10.0.0.1", "64:ff9b::808:808", "8.8.8.8", "9.9.9.9"],
      "inner.example": ["192.168.0.1", "fd00::1"],
      "empty.example": [],
    };
    const { addressOf } = createNetwork(async (host) => (hosts[host] ?? []).map((address) => ({ address })));
    expect(await addressOf("mixed.example")).toBe("8.8.8.8");
    await expect(addressOf("inner.example")).rejects.toBeInstanceOf(NotPublic);
    await expect(addressOf("empty.example")).rejects.toBeInstanceOf(NotPublic);
  });
});
