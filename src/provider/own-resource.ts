import type Provider from "oidc-provider";

/**
 * What introspection would say of an access token (RFC 7662, RFC 9396 section 9.2), for a resource server in this process: the account's own
 * id is its `sub`, whatever the client sees.
 */
export function createOwnIntrospection({ provider, issuer }: { provider: Provider; issuer: string }) {
  return async (sent: string): Promise<Readonly<Record<string, unknown>>> => {
    const token = await provider.AccessToken.find(sent);
    if (token?.isValid !== true) return { active: false };
    const { jkt, "x5t#S256": x5t } = token;
    return {
      active: true,
      iss: issuer,
      aud: token.aud,
      exp: token.exp,
      sub: token.accountId,
      client_id: token.clientId,
      scope: token.scope,
      authorization_details: token.rar,
      ...(jkt === undefined && x5t === undefined
        ? {}
        : { cnf: { ...(jkt === undefined ? {} : { jkt }), ...(x5t === undefined ? {} : { "x5t#S256": x5t }) } }),
      ...token.extra,
    };
  };
}
