import type { ClientEntry } from "./clients.ts";

/** The grant of OpenID Connect CIBA Core: a site's back end asks, and the person answers on the phone. */
export const CIBA_GRANT = "urn:openid:params:grant-type:ciba";

/** What an entry says that asks people on their phones, as far as it does not fit together. */
export function cibaFaults(client: ClientEntry): string[] {
  const {
    backchannel_token_delivery_mode: mode,
    backchannel_client_notification_endpoint: endpoint,
    backchannel_user_code_parameter: codes,
    token_endpoint_auth_method: method,
  } = client;
  if (!client.grant_types.includes(CIBA_GRANT))
    return [mode, endpoint, codes, client.enum_shows_challenge].every((one) => one === undefined)
      ? []
      : [`backchannel_token_delivery_mode and its fellows are of no use without ${CIBA_GRANT} among grant_types.`];
  return [
    ...(mode === undefined ? ["backchannel_token_delivery_mode is missing: write poll or ping."] : []),
    ...(mode === "ping" && (endpoint === undefined || new URL(endpoint).protocol !== "https:")
      ? ["backchannel_client_notification_endpoint is missing: ping needs an https address to call."]
      : []),
    ...(mode === "poll" && endpoint !== undefined
      ? ["backchannel_client_notification_endpoint is there: with poll nobody calls it; remove it, or write ping."]
      : []),
    ...(method === "none"
      ? ["token_endpoint_auth_method is none: who asks people on their phones has a secret or a key."]
      : []),
  ];
}
