import { base64url, type CryptoKey, SignJWT } from "jose";

/** By what a device shows that it is itself. */
export type DeviceCredentials = {
  readonly issuer: string;
  readonly deviceId: string;
  /** The private half of the device's P-256 key. */
  readonly key: CryptoKey;
  /** Seconds by which the provider's clock is ahead of this phone's. */
  readonly clockOffset: number;
};

// PROTOCOL section 6: the longest that a proof may live.
const LIFETIME = 60;
// More than the 96 random bits that are asked for.
const ID_LENGTH = 16;

/** `Authorization: Device <JWT>` for one call (PROTOCOL section 6); `now` in seconds by the phone's own clock. */
export async function authorization(
  credentials: DeviceCredentials,
  call: { readonly method: string; readonly url: URL; readonly body: string },
  now: number,
): Promise<string> {
  const issuedAt = now + credentials.clockOffset;
  const claims = {
    htm: call.method,
    // As RFC 9449 section 4.2: without query and fragment.
    htu: call.url.origin + call.url.pathname,
    bsh: base64url.encode(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(call.body)))),
  };
  const jwt = await new SignJWT(claims)
    .setProtectedHeader({ alg: "ES256", typ: "enum-device+jwt", kid: credentials.deviceId })
    .setAudience(credentials.issuer)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFETIME)
    .setJti(base64url.encode(crypto.getRandomValues(new Uint8Array(ID_LENGTH))))
    .sign(credentials.key);
  return `Device ${jwt}`;
}
