import { isLoopback } from "../config/values.ts";
import { authenticationFaults } from "./authentication-rules.ts";
import { CIBA_GRANT, cibaFaults } from "./ciba-clients.ts";
import type { ClientEntry } from "./clients.ts";
import { DEVICE_GRANT } from "./device-grant.ts";
import { isServer } from "./resource-rules.ts";
import { assertsWmids } from "./scopes.ts";

/** What is wrong with an entry whose members are each right: sentences that begin with the member. */
export function clientFaults(client: ClientEntry, production: boolean): string[] {
  return [
    ...(production && client.development_only
      ? ["development_only is true: production refuses such a client; remove it, or give production a file of its own."]
      : []),
    ...redirectFaults(client),
    ...(production ? plainHttpFaults(client) : []),
    ...authenticationFaults(client, production),
    ...(!client.require_pkce && client.token_endpoint_auth_method === "none"
      ? ["require_pkce is false: a client without a secret cannot do without PKCE (RFC 9700 section 2.1.1); remove it."]
      : []),
    ...(client.application_type === "native" ? nativeFaults(client) : []),
    ...deviceFaults(client),
    ...cibaFaults(client),
    ...sectorFaults(client),
    ...frontChannelFaults(client),
    ...(assertsWmids(client) ? assertionFaults(client) : []),
  ];
}

function redirectFaults(client: ClientEntry): string[] {
  const faults: string[] = [];
  const comesBack = client.grant_types.includes("authorization_code");
  if (client.redirect_uris.length === 0 && comesBack && !isServer(client))
    faults.push("redirect_uris is empty: list where people are sent back to.");
  for (const [member, uris] of Object.entries({
    redirect_uris: client.redirect_uris,
    post_logout_redirect_uris: client.post_logout_redirect_uris,
  })) {
    for (const uri of uris) {
      const { protocol, hash } = new URL(uri);
      if (hash !== "" || uri.endsWith("#")) {
        faults.push(`${member} has ${uri} with a fragment: leave it out (RFC 6749 section 3.1.2).`);
      }
      if (protocol === "https:" || protocol === "http:") continue;
      // RFC 8252 section 7.1: a scheme of one's own is a domain name turned round, so it has a dot; `javascript:` has none.
      if (client.application_type !== "native" || !protocol.includes(".")) {
        faults.push(
          `${member} has ${uri}: write https, or for application_type native a scheme such as com.example.app.`,
        );
      }
    }
  }
  return faults;
}

/** A device that only shows a code has no browser that could come back (RFC 8628). */
function deviceFaults({ grant_types: grants, ...client }: ClientEntry): string[] {
  const { response_types: types, subject_type: subject, token_endpoint_auth_method: method } = client;
  const codes = grants.includes("authorization_code");
  const without = [DEVICE_GRANT, CIBA_GRANT].find((grant) => grants.some((one) => one === grant));
  const keyed = method === "private_key_jwt" || method === "self_signed_tls_client_auth";
  return [
    ...(!isServer(client) && codes !== types.includes("code")
      ? [`response_types must be ${codes ? '["code"] with' : "[] without"} authorization_code among grant_types.`]
      : []),
    ...(without !== undefined && subject === "pairwise" && !keyed
      ? [`subject_type is pairwise: with ${without} it needs private_key_jwt or self_signed_tls_client_auth.`]
      : []),
  ];
}

/** RFC 8252: whoever has the app has whatever is in it, and `localhost` may lead elsewhere than to it. */
function nativeFaults(client: ClientEntry): string[] {
  const { token_endpoint_auth_method: method } = client;
  const named = [...client.redirect_uris, ...client.post_logout_redirect_uris].filter(
    (uri) => new URL(uri).hostname === "localhost",
  );
  return [
    ...(method === "none"
      ? []
      : [
          `token_endpoint_auth_method is ${method}: an app on people's devices keeps no secret (RFC 8252 section 8.5); write none.`,
        ]),
    ...named.map((uri) => `redirect_uris has ${uri}: write 127.0.0.1 or [::1] (RFC 8252 section 8.3), any port fits.`),
  ];
}

/** A native app's loopback address is the one place where plain http is safe (RFC 8252 section 8.3). */
function plainHttpFaults(client: ClientEntry): string[] {
  const members: Record<string, string | readonly string[] | undefined> = {
    client_uri: client.client_uri,
    tos_uri: client.tos_uri,
    policy_uri: client.policy_uri,
    redirect_uris: client.redirect_uris,
    post_logout_redirect_uris: client.post_logout_redirect_uris,
    initiate_login_uri: client.initiate_login_uri,
    backchannel_logout_uri: client.backchannel_logout_uri,
    frontchannel_logout_uri: client.frontchannel_logout_uri,
    sector_identifier_uri: client.sector_identifier_uri,
    resource: client.resource,
    backchannel_client_notification_endpoint: client.backchannel_client_notification_endpoint,
  };
  return Object.entries(members).flatMap(([member, given]) =>
    [given ?? []]
      .flat()
      .map((uri) => new URL(uri))
      .filter(({ protocol, hostname }) => protocol === "http:" && !isLoopback(hostname))
      .map(({ href }) => `${member} has ${href}: production needs https, or http on a loopback address.`),
  );
}

/** Its word is taken for whose a WMID is: it signs with a key of its own, and names accounts as we do, since a pairwise `sub` leads back to none. */
function assertionFaults(client: ClientEntry): string[] {
  const asks = "scope has wmid:assert";
  return [
    ...(client.jwks === undefined && client.jwks_uri === undefined
      ? [`${asks}: it needs jwks or jwks_uri, with the key that its assertions are signed by.`]
      : []),
    ...(client.token_endpoint_auth_method === "none"
      ? [`${asks}: it needs a back end that keeps its key; token_endpoint_auth_method cannot be none.`]
      : []),
    ...(client.subject_type === "pairwise" ? [`${asks}: its subject_type must be public.`] : []),
  ];
}

/** A page of another origin could not end the session that its cookie stands for (OpenID Connect Front-Channel Logout section 2). */
function frontChannelFaults(client: ClientEntry): string[] {
  const uri = client.frontchannel_logout_uri;
  if (uri === undefined || client.redirect_uris.some((one) => new URL(one).origin === new URL(uri).origin)) return [];
  return [`frontchannel_logout_uri has ${uri}: it needs scheme, host and port of one of redirect_uris.`];
}

/** Without a sector of its own the one host is the sector (OpenID Connect Core section 8.1). */
function sectorFaults(client: ClientEntry): string[] {
  const hosts = new Set(client.redirect_uris.map((uri) => new URL(uri).host));
  if (client.subject_type !== "pairwise" || client.sector_identifier_uri !== undefined || hosts.size < 2) return [];
  return ["sector_identifier_uri is missing: a pairwise client with several hosts needs it."];
}
