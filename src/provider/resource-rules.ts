import { SUBJECT_MEMBERS } from "../possession/subject.ts";
import type { ClientEntry } from "./clients.ts";
import { isReserved, SCOPES } from "./scopes.ts";

/** Members that a resource server's entry may have; the others are a site's. */
const SERVER_MEMBERS: ReadonlySet<string> = new Set([
  "client_id",
  "client_name",
  "client_uri",
  "contacts",
  "token_endpoint_auth_method",
  "token_endpoint_auth_signing_alg",
  ...SUBJECT_MEMBERS,
  "client_secret",
  "client_secret_file",
  "jwks",
  "jwks_uri",
  "introspection_signed_response_alg",
  "resource",
  "resource_scopes",
  "security_bot",
  "development_only",
]);

/** A back end that sends nobody here: a resource server, or the security bot. */
export function isServer(given: object): boolean {
  return "resource" in given || ("security_bot" in given && given.security_bot === true);
}

/** What an entry with `resource` or `security_bot` holds that only a site can have, and the other way round. */
export function serverFaults(given: unknown): string[] {
  if (typeof given !== "object" || given === null) return [];
  const ownerless =
    "resource_scopes" in given && !("resource" in given)
      ? ["resource_scopes is there without resource: write the address that the tokens are for, or remove it."]
      : [];
  if (!isServer(given)) return ownerless;
  const kind = "resource" in given ? "resource makes this a resource server" : "security_bot makes this a back end";
  const foreign = Object.keys(given).filter((member) => !SERVER_MEMBERS.has(member));
  return [
    ...ownerless,
    ...foreign.map((member) => `${member} is a site's, and ${kind}: give each its own entry.`),
    ...("token_endpoint_auth_method" in given && given.token_endpoint_auth_method === "none"
      ? ["token_endpoint_auth_method is none: a back end shows by a secret or a key who it is."]
      : []),
  ];
}

/**
 * What is wrong between entries whose members are each right: sentences that begin with the member. `whole`: whether these are all entries;
 * where one could not be understood, the others would be said to name what is not there.
 */
export function resourceFaults(clients: readonly ClientEntry[], whole: boolean): { clientId: string; fault: string }[] {
  return clients.flatMap((client) =>
    [...ownFaults(client), ...twins(client, clients), ...(whole ? askedFaults(client, clients) : [])].map((fault) => ({
      clientId: client.client_id,
      fault,
    })),
  );
}

function ownFaults({ resource, resource_scopes: scopes = {} }: ClientEntry): string[] {
  return [
    ...(resource?.includes("#") === true
      ? [`resource has ${resource} with a fragment: leave it out (RFC 8707 section 2).`]
      : []),
    ...Object.keys(scopes)
      .filter(isReserved)
      .map((scope) => `resource_scopes has ${scope}, which is the provider's own: choose another name.`),
  ];
}

/** A token's audience must say of one party that it may look at the token. */
function twins(client: ClientEntry, clients: readonly ClientEntry[]): string[] {
  const first = clients.find(({ resource }) => resource !== undefined && resource === client.resource);
  return first === undefined || first === client
    ? []
    : [`resource has ${client.resource}, which is that of "${first.client_id}" already: a resource has one server.`];
}

function askedFaults(client: ClientEntry, clients: readonly ClientEntry[]): string[] {
  const servers = (client.resources ?? []).map((resource) => ({
    resource,
    server: clients.find((other) => other.resource === resource),
  }));
  const known = new Set(servers.flatMap(({ server }) => Object.keys(server?.resource_scopes ?? {})));
  const unknown = client.scope.split(" ").filter((scope) => !isReserved(scope) && !known.has(scope));
  return [
    ...servers
      .filter(({ server }) => server === undefined)
      .map(
        ({ resource }) =>
          `resources has ${resource}, which no entry serves: add one with that resource, or correct it.`,
      ),
    ...(unknown.length === 0
      ? []
      : [
          `scope must be some of ${SCOPES.join(" ")}, or of the scopes that its resources know: ${unknown.join(" ")} is not.`,
        ]),
  ];
}
