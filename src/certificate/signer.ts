import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";

/**
 * The authority's key, as far as it is used here: sealed in our database, or held outside (an HSM, a signing service), which is then the
 * only place that knows it.
 */
export interface Signer {
  /** Names the key; another key makes another authority. */
  id: string;
  /** `SubjectPublicKeyInfo` in DER, of a key on P-256. */
  publicKey: Uint8Array;
  /** ECDSA with SHA-256 over these bytes, as the DER of `Ecdsa-Sig-Value` (RFC 5758 section 3.2). */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** By a private key of our own. */
export function ownSigner({ kid, privateJwk }: { kid: string; privateJwk: object }): Signer {
  const key: KeyObject = createPrivateKey({ key: { ...privateJwk }, format: "jwk" });
  const signed = promisify(sign);
  return {
    id: kid,
    publicKey: createPublicKey(key).export({ type: "spki", format: "der" }),
    sign: (bytes) => signed("sha256", bytes, key),
  };
}
