/** A key on P-256 and a certification request for it (PKCS #10, RFC 2986), by WebCrypto. */
import { bits, embedded, encode, integer, largeInteger, oid, sequence, tagged } from "../der.ts";
import { OID } from "../names.ts";

export interface Made {
  /** PEM. */
  request: string;
  /** It can be exported, since it is saved with its certificate. */
  key: CryptoKey;
  /** SHA-256 of the `SubjectPublicKeyInfo`, base64url: by which the certificate's page finds the key again. */
  id: string;
}

const LINE = 64;

export async function makeKey(): Promise<Made> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", publicKey));
  // The name in it is not looked at: the certificate's is the WMID.
  const info = sequence(integer(0), sequence(), embedded(spki), tagged(0));
  const bytes = new Uint8Array(encode(info));
  const signature = new Uint8Array(await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, privateKey, bytes));
  const signed = sequence(info, sequence(oid(OID.ecdsaWithSha256)), bits(signatureValue(signature)));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", spki));
  return {
    request: pem("CERTIFICATE REQUEST", encode(signed)),
    key: privateKey,
    id: base64(digest).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
  };
}

/** WebCrypto gives the two numbers one behind the other; X.509 has them as a structure (RFC 5480, `Ecdsa-Sig-Value`). */
function signatureValue(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2;
  return encode(sequence(positive(signature.subarray(0, half)), positive(signature.subarray(half))));
}

/** As short as it can be, with a zero in front where its first bit would be a sign. */
function positive(number: Uint8Array) {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = number.subarray(first < 0 ? number.length - 1 : first);
  return largeInteger((digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...digits) : digits);
}

function pem(label: string, der: Uint8Array): string {
  const lines = base64(der).match(new RegExp(`.{1,${LINE}}`, "g")) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** A file as it is pasted: a text as it stands, and DER, which begins as a sequence does, in PEM. */
export function requestIn(file: Uint8Array): string {
  return file[0] === 0x30 ? pem("CERTIFICATE REQUEST", file) : new TextDecoder().decode(file);
}

/** The certificates of a PEM file, in DER. */
export function certificatesIn(text: string): Uint8Array<ArrayBuffer>[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g)].map(([, body = ""]) =>
    Uint8Array.from(atob(body.replace(/\s/g, "")), (sign) => sign.charCodeAt(0)),
  );
}
