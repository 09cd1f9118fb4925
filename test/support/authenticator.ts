import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

/** What an authenticator and its browser may do otherwise than they should. */
export interface Misdeeds {
  /** The page that asks. */
  origin?: string;
  /** The party that the authenticator takes it for. */
  rpId?: string;
  /** Neither finger nor PIN was asked for. */
  unverified?: true;
  challenge?: string;
  counter?: number;
  userHandle?: string;
  /** Another key signs. */
  forged?: true;
}

export interface Authenticator {
  /** What `JSON.stringify` makes of `navigator.credentials.create`'s result, for the options of a page. */
  make(options: string, misdeeds?: Misdeeds): string;
  /** The same of `navigator.credentials.get`. */
  use(options: string, misdeeds?: Misdeeds): string;
  credentialId: string;
  /** Signs with the same key, and counts for itself from here on. */
  copy(): Authenticator;
}

interface Held {
  credentialId: Buffer;
  publicKey: KeyObject;
  privateKey: KeyObject;
  userHandle: string;
  counter: number;
}

/** A roaming authenticator of WebAuthn with one resident key on P-256, which counts its signatures. */
export function createAuthenticator(origin: string, held?: Held): Authenticator {
  const own: Held = held ?? {
    credentialId: randomBytes(32),
    ...generateKeyPairSync("ec", { namedCurve: "P-256" }),
    userHandle: "",
    counter: 0,
  };
  const id = own.credentialId.toString("base64url");
  const clientData = (type: string, asked: { challenge: string }, misdeeds: Misdeeds) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: misdeeds.challenge ?? asked.challenge,
        origin: misdeeds.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const head = (rpId: string, flags: number, misdeeds: Misdeeds) => {
    const count = Buffer.alloc(4);
    own.counter += 1;
    count.writeUInt32BE(misdeeds.counter ?? own.counter);
    const verified = misdeeds.unverified ? 0 : 4;
    return Buffer.concat([sha256(Buffer.from(misdeeds.rpId ?? rpId)), Buffer.from([flags | 1 | verified]), count]);
  };
  const credential = (response: Record<string, string>) =>
    JSON.stringify({ id, rawId: id, type: "public-key", response, clientExtensionResults: {} });

  return {
    credentialId: id,
    make(options, misdeeds = {}) {
      const asked = JSON.parse(options);
      own.userHandle = asked.user.id;
      const { x = "", y = "" } = own.publicKey.export({ format: "jwk" });
      const key = map([1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x, "base64url")], [-3, Buffer.from(y, "base64url")]);
      const attested = Buffer.concat([
        Buffer.alloc(16),
        Buffer.from([0, own.credentialId.length]),
        own.credentialId,
        key,
      ]);
      const authData = Buffer.concat([head(asked.rp.id, 0x40, misdeeds), attested]);
      const attestation = map(["fmt", "none"], ["attStmt", new Map<string, string>()], ["authData", authData]);
      return credential({
        clientDataJSON: clientData("webauthn.create", asked, misdeeds).toString("base64url"),
        attestationObject: attestation.toString("base64url"),
      });
    },
    use(options, misdeeds = {}) {
      const asked = JSON.parse(options);
      const data = clientData("webauthn.get", asked, misdeeds);
      const authData = head(asked.rpId, 0, misdeeds);
      const key = misdeeds.forged ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey : own.privateKey;
      return credential({
        clientDataJSON: data.toString("base64url"),
        authenticatorData: authData.toString("base64url"),
        signature: sign("sha256", Buffer.concat([authData, sha256(data)]), key).toString("base64url"),
        userHandle: misdeeds.userHandle ?? own.userHandle,
      });
    },
    copy: () => createAuthenticator(origin, { ...own }),
  };
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

type Item = number | string | Buffer | Map<string, string>;

/** CBOR (RFC 8949) of what stands in an attestation: small integers, short texts, bytes, and an empty map. */
function item(value: Item): Buffer {
  if (typeof value === "number") return value < 0 ? header(1, -1 - value) : header(0, value);
  if (typeof value === "string") return Buffer.concat([header(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Map) return header(5, 0);
  return Buffer.concat([header(2, value.length), value]);
}

function header(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size]);
  return size < 256 ? Buffer.from([(major << 5) | 24, size]) : Buffer.from([(major << 5) | 25, size >> 8, size & 255]);
}

function map(...pairs: readonly (readonly [Item, Item])[]): Buffer {
  return Buffer.concat([header(5, pairs.length), ...pairs.flat().map(item)]);
}
