import { base64url } from "jose";
import { PAD_LENGTH } from "../e-num/e-num.ts";
import { type Brand, ok, type Parsed, refused } from "../e-num/parsed.ts";

/** 6 to 12 ASCII digits. */
export type Pin = Brand<string, "Pin">;
export type PinReason = "empty" | "not-digits" | "wrong-length";

/**
 * A pad under a PIN (PROTOCOL section 5): 32 bytes XORed with as many of PBKDF2, and the salt; both in base64url.
 * Nothing in it tells a wrong PIN from the right one: any PIN opens some pad.
 */
export type SealedPad = { readonly masked: string; readonly salt: string; readonly rounds: number };

// PROTOCOL section 5; OWASP's figure for PBKDF2-HMAC-SHA-256.
const ROUNDS = 600_000;
const SALT_LENGTH = 16;

export function parsePin(typed: string): Parsed<Pin, PinReason> {
  if (typed === "") return refused("empty");
  if (!/^[0-9]+$/.test(typed)) return refused("not-digits");
  // Fewer could be tried by hand, and no more are remembered.
  if (typed.length < 6 || typed.length > 12) return refused("wrong-length");
  return ok(typed as Pin);
}

/** With a new salt each time: two pads under one mask would give away their difference. */
export async function sealPad(pad: Uint8Array, pin: Pin): Promise<SealedPad> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_LENGTH));
  const masked = xor(pad, await maskOf(pin, salt, ROUNDS));
  return { masked: base64url.encode(masked), salt: base64url.encode(salt), rounds: ROUNDS };
}

export async function openPad(sealed: SealedPad, pin: Pin): Promise<Uint8Array> {
  const salt = new Uint8Array(base64url.decode(sealed.salt));
  return xor(base64url.decode(sealed.masked), await maskOf(pin, salt, sealed.rounds));
}

async function maskOf(pin: Pin, salt: Uint8Array<ArrayBuffer>, rounds: number): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return new Uint8Array(await crypto.subtle.deriveBits(derivation, key, PAD_LENGTH * 8));
}

function xor(pad: Uint8Array, mask: Uint8Array): Uint8Array {
  if (pad.length !== mask.length) throw new RangeError(`a pad has ${mask.length} bytes, not ${pad.length}`);
  return pad.map((byte, at) => byte ^ (mask[at] ?? 0));
}
