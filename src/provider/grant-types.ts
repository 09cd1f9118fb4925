import Provider, { type Client, errors } from "oidc-provider";
import { CIBA_GRANT } from "./ciba-clients.ts";
import { DEVICE_GRANT } from "./device-grant.ts";

/**
 * A client that asks by a grant that it is not registered for is `unauthorized_client` (RFC 6749 section 5.2, to which RFC 8628 section 3.2
 * and CIBA Core section 13 refer), where oidc-provider says `invalid_request`.
 */
export function refuseOtherGrants({ Client: { prototype } }: Pick<Provider, "Client">): void {
  const { grantTypeAllowed } = prototype;
  prototype.grantTypeAllowed = function (this: Client, type) {
    const isAllowed = grantTypeAllowed.call(this, type);
    if (!isAllowed && type === askedGrant())
      throw new errors.UnauthorizedClient("requested grant type is not allowed for this client");
    return isAllowed;
  };
}

/** What this very request asks by; elsewhere the engine looks only what a client might do. */
function askedGrant(): unknown {
  const { route, params } = Provider.ctx?.oidc ?? {};
  switch (route) {
    case "token":
      return params?.["grant_type"];
    case "device_authorization":
      return DEVICE_GRANT;
    case "backchannel_authentication":
      return CIBA_GRANT;
    default:
      return undefined;
  }
}
