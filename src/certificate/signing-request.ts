import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { bitsIn, decode, membersOf, oidIn, received } from "./der.ts";
import { OID } from "./names.ts";

/** A public key that somebody has shown to hold. */
export interface ShownKey {
  /** `SubjectPublicKeyInfo` in DER. */
  spki: Uint8Array;
  kind: KeyKind;
}

export type KeyKind = "P-256" | `RSA ${number}`;

/**
 * `unreadable`: no request. `unproven`: not signed by its own key. `key-kind`: neither ECDSA on P-256 nor RSA. `weak-key`: RSA below 2048 bits
 * or with an odd exponent.
 */
export type RequestFault = "unreadable" | "unproven" | "key-kind" | "weak-key";

export type ReadRequest = { ok: true; key: ShownKey } | { ok: false; fault: RequestFault };

const LABEL = "(?:NEW )?CERTIFICATE REQUEST";
const PEM = new RegExp(`-----BEGIN ${LABEL}-----([A-Za-z0-9+/=\\s]+)-----END ${LABEL}-----`);
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

/** NIST SP 800-57 part 1: 112 bits of strength at least. Above the longest a signature takes so long that asking for many is an attack. */
const SHORTEST_RSA = 2048;
const LONGEST_RSA = 4096;
/** Smaller exponents have broken signatures more than once (FIPS 186-5 section A.1.1). */
const LEAST_EXPONENT = 65_537n;

const HASHES: ReadonlyMap<string, { of: "ec" | "rsa"; hash: string }> = new Map([
  [OID.ecdsaWithSha256, { of: "ec", hash: "sha256" }],
  [OID.ecdsaWithSha384, { of: "ec", hash: "sha384" }],
  [OID.ecdsaWithSha512, { of: "ec", hash: "sha512" }],
  [OID.rsaWithSha256, { of: "rsa", hash: "sha256" }],
  [OID.rsaWithSha384, { of: "rsa", hash: "sha384" }],
  [OID.rsaWithSha512, { of: "rsa", hash: "sha512" }],
]);

/**
 * Reads a certification request (PKCS #10, RFC 2986), in PEM or in base64 of its DER, as a person pastes it. Of what it says only its key is
 * taken: the name in it, and what it wishes for, are anybody's.
 */
export function readSigningRequest(text: string): ReadRequest {
  const refuse = (fault: RequestFault): ReadRequest => ({ ok: false, fault });
  const base64 = PEM.exec(text)?.[1] ?? (BASE64.test(text) ? text : undefined);
  const outer = base64 === undefined ? undefined : membersOf(decode(Buffer.from(base64, "base64")));
  if (outer?.length !== 3) return refuse("unreadable");
  const [info, algorithm, signature] = outer;
  const inner = membersOf(info);
  const spki = inner?.[2];
  const signed = bitsIn(signature);
  if (info === undefined || inner?.length !== 4 || spki === undefined || signed === undefined)
    return refuse("unreadable");
  const key = publicKeyOf(received(spki));
  if (key === undefined) return refuse("unreadable");
  const kind = kindOf(key);
  if (kind === "key-kind" || kind === "weak-key") return refuse(kind);
  const method = HASHES.get(oidIn(membersOf(algorithm)?.[0]) ?? "");
  if (method === undefined || method.of !== key.asymmetricKeyType) return refuse("unproven");
  if (!verify(method.hash, received(info), key, signed)) return refuse("unproven");
  return { ok: true, key: { spki: key.export({ type: "spki", format: "der" }), kind } };
}

function publicKeyOf(spki: Uint8Array): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), type: "spki", format: "der" });
  } catch {
    return undefined;
  }
}

function kindOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): KeyKind | "key-kind" | "weak-key" {
  if (asymmetricKeyType === "ec") return asymmetricKeyDetails?.namedCurve === "prime256v1" ? "P-256" : "key-kind";
  if (asymmetricKeyType !== "rsa") return "key-kind";
  const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails ?? {};
  if (modulusLength > LONGEST_RSA) return "key-kind";
  return modulusLength < SHORTEST_RSA || publicExponent < LEAST_EXPONENT ? "weak-key" : `RSA ${modulusLength}`;
}
