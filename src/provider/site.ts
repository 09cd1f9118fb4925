import type { Site } from "../interaction/step.ts";
import type { ClientEntry } from "./clients.ts";

/**
 * Whether a request is of a native app on this device that anybody could pose as: a loopback address or a scheme of its own is free for every app on the
 * device, while the operating system has looked at who claims an https address (RFC 8252 section 8.6).
 */
export function isUnvouchedApp(applicationType: string | undefined, redirectUri: unknown): boolean {
  // Without an address it is on another device, which has a page of its own for that.
  return applicationType === "native" && redirectUri !== undefined && !String(redirectUri).startsWith("https:");
}

/** The same by the client's id. */
export function isUnvouched(clients: readonly ClientEntry[], clientId: string, redirectUri: unknown): boolean {
  return isUnvouchedApp(clients.find((entry) => entry.client_id === clientId)?.application_type, redirectUri);
}

/** A client as people see it; undefined for one that is not registered. */
export function siteOf(clients: readonly ClientEntry[], clientId: string): Site | undefined {
  const client = clients.find((entry) => entry.client_id === clientId);
  if (client === undefined) return undefined;
  // A native app's loopback address is on everybody's machine, and says nothing of whose it is.
  const web = client.application_type === "native" ? "https:" : "http";
  const address = client.client_uri ?? client.redirect_uris.find((uri) => uri.startsWith(web));
  return {
    clientId,
    name: client.client_name,
    origin: address === undefined ? undefined : new URL(address).host,
    logo: client.logo?.path,
    href: client.initiate_login_uri ?? client.client_uri,
    firstParty: client.first_party,
  };
}
