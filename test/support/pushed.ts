import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { STORE } from "./payment.ts";
import type { World } from "./world.ts";

/** A right request of a site, but for what it asks for. */
export function requestOf(site: ClientEntry = STORE): Record<string, string> {
  return {
    client_id: site.client_id,
    response_type: "code",
    redirect_uri: site.redirect_uris[0] ?? "",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  };
}

export interface Pushed {
  status: number;
  /** The error as RFC 9126 section 2.3 has it, or the `request_uri`. */
  body: Record<string, unknown>;
  headers: Headers;
  /** Where the site sends the person. */
  address: string;
}

export interface Pushing {
  site?: ClientEntry;
  /** `id:secret`, where it is not the site's own. */
  basic?: string;
}

/** Pushes parameters as they stand, right or wrong (RFC 9126). */
export async function push(
  world: Pick<World, "issuer">,
  parameters: Record<string, string>,
  { site = STORE, basic = `${site.client_id}:${site.client_secret}` }: Pushing = {},
): Promise<Pushed> {
  const answer = await fetch(`${world.issuer}/par`, {
    method: "POST",
    body: new URLSearchParams(parameters),
    headers: basic === "" ? {} : { authorization: `Basic ${Buffer.from(basic).toString("base64")}` },
  });
  const body = await answer.json();
  const query = new URLSearchParams({ client_id: site.client_id, request_uri: String(body.request_uri) });
  return { status: answer.status, body, headers: answer.headers, address: `/authorize?${query}` };
}

/** A site that signs its requests (RFC 9101): its entry, and the request object for what it asks for. */
export async function signingSite(id = "signer") {
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const site: ClientEntry = {
    ...STORE,
    client_id: id,
    redirect_uris: [`http://localhost:9/${id}/callback`],
    client_secret: `secret-of-${id}-for-tests-only`,
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kty: "EC" }] },
  };
  const sign = (world: Pick<World, "issuer">, claims: Record<string, unknown>, key = privateKey) =>
    new SignJWT({ ...requestOf(site), ...claims })
      .setProtectedHeader({ alg: "ES256", typ: "oauth-authz-req+jwt" })
      .setIssuer(id)
      .setAudience(world.issuer)
      .setIssuedAt()
      .setExpirationTime("1m")
      .sign(key);
  return { site, sign };
}
