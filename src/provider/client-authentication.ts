import { createLocalJWKSet, decodeJwt, type JWK, type JWTPayload, jwtVerify } from "jose";
import type { Context } from "koa";
import type Provider from "oidc-provider";
import type { Client } from "oidc-provider";
import { type Clock, epochSeconds } from "../clock.ts";
import { type Possession, thumbprintOf } from "../possession/possession.ts";
import { sameText } from "../secrecy.ts";
import type { FirstTime } from "./replay.ts";
import { subjectOf } from "./sender-constraint.ts";

const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
export const ASSERTION_ALGORITHMS = ["ES256", "EdDSA", "Ed25519", "RS256", "PS256"] as const;
/** Seconds that an assertion may live at most: nobody needs more to send one request. */
const LIFETIME = 300;

/**
 * Which client a request is of, by the method that it is registered with (OpenID Connect Core section 9, RFC 7523, RFC 8705). oidc-provider
 * does this for its own endpoints and lends it to no other; an assertion's `jti` is remembered where oidc-provider remembers its own.
 */
export function createClientAuthentication(ports: {
  provider: Provider;
  firstTime: FirstTime;
  possession: Possession;
  issuer: string;
  clock: Clock;
}) {
  const { provider, possession } = ports;

  const bySecret = async (id: string, secret: string, method: string): Promise<string | undefined> => {
    const client = await provider.Client.find(id);
    if (client?.tokenEndpointAuthMethod !== method || client.clientSecret === undefined) return undefined;
    return (await client.compareClientSecret(secret)) ? client.clientId : undefined;
  };

  const byAssertion = async (assertion: string): Promise<string | undefined> => {
    const client = await provider.Client.find(clientOf(assertion));
    if (client?.tokenEndpointAuthMethod !== "private_key_jwt") return undefined;
    const { clientId } = client;
    const claims = await verified(assertion, client, ports.issuer);
    const now = epochSeconds(ports.clock());
    if (claims?.jti === undefined || claims.exp === undefined || claims.exp > now + LIFETIME || claims.iss !== clientId)
      return undefined;
    return (await ports.firstTime(clientId, claims.jti, claims.exp + LIFETIME)) ? clientId : undefined;
  };

  const byCertificate = async (context: Context, id: string): Promise<string | undefined> => {
    const client = await provider.Client.find(id);
    const thumbprint = possession.thumbprint(context);
    if (client === undefined || thumbprint === undefined) return undefined;
    const { clientId, tokenEndpointAuthMethod: method } = client;
    if (method === "tls_client_auth") {
      const subject = subjectOf(client.metadata());
      const known =
        subject !== undefined &&
        possession.authorized(context) &&
        possession.subjectMatches(context, subject.member, subject.expected);
      return known ? clientId : undefined;
    }
    if (method !== "self_signed_tls_client_auth") return undefined;
    const certificates = (await keysOf(client)).flatMap(({ x5c: [first] = [] }) => first ?? []);
    return certificates.some((one) => thumbprintOf(Buffer.from(one, "base64")) === thumbprint) ? clientId : undefined;
  };

  return async (context: Context, body: URLSearchParams): Promise<string | undefined> => {
    const [scheme, credentials] = context.get("authorization").split(" ");
    if (scheme?.toLowerCase() === "basic" && credentials !== undefined) {
      const [id = "", ...rest] = Buffer.from(credentials, "base64").toString().split(":");
      return bySecret(formDecoded(id) ?? "", formDecoded(rest.join(":")) ?? "", "client_secret_basic");
    }
    const assertion = body.get("client_assertion");
    if (assertion !== null && body.get("client_assertion_type") === ASSERTION) return byAssertion(assertion);
    const secret = body.get("client_secret");
    const id = body.get("client_id") ?? "";
    return secret === null ? byCertificate(context, id) : bySecret(id, secret, "client_secret_post");
  };
}

/**
 * Many libraries join `id:secret` without encoding the halves. A secret with `+` or `%` then arrives decoded once too often, and is
 * compared with the registered one in that form as well (decision 0084).
 */
export function takeUnencodedSecrets({ Client: { prototype } }: Provider): void {
  const compare = prototype.compareClientSecret;
  prototype.compareClientSecret = async function (actual) {
    if (await compare.call(this, actual)) return true;
    const unencoded = formDecoded(this.clientSecret ?? "");
    return unencoded ? sameText(actual, unencoded) : false;
  };
}

async function verified(assertion: string, client: Client, issuer: string): Promise<JWTPayload | undefined> {
  return verifiedBy(client, assertion, { audience: issuer, subject: client.clientId });
}

/** What a client has signed with the key that it is registered with; undefined where it has not, or not for us. */
export async function verifiedBy(
  client: Client,
  jwt: string,
  expected: { audience: string; subject?: string; issuer?: string; typ?: string },
): Promise<JWTPayload | undefined> {
  const { tokenEndpointAuthSigningAlg: algorithm } = client;
  try {
    const { payload } = await jwtVerify(jwt, createLocalJWKSet({ keys: await keysOf(client) }), {
      algorithms: algorithm === undefined ? [...ASSERTION_ALGORITHMS] : [algorithm],
      ...expected,
    });
    return payload;
  } catch {
    return undefined;
  }
}

/**
 * A client's keys, from its entry or its `jwks_uri`, as oidc-provider keeps them for its own endpoints: fetched by its fetch, with its bounds,
 * and kept for as long as the client's server says. None where they cannot be had now.
 */
async function keysOf(client: Client): Promise<JWK[]> {
  const store: unknown = Reflect.get(client, "asymmetricKeyStore");
  if (!isKeyStore(store)) throw new Error("oidc-provider's clients have no key store any more");
  try {
    await store.refresh();
  } catch {
    return [];
  }
  return [...store];
}

interface KeyStore extends Iterable<JWK> {
  refresh(): Promise<void>;
}

function isKeyStore(value: unknown): value is KeyStore {
  return typeof value === "object" && value !== null && "refresh" in value && Symbol.iterator in value;
}

function clientOf(assertion: string): string {
  try {
    return decodeJwt(assertion).sub ?? "";
  } catch {
    return "";
  }
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
