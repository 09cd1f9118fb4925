import type { ClientEntry } from "./clients.ts";

/** The account page is a site like others, but ours: no entry of the operator's may have its id. */
export const OWN_CLIENT = "account";

/** The type of operation by which a person confirms that less is to be demanded. */
export const OWN_TYPE = "security_settings";

/**
 * It sends people here by ordinary requests and comes back for the session alone: its codes are never redeemed, so that it needs no
 * secret. What it asks to be confirmed holds nothing that an address may not show.
 */
export function ownClient(issuer: string): ClientEntry {
  return {
    client_id: OWN_CLIENT,
    client_name: "E-num account",
    client_uri: `${issuer}/account`,
    application_type: "web",
    redirect_uris: ["", "/contact", "/deletion"].map((page) => `${issuer}/account${page}/callback`),
    post_logout_redirect_uris: [],
    grant_types: ["authorization_code"],
    response_types: ["code"],
    scope: "openid",
    subject_type: "public",
    token_endpoint_auth_method: "none",
    id_token_signed_response_alg: "ES256",
    authorization_details_types: [OWN_TYPE],
    operations_by_query: true,
    require_pkce: true,
    first_party: true,
    development_only: false,
  };
}
