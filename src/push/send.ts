import { importJWK, type JWK, SignJWT } from "jose";
import { type Clock, epochSeconds, type Millis, SECOND } from "../clock.ts";
import { NotPublic, type PushNetwork, post } from "./network.ts";
import type { Subscription } from "./subscription.ts";

/** `gone`: the push service knows the subscription no more. `refused` and `failed`: it said no, or nothing. */
export type Delivery = { kind: "sent" | "gone" } | { kind: "refused" | "failed"; reason: string };

/** One push, once; `ttl` is in seconds. It never rejects, and its reasons name no address. */
export type SendPush = (subscription: Subscription, ttl: number) => Promise<Delivery>;

export interface SendPorts {
  clock: Clock;
  network: PushNetwork;
  /** The key by which push services know this provider (RFC 8292). */
  key: { publicKey: string; privateJwk: JWK };
  issuer: string;
  patience?: Millis;
}

/** A push that takes longer comes after the person has looked. */
const PATIENCE: Millis = 5 * SECOND;
/** RFC 8292 section 2 allows a day. */
const TOKEN_SECONDS = 3600;
/** Always the same, so that neither its content nor its length tells anything. */
const CONTENT = "requests";
/** RFC 8030 section 5.4: one that has not arrived is replaced by the next. */
const TOPIC = "requests";

export function createSendPush({ clock, network, key, issuer, patience = PATIENCE }: SendPorts): SendPush {
  const signing = importJWK(key.privateJwk, "ES256");

  const vapid = async (audience: string): Promise<string> => {
    const token = new SignJWT({})
      .setProtectedHeader({ typ: "JWT", alg: "ES256" })
      .setAudience(audience)
      .setExpirationTime(epochSeconds(clock()) + TOKEN_SECONDS);
    // Whom to tell of trouble: RFC 8292 section 2.1 takes https and mailto alone.
    if (issuer.startsWith("https:")) token.setSubject(issuer);
    return `vapid t=${await token.sign(await signing)}, k=${key.publicKey}`;
  };

  const attempt = async (subscription: Subscription, ttl: number, signal: AbortSignal): Promise<Delivery> => {
    const url = new URL(subscription.endpoint);
    // Loaded here, since most processes never push.
    const { default: webPush } = await import("web-push");
    const authorization = await vapid(url.origin);
    const { headers, body } = webPush.generateRequestDetails(subscription, CONTENT, {
      TTL: ttl,
      urgency: "high",
      topic: TOPIC,
      headers: { Authorization: authorization },
    });
    const status = await post(network, url, { headers, body, signal });
    if (status >= 200 && status <= 299) return { kind: "sent" };
    return status === 404 || status === 410 ? { kind: "gone" } : { kind: "refused", reason: `HTTP ${status}` };
  };

  return async (subscription, ttl) => {
    const signal = AbortSignal.timeout(patience);
    const late = new Promise<never>((_, reject) =>
      signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
    );
    try {
      return await Promise.race([attempt(subscription, ttl, signal), late]);
    } catch (error) {
      return { kind: "failed", reason: reasonOf(error) };
    }
  };
}

/** Node's messages hold addresses, its codes do not. */
function reasonOf(error: unknown): string {
  if (error instanceof NotPublic) return "its host has no public address";
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
