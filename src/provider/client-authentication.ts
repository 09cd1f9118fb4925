import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from "jose";
import type { Context } from "koa";
import type Provider from "oidc-provider";
import type { AdapterFactory, Client } from "oidc-provider";
import { type Clock, epochSeconds } from "../clock.ts";
import { sameText } from "../secrecy.ts";

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ALGORITHMS = ["ES256", "EdDSA", "RS256", "PS256"];
/** Seconds that an assertion may live at most: nobody needs more to send one request. */
const LIFETIME = 300;

/**
 * Which client a request is of, by the method that it is registered with (OpenID Connect Core section 9, RFC 7523). oidc-provider does
 * this for its own endpoints and lends it to no other; an assertion's `jti` is remembered where oidc-provider remembers its own.
 */
export function createClientAuthentication(ports: {
  provider: Provider;
  adapter: AdapterFactory;
  issuer: string;
  clock: Clock;
}) {
  const replay = ports.adapter("ReplayDetection");

  const bySecret = async (id: string, secret: string, method: string): Promise<string | undefined> => {
    const client = await ports.provider.Client.find(id);
    const right = sameText(secret, client?.clientSecret ?? "");
    return client?.tokenEndpointAuthMethod === method && client.clientSecret !== undefined && right
      ? client.clientId
      : undefined;
  };

  const byAssertion = async (assertion: string): Promise<string | undefined> => {
    const client = await ports.provider.Client.find(subjectOf(assertion));
    if (client?.tokenEndpointAuthMethod !== "private_key_jwt") return undefined;
    const { clientId } = client;
    const claims = await verified(assertion, client, ports.issuer);
    const now = epochSeconds(ports.clock());
    if (claims?.jti === undefined || claims.exp === undefined || claims.exp > now + LIFETIME || claims.iss !== clientId)
      return undefined;
    try {
      await replay.upsert(`${clientId} ${claims.jti}`, { iss: clientId }, claims.exp - now + LIFETIME);
      return clientId;
    } catch {
      // It was sent before.
      return undefined;
    }
  };

  return async (context: Context, body: URLSearchParams): Promise<string | undefined> => {
    const [scheme, credentials] = context.get("authorization").split(" ");
    if (scheme?.toLowerCase() === "basic" && credentials !== undefined) {
      const [id = "", ...rest] = Buffer.from(credentials, "base64").toString().split(":");
      return bySecret(formDecoded(id), formDecoded(rest.join(":")), "client_secret_basic");
    }
    const assertion = body.get("client_assertion");
    if (assertion !== null && body.get("client_assertion_type") === ASSERTION) return byAssertion(assertion);
    const secret = body.get("client_secret");
    return secret === null ? undefined : bySecret(body.get("client_id") ?? "", secret, "client_secret_post");
  };
}

async function verified(assertion: string, client: Client, issuer: string): Promise<JWTPayload | undefined> {
  const jwks = client.jwks;
  const keys =
    client.jwksUri !== undefined
      ? createRemoteJWKSet(new URL(client.jwksUri))
      : createLocalJWKSet(JSON.parse(JSON.stringify(jwks ?? { keys: [] })));
  try {
    const { payload } = await jwtVerify(assertion, keys, {
      algorithms: ALGORITHMS,
      audience: issuer,
      subject: client.clientId,
    });
    return payload;
  } catch {
    return undefined;
  }
}

function subjectOf(assertion: string): string {
  try {
    return decodeJwt(assertion).sub ?? "";
  } catch {
    return "";
  }
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return "";
  }
}
