import { createHash } from "node:crypto";
import { type Random, randomId } from "../random.ts";

/** Where our own client sends people, and what is the same in each of its requests. */
export interface Asker {
  clientId: string;
  redirectUri: string;
  random: Random;
}

/** As long as RFC 7636 section 4.1 recommends. */
const VERIFIER_BYTES = 32;

/**
 * An ordinary authorization request (OpenID Connect Core section 3.1.2.1) that asks for a response at least. The verifier is forgotten:
 * what the page needs is in the session and in the confirmation, so that nobody is to redeem the code.
 */
export function requestAddress(asker: Asker, state: string, more: Readonly<Record<string, string>> = {}): string {
  const verifier = Buffer.from(asker.random.bytes(VERIFIER_BYTES)).toString("base64url");
  const parameters = new URLSearchParams({
    client_id: asker.clientId,
    response_type: "code",
    scope: "openid",
    redirect_uri: asker.redirectUri,
    state,
    nonce: randomId(asker.random),
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...more,
  });
  return `/authorize?${parameters}`;
}
