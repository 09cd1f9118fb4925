import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify, SignJWT } from "jose";

/** How this server shows the provider who it is, on each request. */
export type Authentication = (request: { headers: Headers; body: URLSearchParams }, issuer: string) => Promise<void>;

/** `client_secret_basic` (RFC 6749 section 2.3.1). */
export function clientSecret(clientId: string, secret: string): Authentication {
  const credentials = [clientId, secret].map((half) => encodeURIComponent(half).replaceAll("%20", "+")).join(":");
  return async ({ headers }) => headers.set("authorization", `Basic ${btoa(credentials)}`);
}

/** `private_key_jwt` (RFC 7523). */
export function privateKey(
  clientId: string,
  key: Parameters<SignJWT["sign"]>[0],
  { alg = "ES256", kid }: { alg?: string; kid?: string } = {},
): Authentication {
  return async ({ body }, issuer) => {
    const assertion = new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setIssuedAt()
      .setExpirationTime("60s");
    body.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    body.set("client_assertion", await assertion.sign(key));
  };
}

export interface IntrospectionOptions {
  issuer: string;
  clientId: string;
  authentication: Authentication;
  /** `introspection_signed_response_alg` of this server's entry. */
  algorithm?: "ES256" | "EdDSA" | "RS256";
}

/** What the provider says of a token. */
export type Introspect = (token: string) => Promise<Readonly<Record<string, unknown>>>;

const JWT = "application/token-introspection+jwt";
/** Milliseconds; a person waits for the answer behind it. */
const PATIENCE = 5000;
/** Seconds; an answer that was kept says what was true then. */
const OLDEST_ANSWER = 60;
/** Seconds that the clocks may differ by. */
const TOLERANCE = 15;

/** Asks for the signed answer (RFC 9701) and believes no other. Throws where there is none: then nothing is known of the token. */
export function createIntrospection(options: IntrospectionOptions): Introspect {
  const { issuer, clientId, authentication, algorithm = "ES256" } = options;
  if (!safe(issuer)) throw new Error(`${issuer} must be https, or on this machine: the answers decide who gets in.`);
  let found: Promise<{ endpoint: string; keys: JWTVerifyGetKey }> | undefined;
  const discovered = () => {
    found ??= discover(issuer).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
  return async (token) => {
    const { endpoint, keys } = await discovered();
    const body = new URLSearchParams({ token, token_type_hint: "access_token" });
    const headers = new Headers({ accept: JWT });
    await authentication({ headers, body }, issuer);
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(endpoint, { method: "POST", headers, body, redirect: "error", signal });
    const text = await answer.text();
    if (answer.status === 400 && text.includes('"unsupported_token_type"')) return { active: false };
    if (answer.status !== 200) throw new Error(`Introspection answered ${answer.status}: ${text.slice(0, 200)}`);
    const { payload } = await jwtVerify(text, keys, {
      issuer,
      audience: clientId,
      typ: "token-introspection+jwt",
      algorithms: [algorithm],
      maxTokenAge: OLDEST_ANSWER,
      clockTolerance: TOLERANCE,
    });
    const { token_introspection: said } = payload;
    if (typeof said !== "object" || said === null)
      throw new Error("Introspection answered without token_introspection.");
    return { ...said };
  };
}

/** OpenID Connect Discovery, section 4. */
async function discover(issuer: string): Promise<{ endpoint: string; keys: JWTVerifyGetKey }> {
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(`${issuer}/.well-known/openid-configuration`, { redirect: "error", signal });
  const metadata: unknown = await answer.json();
  const text = (name: string): string => {
    const value = typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, name) : undefined;
    if (typeof value !== "string") throw new Error(`The discovery document of ${issuer} has no ${name}.`);
    return value;
  };
  if (text("issuer") !== issuer) throw new Error(`The discovery document of ${issuer} is of ${text("issuer")}.`);
  return { endpoint: text("introspection_endpoint"), keys: createRemoteJWKSet(new URL(text("jwks_uri"))) };
}

function safe(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return protocol === "https:" || ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}
