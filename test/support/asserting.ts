/** A WebMoney passport service, which knows whose a WMID is and may assert it. */
import { generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { client, type World } from "./world.ts";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

export const PASSPORT: ClientEntry = client({
  client_id: "passport",
  client_name: "WM Passport",
  scope: "openid wmid:assert",
  jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kty: "EC", kid: "one", alg: "ES256" }] },
});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Its word, signed; what is undefined is left out. By another key where one is given. */
export function assertionOf(
  world: World,
  claims: Record<string, unknown>,
  { header = {}, key = privateKey }: { header?: Record<string, unknown>; key?: KeyObject } = {},
): string {
  const own = { iss: "passport", aud: world.issuer, iat: Math.floor(world.now() / 1000), jti: randomUUID() };
  const head = { alg: "ES256", typ: "enum-wmid-assertion+jwt", kid: "one", ...header };
  const signed = `${part(head)}.${part({ ...own, ...claims })}`;
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}

export async function assert(world: World, jwt: string) {
  const answer = await fetch(`${world.issuer}/wmid/v1/assertions`, {
    method: "POST",
    headers: { "content-type": "application/jwt" },
    body: jwt,
  });
  const body: Record<string, unknown> = await answer.json();
  return { status: answer.status, body, headers: answer.headers };
}
