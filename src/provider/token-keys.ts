/** The token keys as oidc-provider takes them, at its start and while it runs. */
import { createPublicKey, type KeyObject } from "node:crypto";
import type { JWK } from "jose";
import type Provider from "oidc-provider";
import { ExternalSigningKey, type JWKS } from "oidc-provider";
import initializeKeystore from "oidc-provider/lib/helpers/initialize_keystore.js";

export interface TokenKeys {
  /** Private, one for each algorithm. */
  token: readonly JWK[];
  /** The public halves of others that are published: what they have signed holds, as in an `id_token_hint`. */
  otherTokens: readonly JWK[];
}

/** Those that sign come first: the first that fits signs. */
export function engineKeys({ token, otherTokens }: TokenKeys): JWKS {
  return { keys: [...token, ...otherTokens.map((jwk) => new PublicKey(jwk))] };
}

/**
 * In the place of those that the provider has. It knows them by its constructor alone, and its set of keys is private: this is the function by
 * which its constructor takes them, which swaps the whole set in one step. What is being signed is signed by the key that was chosen.
 */
export function takeTokenKeys(provider: Provider, keys: TokenKeys): void {
  initializeKeystore.call(provider, engineKeys(keys));
}

/** oidc-provider takes no public key alone, but for one that somebody else signs with. */
class PublicKey extends ExternalSigningKey {
  readonly #key: KeyObject;
  constructor(jwk: JWK) {
    super();
    this.#key = createPublicKey({ key: jwk, format: "jwk" });
    Object.assign(this, { kid: jwk.kid, alg: jwk.alg });
  }
  override keyObject(): KeyObject {
    return this.#key;
  }
  override sign(): never {
    throw new Error("this key does not sign");
  }
}
