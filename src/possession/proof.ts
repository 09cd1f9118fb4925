import { createHash } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, type JWTVerifyResult, jwtVerify } from "jose";
import type { Nonces } from "./nonces.ts";

/** RFC 9449 section 4.3 leaves the algorithms to the server: asymmetric ones that every client library has. */
export const PROOF_ALGORITHMS = ["ES256", "EdDSA", "Ed25519", "PS256", "RS256"] as const;

/** Seconds that the clocks may differ by, where the nonce does not say when the proof was made. */
export const PROOF_AGE = 300;

export type JudgedProof =
  | { ok: true; thumbprint: string; jti: string }
  /** `why` is for the site's developer. */
  | { ok: false; error: "invalid_dpop_proof" | "use_dpop_nonce"; why: string };

export interface About {
  method: string;
  /** Without query and fragment. */
  address: string;
  token: string;
  /** Seconds since 1970. */
  now: number;
  nonces: Nonces;
}

/** The checks of RFC 9449 section 4.3, in its order, but that `jti` is new: that is for whoever remembers it. */
export async function judgeProof(sent: readonly string[], about: About): Promise<JudgedProof> {
  const [proof, ...others] = sent;
  if (proof === undefined || proof === "" || others.length > 0) return invalid("send one DPoP header");
  const verified = await verify(proof);
  if (verified === undefined) return invalid("the proof is no JWT of type dpop+jwt, signed by the key in its header");
  const { payload, protectedHeader } = verified;
  const { jti, htm, htu, iat, nonce, ath } = payload;
  if (typeof jti !== "string" || jti === "") return invalid("the proof has no jti");
  if (htm !== about.method) return invalid("htm is not the method of the request");
  if (addressOf(htu) !== about.address) return invalid("htu is not the address of the request");
  if (typeof iat !== "number") return invalid("the proof has no iat");
  if (typeof nonce !== "string" || !about.nonces.accepts(nonce))
    return { ok: false, error: "use_dpop_nonce", why: "put the value of DPoP-Nonce into the proof" };
  if (Math.abs(about.now - iat) > PROOF_AGE) return invalid("iat is not recent");
  if (ath !== createHash("sha256").update(about.token).digest("base64url"))
    return invalid("ath is not the access token's");
  const { jwk } = protectedHeader;
  return jwk === undefined
    ? invalid("the proof has no jwk")
    : { ok: true, thumbprint: await calculateJwkThumbprint(jwk), jti };
}

async function verify(proof: string): Promise<JWTVerifyResult | undefined> {
  try {
    return await jwtVerify(proof, EmbeddedJWK, { algorithms: [...PROOF_ALGORITHMS], typ: "dpop+jwt" });
  } catch {
    return undefined;
  }
}

/** RFC 9449 section 4.3 has queries and fragments ignored. */
function addressOf(htu: unknown): string | undefined {
  const url = typeof htu === "string" ? URL.parse(htu) : null;
  return url === null ? undefined : `${url.origin}${url.pathname}`;
}

function invalid(why: string): JudgedProof {
  return { ok: false, error: "invalid_dpop_proof", why };
}
