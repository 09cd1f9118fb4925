import { hkdfSync } from "node:crypto";
import { sameText } from "../secrecy.ts";

/** What a proof must hold so that it cannot have been made long before (RFC 9449 sections 8 and 9). */
export interface Nonces {
  /** For the header `DPoP-Nonce`. */
  current(): string;
  accepts(nonce: string): boolean;
}

/** Seconds that one nonce is the newest; each is accepted for two of its neighbours' times before and after. */
const STEP = 60;
const NEIGHBOURS = [-2, -1, 0, 1, 2];
const BYTES = 32;

/**
 * The same nonces as oidc-provider's (its lib/helpers/challenge.js), which lends them to no other: clients keep one nonce for an origin
 * (RFC 9449 section 8.2), and would else be refused once whenever they go from one of our endpoints to one of its.
 */
export function createNonces(secret: Uint8Array, now: () => number): Nonces {
  const nonceOf = (step: number): string => {
    const salt = Buffer.alloc(8);
    salt.writeBigUInt64BE(BigInt(step));
    return Buffer.from(hkdfSync("sha256", secret, salt, "DPoP", BYTES)).toString("base64url");
  };
  const step = () => Math.floor(now() / STEP);
  return {
    current: () => nonceOf(step() + 1),
    accepts: (nonce) => NEIGHBOURS.some((neighbour) => sameText(nonceOf(step() + neighbour), nonce)),
  };
}
