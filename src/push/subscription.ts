import { ECDH } from "node:crypto";
import { z } from "zod";
import type { PushHost } from "../config/push.ts";
import { ok, type Parsed, refused } from "../e-num/parsed.ts";

/** Where and for whom a push is encrypted (RFC 8030 section 4, RFC 8291 section 2.1); `p256dh` and `auth` are base64url. */
export interface Subscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

/** Push services' addresses have a few hundred characters. */
const LONGEST = 1000;
/** A point of P-256 without compression, and 16 random bytes (RFC 8291 section 3.2). */
const [POINT_BYTES, AUTH_BYTES] = [65, 16];

/** As browsers write it: `PushSubscription.toJSON()`; what they may add is left out. */
const written = z.object({
  endpoint: z.string().max(LONGEST),
  keys: z.object({ p256dh: z.string().max(100), auth: z.string().max(40) }),
});

/** The reason is for the phone's maker. */
export function parseSubscription(value: unknown, hosts: readonly PushHost[]): Parsed<Subscription, string> {
  const read = written.safeParse(value);
  if (!read.success) return refused("send PushSubscription.toJSON(): endpoint, and keys with p256dh and auth");
  const { endpoint, keys } = read.data;
  const url = URL.parse(endpoint);
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "")
    return refused("endpoint is no https address");
  if (!hosts.some((host) => isAt(url, host))) return refused("endpoint is of no push service that this provider calls");
  if (bytesOf(keys.auth)?.length !== AUTH_BYTES) return refused("keys.auth is no base64url of 16 bytes");
  const point = bytesOf(keys.p256dh);
  if (point?.length !== POINT_BYTES || !isOnCurve(point)) return refused("keys.p256dh is no point of P-256");
  return ok({ endpoint: url.href, keys: { p256dh: keys.p256dh, auth: keys.auth } });
}

function isAt({ hostname, port }: URL, { name, below, port: expected }: PushHost): boolean {
  // An https address with the usual port has none.
  if (Number(port || "443") !== expected) return false;
  return below ? hostname.endsWith(`.${name}`) : hostname === name;
}

function bytesOf(text: string): Buffer | undefined {
  return /^[A-Za-z0-9_-]+$/.test(text) ? Buffer.from(text, "base64url") : undefined;
}

function isOnCurve(point: Buffer): boolean {
  try {
    ECDH.convertKey(point, "prime256v1");
    return true;
  } catch {
    return false;
  }
}
