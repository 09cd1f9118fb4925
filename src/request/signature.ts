import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { z } from "zod";
import { epochSeconds, type Millis } from "../clock.ts";
import type { PublicKey } from "../device/device.ts";
import type { Challenge } from "../e-num/challenge.ts";

/** What a device's signature over its answer must be for. */
export interface Signed {
  key: PublicKey;
  issuer: string;
  request: string;
  challenge: Challenge;
  issuedAt: Millis;
  now: Millis;
}

/** Why it does not hold, for the phone's developer. */
export type VerifiedAnswer = { ok: true; statementHash: string } | { ok: false; detail: string };

const TYPE = "enum-answer+jwt";
/** As a device's proof: no two clocks agree to the second. */
const LEEWAY_SECONDS = 60;

const claims = z.strictObject({
  aud: z.string(),
  request: z.string(),
  challenge: z.string(),
  statement_sha256: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  iat: z.int(),
});

/** Checks the JWS of PROTOCOL 6 but for its statement, which only who knows the request can compare. */
export async function verifyAnswer(jws: string, signed: Signed): Promise<VerifiedAnswer> {
  const header = headerOf(jws);
  if (header?.typ !== TYPE || header.alg !== "ES256" || !sameKey(header.jwk, signed.key))
    return refused(`the signature's header needs typ ${TYPE}, alg ES256 and the device's public jwk`);
  const payload = await payloadOf(jws, signed.key);
  if (payload === undefined) return refused("the signature is not this device's");
  const parsed = claims.safeParse(payload);
  if (!parsed.success)
    return refused("the signature is over aud, request, challenge, statement_sha256 (base64url) and iat, and no more");
  const { aud, request, challenge, statement_sha256: statementHash, iat } = parsed.data;
  if (aud !== signed.issuer) return refused(`the signature's aud must be ${signed.issuer}`);
  if (request !== signed.request || challenge !== signed.challenge)
    return refused("the signature is for another request or check number");
  // An answer that is repeated bears the signature of its first time: the life of the request bounds it, not a minute.
  const early = iat < epochSeconds(signed.issuedAt) - LEEWAY_SECONDS;
  if (early || iat > epochSeconds(signed.now) + LEEWAY_SECONDS)
    return refused("the signature's iat must be within the life of the request");
  return { ok: true, statementHash };
}

function refused(detail: string): VerifiedAnswer {
  return { ok: false, detail };
}

function headerOf(jws: string) {
  try {
    return decodeProtectedHeader(jws);
  } catch {
    return undefined;
  }
}

function sameKey(given: unknown, { kty, crv, x, y }: PublicKey): boolean {
  if (typeof given !== "object" || given === null || "d" in given) return false;
  const members = { kty: "", crv: "", x: "", y: "", ...given };
  return members.kty === kty && members.crv === crv && members.x === x && members.y === y;
}

async function payloadOf(jws: string, key: PublicKey): Promise<unknown> {
  try {
    const { payload } = await compactVerify(jws, await importJWK({ ...key }, "ES256"), { algorithms: ["ES256"] });
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return undefined;
  }
}
