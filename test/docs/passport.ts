/** The lines of docs/integrate.md by which a service asserts a WMID. */
import { SignJWT } from "jose";

/** What the person was signed in as here (`sub`), and the WMID that is known to be the same person's. */
export async function assertWmid(issuer: string, key: CryptoKey, sub: string, wmid: string): Promise<Response> {
  const assertion = await new SignJWT({ wmid })
    .setProtectedHeader({ alg: "ES256", typ: "enum-wmid-assertion+jwt", kid: "2026-11" })
    .setIssuer("passport")
    .setAudience(issuer)
    .setSubject(sub)
    .setIssuedAt()
    .setJti(crypto.randomUUID())
    .sign(key);
  const headers = { "content-type": "application/jwt" };
  return fetch(`${issuer}/wmid/v1/assertions`, { method: "POST", headers, body: assertion });
}
