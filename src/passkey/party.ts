import type { Digester } from "../secrecy.ts";

/** The relying party of WebAuthn, which is the provider: its id is the issuer's host name, and no page of another origin answers for it. */
export interface Party {
  id: string;
  origin: string;
}

export function partyOf(issuer: string): Party {
  const { hostname, origin } = new URL(issuer);
  return { id: hostname, origin };
}

/** What an authenticator keeps beside the key: it says which account, and nothing of the person (WebAuthn section 14.6.1). Base64url. */
export function handleOf(digest: Digester, accountId: string): string {
  return digest("passkey account", accountId);
}

/** COSE's names of EdDSA, ES256 and RS256 (RFC 9053): what authenticators that are sold make. */
export const ALGORITHMS = [-8, -7, -257];
