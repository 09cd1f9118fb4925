import type { Site } from "../interaction/step.ts";
import type { ClientEntry } from "./clients.ts";

/** A client as people see it; undefined for one that is not registered. */
export function siteOf(clients: readonly ClientEntry[], clientId: string): Site | undefined {
  const client = clients.find((entry) => entry.client_id === clientId);
  if (client === undefined) return undefined;
  const address = client.client_uri ?? client.redirect_uris.find((uri) => uri.startsWith("http"));
  return {
    clientId,
    name: client.client_name,
    origin: address === undefined ? undefined : new URL(address).host,
    href: client.initiate_login_uri ?? client.client_uri,
    logoUri: client.logo_uri,
    firstParty: client.first_party,
  };
}
