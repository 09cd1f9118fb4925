import type { CertificateSource } from "../config/config.ts";
import { ASSERTION_ALGORITHMS } from "./client-authentication.ts";
import { authenticationMethods } from "./sender-constraint.ts";

/**
 * Introspection and revocation take what the token endpoint takes. oidc-provider says so of that one alone, and what discovery leaves out
 * means `client_secret_basic` and nothing else (RFC 8414 section 2).
 */
export function otherEndpoints(certificates: CertificateSource | undefined): Record<string, unknown> {
  const said = (endpoint: "introspection" | "revocation") => ({
    [`${endpoint}_endpoint_auth_methods_supported`]: authenticationMethods(certificates),
    [`${endpoint}_endpoint_auth_signing_alg_values_supported`]: ASSERTION_ALGORITHMS,
  });
  return { ...said("introspection"), ...said("revocation") };
}
