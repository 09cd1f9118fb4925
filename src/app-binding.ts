/** The part of the composition that is about keys in clients' hands: DPoP proofs and client certificates. */
import { hkdfSync } from "node:crypto";
import { type Clock, epochSeconds } from "./clock.ts";
import type { Config } from "./config.ts";
import { createPossession } from "./possession/possession.ts";
import { CERTIFICATE_ENDPOINTS } from "./provider/sender-constraint.ts";

const NONCE_BYTES = 32;
/** Ours, where a token or a client is shown by a certificate as at oidc-provider's endpoints; with a slash at the end all beneath. */
const OURS = ["/confirmations/", "/policy/demands"];

export function createBinding(ports: { config: Config; clock: Clock; digestKey: Uint8Array }) {
  const { certificates, boundTokens: demanded } = ports.config;
  const nonceSecret = new Uint8Array(hkdfSync("sha256", ports.digestKey, "", "DPoP nonces", NONCE_BYTES));
  const headers = certificates && { certificate: certificates.header, verified: certificates.verifiedHeader };
  const possession = createPossession({ now: () => epochSeconds(ports.clock()), headers, nonceSecret });
  const paths = [...Object.values(CERTIFICATE_ENDPOINTS), ...OURS];
  return {
    possession,
    binding: { possession, nonceSecret, certificates, demanded },
    otherHost: certificates?.origin === undefined ? undefined : { origin: certificates.origin, paths },
  };
}
