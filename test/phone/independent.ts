import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from "node:crypto";

/**
 * A phone, and what checks one, written once more from PROTOCOL sections 2, 3, 5 and 6 and the standards that they name.
 * Node's crypto is all that it stands on: no line of the program's own, and none of its packages.
 */

/** A key on P-256 as a JWK, with its private half `d` where it is one's own. */
export type EcKey = { kty: string; crv: string; x: string; y: string; d?: string };

/** RFC 8785, for statements: their numbers are integers, which JSON writes in one way. */
export function jcs(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.keys(value).sort((one, other) => (one < other ? -1 : 1));
  return `{${members.map((name) => `${JSON.stringify(name)}:${jcs(Reflect.get(value, name))}`).join(",")}}`;
}

/** RFC 6287 sections 5 and 7 with the one suite, `pad` and `challenge` as the vectors have them. */
export function responseOf(pad: Uint8Array, challenge: string, statement: unknown): string {
  const question = Buffer.from(BigInt(challenge).toString(16).padEnd(256, "0"), "hex");
  const session = createHash("sha256").update(jcs(statement)).digest();
  const input = Buffer.concat([Buffer.from("OCRA-1:HOTP-SHA256-7:QN08-S032\0"), question, session]);
  const mac = createHmac("sha256", pad).update(input).digest();
  // RFC 4226 section 5.3.
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 10_000_000).padStart(7, "0");
}

export interface Call {
  method: string;
  url: string;
  body: string;
}

/** `Authorization` of a call, by RFC 7515 and PROTOCOL section 6. */
export function proofOf(
  key: EcKey,
  { issuer, deviceId, now }: { issuer: string; deviceId: string; now: number },
  call: Call,
): string {
  const claims = {
    aud: issuer,
    iat: now,
    exp: now + 60,
    jti: randomBytes(12).toString("base64url"),
    htm: call.method,
    htu: call.url.replace(/[?#].*$/s, ""),
    bsh: createHash("sha256").update(call.body).digest("base64url"),
  };
  return `Device ${signed({ alg: "ES256", typ: "enum-device+jwt", kid: deviceId }, claims, key)}`;
}

/** What a proof says, once its signature is right; throws where it is not one for this call, device and issuer, now. */
export function checkedProof(
  authorization: string,
  key: EcKey,
  { issuer, deviceId, now }: { issuer: string; deviceId: string; now: number },
  call: Call,
): { jti: string } {
  const { header, claims } = opened(authorization.replace(/^Device /, ""), key);
  const { aud, iat, exp, jti, htm, htu, bsh } = claims;
  const right =
    header["alg"] === "ES256" &&
    header["typ"] === "enum-device+jwt" &&
    header["kid"] === deviceId &&
    aud === issuer &&
    Math.abs(Number(iat) - now) <= 60 &&
    Number(exp) > now &&
    Number(exp) - Number(iat) <= 60 &&
    Buffer.from(String(jti), "base64url").length >= 12 &&
    htm === call.method &&
    htu === call.url.replace(/[?#].*$/s, "") &&
    bsh === createHash("sha256").update(call.body).digest("base64url");
  if (!right) throw new Error(`no proof for this call: ${JSON.stringify({ header, claims })}`);
  return { jti: String(jti) };
}

/** A JWS with JSON in it, by the key that its reader knows. */
export function opened(jws: string, key: EcKey): Record<"header" | "claims", Record<string, unknown>> {
  const [header = "", payload = "", signature = ""] = jws.split(".");
  const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", x: key.x, y: key.y }, format: "jwk" });
  const bytes = Buffer.from(signature, "base64url");
  if (!verify("sha256", Buffer.from(`${header}.${payload}`), { key: publicKey, dsaEncoding: "ieee-p1363" }, bytes))
    throw new Error("the signature is wrong");
  return { header: JSON.parse(text(header)), claims: JSON.parse(text(payload)) };
}

function signed(header: object, claims: object, key: EcKey): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
  const privateKey = createPrivateKey({ key, format: "jwk" });
  const bytes = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${input}.${bytes.toString("base64url")}`;
}

/** A compact JWE, `ECDH-ES` and `A256GCM` (RFC 7516, RFC 7518 sections 4.6 and 5.3). */
export function encrypted(plain: Uint8Array, recipient: EcKey): string {
  const ephemeral = createECDH("prime256v1");
  const point = ephemeral.generateKeys();
  const epk = { kty: "EC", crv: "P-256", x: base64url(point.subarray(1, 33)), y: base64url(point.subarray(33)) };
  const own = createPrivateKey({ key: { ...epk, d: base64url(ephemeral.getPrivateKey()) }, format: "jwk" });
  const header = base64url(JSON.stringify({ alg: "ECDH-ES", enc: "A256GCM", epk }));
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", agreed(own, recipient), iv).setAAD(Buffer.from(header));
  const cipherText = Buffer.concat([cipher.update(plain), cipher.final()]);
  return `${header}..${base64url(iv)}.${base64url(cipherText)}.${base64url(cipher.getAuthTag())}`;
}

export function decrypted(jwe: string, key: EcKey): Buffer {
  const [header = "", , iv = "", cipherText = "", tag = ""] = jwe.split(".");
  const { alg, enc, epk } = JSON.parse(text(header));
  if (alg !== "ECDH-ES" || enc !== "A256GCM") throw new Error(`${alg} and ${enc} are not for pads`);
  const own = createPrivateKey({ key, format: "jwk" });
  const decipher = createDecipheriv("aes-256-gcm", agreed(own, epk), Buffer.from(iv, "base64url"))
    .setAAD(Buffer.from(header))
    .setAuthTag(Buffer.from(tag, "base64url"));
  return Buffer.concat([decipher.update(Buffer.from(cipherText, "base64url")), decipher.final()]);
}

/** One round of NIST SP 800-56A's Concat KDF gives the 256 bits; nobody is named as a party (RFC 7518 section 4.6.2). */
function agreed(own: KeyObject, { kty, crv, x, y }: EcKey): Buffer {
  const publicKey = createPublicKey({ key: { kty, crv, x, y }, format: "jwk" });
  const secret = diffieHellman({ privateKey: own, publicKey });
  const prefixed = (data: string) => Buffer.concat([number(data.length), Buffer.from(data)]);
  const info = Buffer.concat([prefixed("A256GCM"), prefixed(""), prefixed(""), number(256)]);
  return createHash("sha256")
    .update(Buffer.concat([number(1), secret, info]))
    .digest();
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function base64url(bytes: string | Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

function text(encoded: string): string {
  return Buffer.from(encoded, "base64url").toString();
}
