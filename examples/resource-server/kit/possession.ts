/**
 * Whether who sends a token has the key that it is bound to: DPoP proofs (RFC 9449 section 4.3) and TLS certificates (RFC 8705 section 3).
 * A proof is for this request alone: its method, its address, its token, one of our nonces, and once.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, type JWTVerifyResult, jwtVerify } from "jose";

export const ALGORITHMS = ["ES256", "EdDSA", "Ed25519", "PS256", "RS256"];

/** Seconds that one nonce is the newest; it is taken for two of these times more. */
const STEP = 60;
const STEPS = 2;
/** Seconds that the clocks may differ by. */
const OLDEST = 300;

/** What a request shows beside its token. */
export interface Shown {
  /** The header `DPoP`. */
  proof?: string | undefined;
  method?: string | undefined;
  /** The address that was asked for, as the client wrote it: behind a proxy not the one that reaches this process. */
  address?: string | undefined;
  /** DER of the certificate of the client's TLS connection. */
  certificate?: Uint8Array | undefined;
}

/** The keys that the request has shown to be at hand, and the proof to be spent with them. */
export interface Keys {
  jkt?: string;
  x5t?: string;
  proof?: { name: string; until: number };
}

export type Judged = Keys | { error: "invalid_dpop_proof" | "use_dpop_nonce"; why: string };

export interface Nonces {
  current(): string;
  accepts(nonce: string): boolean;
}

/** `now` in seconds since 1970; several processes need one secret of 32 bytes. */
export function createNonces(now: () => number, secret: Uint8Array = randomBytes(32)): Nonces {
  const nonceOf = (step: number) => createHmac("sha256", secret).update(`DPoP nonce ${step}`).digest("base64url");
  const step = () => Math.floor(now() / STEP);
  return {
    current: () => nonceOf(step()),
    accepts: (nonce) => Array.from({ length: STEPS + 1 }, (_, age) => nonceOf(step() - age)).some(same(nonce)),
  };
}

export async function judgeKeys(shown: Shown, token: string, about: { now: number; nonces: Nonces }): Promise<Judged> {
  const { proof, certificate } = shown;
  const x5t = certificate === undefined ? {} : { x5t: digest(certificate) };
  if (proof === undefined) return x5t;
  const verified = await verify(proof);
  if (verified === undefined) return invalid("the proof is no JWT of type dpop+jwt, signed by the key in its header");
  const { jti, htm, htu, iat, nonce, ath } = verified.payload;
  if (typeof jti !== "string" || jti === "") return invalid("the proof has no jti");
  if (htm !== shown.method) return invalid("htm is not the method of the request");
  if (shown.address === undefined || addressOf(htu) !== addressOf(shown.address))
    return invalid("htu is not the address of the request");
  if (typeof nonce !== "string" || !about.nonces.accepts(nonce))
    return { error: "use_dpop_nonce", why: "put the value of DPoP-Nonce into the proof" };
  if (typeof iat !== "number" || Math.abs(about.now - iat) > OLDEST) return invalid("iat is not recent");
  if (ath !== digest(token)) return invalid("ath is not the access token's");
  const { jwk } = verified.protectedHeader;
  if (jwk === undefined) return invalid("the proof has no key");
  const jkt = await calculateJwkThumbprint(jwk);
  return { ...x5t, jkt, proof: { name: `dpop ${digest(`${jkt} ${jti}`)}`, until: about.now + OLDEST } };
}

async function verify(proof: string): Promise<JWTVerifyResult | undefined> {
  try {
    return await jwtVerify(proof, EmbeddedJWK, { algorithms: ALGORITHMS, typ: "dpop+jwt" });
  } catch {
    return undefined;
  }
}

/** RFC 9449 section 4.3: without query and fragment, in the normal form of addresses. */
function addressOf(text: unknown): string | undefined {
  const url = typeof text === "string" ? URL.parse(text) : null;
  return url === null ? undefined : `${url.origin}${url.pathname}`;
}

function digest(of: string | Uint8Array): string {
  return createHash("sha256").update(of).digest("base64url");
}

function same(one: string) {
  return (other: string) => one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function invalid(why: string): Judged {
  return { error: "invalid_dpop_proof", why };
}
