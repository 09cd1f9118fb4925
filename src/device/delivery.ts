import { CompactEncrypt, importJWK } from "jose";
import { z } from "zod";
import { ENUM_SUITE } from "../e-num/e-num.ts";
import { Fault } from "../errors.ts";
import type { PublicKey } from "./device.ts";

const coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "is 32 bytes as base64url");

/** Members beside the four are dropped: a private half, above all, is never kept. */
export const publicKey = z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: coordinate, y: coordinate });

/** Writes a pad so that only the phone with this agreement key can read it (PROTOCOL 5): a compact JWE, `ECDH-ES` and `A256GCM`. */
export type DeliverPad = (pad: Uint8Array, version: number) => Promise<string>;

/** Rejects a key that is none, before anything is used up for it. */
export async function deliveryTo(key: PublicKey): Promise<DeliverPad> {
  const imported = await usableKey(key, "ECDH-ES");
  const header = { alg: "ECDH-ES", enc: "A256GCM" };
  return (pad, version) => {
    const plain = { version, suite: ENUM_SUITE, k: Buffer.from(pad).toString("base64url") };
    return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(plain)))
      .setProtectedHeader(header)
      .encrypt(imported);
  };
}

/** A point that is not on the curve is refused. */
export async function usableKey(key: PublicKey, alg = "ES256") {
  try {
    return await importJWK({ ...key }, alg);
  } catch {
    throw new Fault("invalid-request", { detail: "key and agreement_key are public keys on P-256" });
  }
}
