import * as oidc from "openid-client";

export interface SiteOptions {
  /** Where this site listens on this machine; the provider knows its addresses from the clients file. */
  port: number;
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** The provider, as a site knows it. */
export interface Provider {
  config: oidc.Configuration;
  clientId: string;
  clientSecret: string;
  /** The site's own address; ends in a slash. */
  home: string;
  /** The key that access tokens are bound to, where they are (RFC 9449). */
  proving?: oidc.DPoPOptions;
}

/** Once, at the start of a site, when the provider runs: its discovery document is read. */
export async function connect({ port, issuer, clientId, clientSecret }: SiteOptions): Promise<Provider> {
  // Plain http is for this machine alone.
  const execute = issuer.startsWith("http://localhost:") ? [oidc.allowInsecureRequests] : [];
  const metadata = { id_token_signed_response_alg: "ES256" };
  const authentication = oidc.ClientSecretBasic(clientSecret);
  const config = await oidc.discovery(new URL(issuer), clientId, metadata, authentication, { execute });
  return { config, clientId, clientSecret, home: `http://localhost:${port}/` };
}
