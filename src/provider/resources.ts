import { type Client, errors, type KoaContextWithOIDC, type ResourceServer } from "oidc-provider";
import type { ResourceWords } from "../interaction/step.ts";
import type { ClientEntry } from "./clients.ts";
import { asksForOperation } from "./operations.ts";
import { ASSERT_WMID, isOurScope } from "./scopes.ts";

/** Tokens for resource servers live ten minutes, those of operations as well (PROTOCOL 10). */
const TOKEN_SECONDS = 600;

/** Routes on which a request is taken and its scopes are looked at; at the token endpoint what was granted counts. */
const REQUESTS: ReadonlySet<string> = new Set([
  "authorization",
  "resume",
  "pushed_authorization_request",
  "device_authorization",
  "code_verification",
  "device_resume",
  "backchannel_authentication",
]);

export interface ResourcePorts {
  issuer: string;
  clients: readonly ClientEntry[];
}

/**
 * Resource servers as oidc-provider needs them (RFC 8707): which resource a token is for, whether the client may ask for it, which of its
 * scopes the client may have, and who may introspect the token. An operation's token is for the resource that will spend it, or for the
 * provider's own name for all of them, and has no scopes.
 */
export function createResourceIndicators({ issuer, clients }: ResourcePorts) {
  const allOperations = `${issuer}/operations`;
  const entryOf = (client: Client) => clients.find(({ client_id: id }) => id === client.clientId);

  const mayAsk = (context: KoaContextWithOIDC, resource: string, client: Client): boolean =>
    (resource === allOperations && isForOperation(context)) || entryOf(client)?.resources?.includes(resource) === true;

  /** What this client may ask of that resource. */
  const scopesAt = (context: KoaContextWithOIDC, resource: string, client: Client): string[] => {
    if (isForOperation(context) || !mayAsk(context, resource, client)) return [];
    const known = serverOf(clients, resource)?.resource_scopes ?? {};
    return (entryOf(client)?.scope ?? "").split(" ").filter((scope) => Object.hasOwn(known, scope));
  };

  /** oidc-provider drops a scope that it does not know; a site's developer is to learn why it is not there. */
  const checkScopes = (context: KoaContextWithOIDC, resources: readonly string[], client: Client): void => {
    if (!REQUESTS.has(context.oidc.route)) return;
    const known = new Set(resources.flatMap((resource) => scopesAt(context, resource, client)));
    const unknown = [...context.oidc.requestParamScopes].find((scope) => !isOurScope(scope) && !known.has(scope));
    if (unknown === undefined) return;
    const why = isForOperation(context)
      ? `an operation's token has no scopes: leave ${unknown} out`
      : `${unknown} is no scope that this client may ask of that resource`;
    throw new errors.InvalidScope(why, unknown);
  };

  return {
    enabled: true as const,
    defaultResource(context: KoaContextWithOIDC, client: Client, oneOf?: readonly string[]) {
      if (isForOperation(context)) return oneOf?.[0] ?? allOperations;
      if (REQUESTS.has(context.oidc.route) && context.oidc.requestParamScopes.has(ASSERT_WMID)) {
        const instead = "a service that has it posts assertions to /wmid/v1/assertions";
        throw new errors.InvalidScope(`${ASSERT_WMID} is in no token: leave it out; ${instead}`, ASSERT_WMID);
      }
      if (oneOf !== undefined) return oneOf;
      const [missing] = (entryOf(client)?.resources ?? []).filter((resource) =>
        scopesAt(context, resource, client).some((scope) => context.oidc.requestParamScopes.has(scope)),
      );
      if (missing !== undefined && REQUESTS.has(context.oidc.route))
        throw new errors.InvalidTarget(`name the resource that the scope is of: resource=${missing} (RFC 8707)`);
      return [];
    },
    getResourceServerInfo(context: KoaContextWithOIDC, resource: string, client: Client): ResourceServer {
      if (!mayAsk(context, resource, client))
        throw new errors.InvalidTarget("this client may not ask for tokens for that resource");
      const { resource: asked } = context.oidc.params ?? {};
      checkScopes(context, [asked ?? resource].flat().map(String), client);
      return {
        scope: scopesAt(context, resource, client).join(" "),
        audience: resource,
        accessTokenTTL: TOKEN_SECONDS,
        accessTokenFormat: "opaque",
      };
    },
    useGrantedResource: () => true,
  };
}

/** A client looks at its own tokens, a resource server at those for its resource; for everybody else there is no such token (RFC 7662 section 2.2). */
export function introspectionPolicy({ clients }: Pick<ResourcePorts, "clients">) {
  return (_context: unknown, { clientId }: Client, token: IntrospectedToken): boolean =>
    token.clientId === clientId ||
    (token.aud !== undefined && serverOf(clients, String(token.aud))?.client_id === clientId);
}

/** Refresh tokens have no audience. */
interface IntrospectedToken {
  clientId?: string | undefined;
  aud?: string | string[] | undefined;
}

/** What a person reads of a resource server's scope; undefined for one that has left the clients file. */
export function createResourceWords({ clients }: Pick<ResourcePorts, "clients">): ResourceWords {
  return (resource, scope) => {
    const server = serverOf(clients, resource);
    const words = server?.resource_scopes?.[scope];
    return server === undefined || words === undefined ? undefined : { server: server.client_name, words };
  };
}

function serverOf(clients: readonly ClientEntry[], resource: string): ClientEntry | undefined {
  return clients.find((client) => client.resource === resource);
}

/** Also where its code is redeemed. */
function isForOperation(context: KoaContextWithOIDC): boolean {
  const { AuthorizationCode, DeviceCode, BackchannelAuthenticationRequest } = context.oidc.entities;
  const source = AuthorizationCode ?? DeviceCode ?? BackchannelAuthenticationRequest;
  return asksForOperation(context) || source?.rar !== undefined;
}
