/** The part of the composition that is about what clients show: DPoP proofs, client certificates, and codes on devices. */
import { hkdfSync } from "node:crypto";
import type Provider from "oidc-provider";
import type { AdapterFactory } from "oidc-provider";
import { type Clock, epochSeconds } from "../clock.ts";
import type { Config } from "../config/config.ts";
import type { Visit } from "../interaction/step.ts";
import type { Throttle } from "../limits/throttle.ts";
import { createPossession, type Possession } from "../possession/possession.ts";
import { createAccessTokens } from "../provider/access-token.ts";
import { createClientAuthentication } from "../provider/client-authentication.ts";
import { withInterval } from "../provider/polling.ts";
import { createFirstTime } from "../provider/replay.ts";
import { CERTIFICATE_ENDPOINTS } from "../provider/sender-constraint.ts";
import { isUnvouched } from "../provider/site.ts";
import { type UserCodePorts, userCodePages } from "../provider/user-code-pages.ts";
import { createCodeGate } from "../provider/user-codes.ts";
import type { Digester } from "../secrecy.ts";
import { signInHosts } from "./certificate.ts";

export interface BindingPorts extends UserCodePorts {
  config: Config;
  digest: Digester;
  digestKey: Uint8Array;
  throttle: Throttle;
}

const NONCE_BYTES = 32;
/** Ours, where a token or a client is shown by a certificate as at oidc-provider's endpoints; with a slash at the end all beneath. */
const OURS = ["/confirmations/", "/policy/demands"];

/** What oidc-provider, the stack and the steps are told; `paced` bounds how often devices ask. */
export function createBinding(ports: BindingPorts) {
  const { certificates, boundTokens: demanded } = ports.config;
  const nonceSecret = new Uint8Array(hkdfSync("sha256", ports.digestKey, "", "DPoP nonces", NONCE_BYTES));
  const headers = certificates && { certificate: certificates.header, verified: certificates.verifiedHeader };
  const possession = createPossession({ now: () => epochSeconds(ports.clock()), headers, nonceSecret });
  const paths = [...Object.values(CERTIFICATE_ENDPOINTS), ...OURS];
  return {
    possession,
    binding: { possession, nonceSecret, certificates, demanded },
    otherHosts: [
      ...(certificates?.origin === undefined ? [] : [{ origin: certificates.origin, paths }]),
      ...signInHosts(ports.config.certificateSignIn),
    ],
    userCodes: userCodePages(ports),
    codeGate: createCodeGate(ports),
    paced: (adapter: AdapterFactory) => withInterval(adapter, ports),
    isApp: ({ site, params }: Visit) => isUnvouched(ports.clients, site.clientId, params["redirect_uri"]),
  };
}

/** Who asks at an address of ours: a client, or whoever may use an access token. */
export function createShown(ports: {
  provider: Provider;
  adapter: AdapterFactory;
  possession: Possession;
  issuer: string;
  clock: Clock;
}) {
  const shown = { ...ports, firstTime: createFirstTime(ports) };
  return {
    authenticate: createClientAuthentication(shown),
    token: createAccessTokens(shown),
    firstTime: shown.firstTime,
  };
}
