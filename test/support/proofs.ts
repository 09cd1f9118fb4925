import { createHash } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from "jose";

/** What a DPoP proof says, right or wrong; a member that is undefined is left out. */
export interface Said {
  method: string;
  address: string;
  token?: string | undefined;
  nonce?: string | undefined;
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

export interface Prover {
  jwk: JWK;
  thumbprint: string;
  proof(said: Said): Promise<string>;
}

/** A key with which proofs are made by hand (RFC 9449 section 4.2): a new one, or one that a site has. */
export async function createProver(pair?: CryptoKeyPair, algorithm = "ES256"): Promise<Prover> {
  const { publicKey, privateKey } = pair ?? (await generateKeyPair(algorithm));
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    thumbprint: await calculateJwkThumbprint(jwk),
    proof({ method, address, token, nonce, claims, header }) {
      const ath = token === undefined ? undefined : createHash("sha256").update(token).digest("base64url");
      const iat = Math.floor(Date.now() / 1000);
      const payload = { jti: crypto.randomUUID(), htm: method, htu: address, iat, ath, nonce, ...claims };
      const whole: JWTHeaderParameters = { alg: algorithm, typ: "dpop+jwt", jwk, ...header };
      return new SignJWT(JSON.parse(JSON.stringify(payload))).setProtectedHeader(whole).sign(privateKey);
    },
  };
}
