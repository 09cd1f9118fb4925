import { isIP, isIPv6 } from "node:net";

/** What one subscriber has: an IPv4 address, or the first 64 bits of an IPv6 one, of which every household has 2^64 (RFC 6177). */
export function networkOf(address: string): string {
  // A proxy that passes on what it was sent names no address; all who come so share one counter, whose name is not theirs to choose.
  if (isIP(address) === 0) return "nowhere";
  if (!isIPv6(address)) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  // The URL parser writes an address in its one canonical form (RFC 5952), without a zone.
  const canonical = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1);
  // An IPv4 address in it that was written otherwise (RFC 4291 section 2.2): else all of them would be one network.
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(canonical) ?? [];
  if (high !== undefined && low !== undefined)
    return [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join(".");
  const [head = "", tail] = canonical.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => "0");
  return `${[...before, ...zeros, ...after].slice(0, 4).join(":")}::/64`;
}
