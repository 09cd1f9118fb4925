/** Key and certificates in one file under a password (PKCS #12, RFC 7292), as systems and browsers import it. */
import { sha256 } from "@noble/hashes/sha2.js";
import { BmpString } from "asn1js";
import { type Block, encode, integer, nothing, octets, oid, sequence, set, tagged, taggedBytes } from "../der.ts";

export interface Contents {
  /** PKCS #8, DER. */
  key: Uint8Array<ArrayBuffer>;
  /** DER, the key's own first. */
  certificates: readonly Uint8Array[];
  password: string;
  /** What the importer calls it. */
  name: string;
}

const DATA = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA = "1.2.840.113549.1.7.6";
const SHROUDED_KEY_BAG = "1.2.840.113549.1.12.10.1.2";
const CERT_BAG = "1.2.840.113549.1.12.10.1.3";
const X509_CERTIFICATE = "1.2.840.113549.1.9.22.1";
const FRIENDLY_NAME = "1.2.840.113549.1.9.20";
const LOCAL_KEY_ID = "1.2.840.113549.1.9.21";
const PBES2 = "1.2.840.113549.1.5.13";
const PBKDF2 = "1.2.840.113549.1.5.12";
const HMAC_SHA256 = "1.2.840.113549.2.9";
const AES256_CBC = "2.16.840.1.101.3.4.1.42";
const SHA256 = "2.16.840.1.101.3.4.2.1";

/** Three derivations stand in a file; .NET refuses one of more than 300,000 rounds, and a million in all (its `Pkcs12LoaderLimits`). */
const ROUNDS = 250_000;
const SALT_BYTES = 16;
const IV_BYTES = 16;
/** Appendix B.3: what the derived bytes are for. */
const FOR_MAC = 3;
/** Of SHA-256 (appendix B.2: v). */
const HASH_BLOCK = 64;

/**
 * AES-256 under PBKDF2 with SHA-256 (PBES2, RFC 8018); HMAC-SHA-256 over all of it. It is what Windows writes as `AES256-SHA256`, and reads
 * since Windows 10 version 1709 and Server 2019 (wincrypt.h, `PKCS12_PBES2_EXPORT_PARAMS`).
 */
export async function pkcs12({ key, certificates, password, name }: Contents): Promise<Uint8Array<ArrayBuffer>> {
  const own = set(octets(new Uint8Array(await crypto.subtle.digest("SHA-1", key))));
  const attributes = set(
    sequence(oid(FRIENDLY_NAME), set(new BmpString({ value: name }))),
    sequence(oid(LOCAL_KEY_ID), own),
  );
  const bags = certificates.map((der, place) =>
    sequence(
      oid(CERT_BAG),
      tagged(0, sequence(oid(X509_CERTIFICATE), tagged(0, octets(der)))),
      ...(place === 0 ? [attributes] : []),
    ),
  );
  const shrouded = await encrypted(key, password);
  const keyBag = sequence(
    oid(SHROUDED_KEY_BAG),
    tagged(0, sequence(shrouded.algorithm, octets(shrouded.bytes))),
    attributes,
  );
  const certs = await encrypted(new Uint8Array(encode(sequence(...bags))), password);
  const content = sequence(oid(DATA), certs.algorithm, taggedBytes(0, certs.bytes));
  const safe = encode(
    sequence(sequence(oid(ENCRYPTED_DATA), tagged(0, sequence(integer(0), content))), data(encode(sequence(keyBag)))),
  );
  return new Uint8Array(encode(sequence(integer(3), data(safe), await mac(new Uint8Array(safe), password))));
}

const data = (bytes: Uint8Array) => sequence(oid(DATA), tagged(0, octets(bytes)));

async function encrypted(
  plain: Uint8Array<ArrayBuffer>,
  password: string,
): Promise<{ algorithm: Block; bytes: Uint8Array }> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, [
    "deriveKey",
  ]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  const key = await crypto.subtle.deriveKey(derivation, secret, { name: "AES-CBC", length: 256 }, false, ["encrypt"]);
  const bytes = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CBC", iv }, key, plain));
  const derived = sequence(octets(salt), integer(ROUNDS), sequence(oid(HMAC_SHA256), nothing()));
  const scheme = sequence(sequence(oid(PBKDF2), derived), sequence(oid(AES256_CBC), octets(iv)));
  return { algorithm: sequence(oid(PBES2), scheme), bytes };
}

async function mac(bytes: Uint8Array<ArrayBuffer>, password: string): Promise<Block> {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", macKey(password, salt), algorithm, false, ["sign"]);
  const digest = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes));
  return sequence(sequence(sequence(oid(SHA256), nothing()), octets(digest)), octets(salt), integer(ROUNDS));
}

/** Appendix B.2, over the password as UTF-16 with a zero at its end, for a key as long as one digest. A quarter of a million awaited digests would take many seconds, so not by WebCrypto. */
function macKey(password: string, salt: Uint8Array): Uint8Array<ArrayBuffer> {
  const spelled = new Uint8Array(2 * password.length + 2);
  for (let place = 0; place < password.length; place += 1)
    new DataView(spelled.buffer).setUint16(2 * place, password.charCodeAt(place));
  const repeated = (text: Uint8Array) => {
    const whole = new Uint8Array(HASH_BLOCK * Math.ceil(text.length / HASH_BLOCK));
    return whole.map((_, place) => text[place % text.length] ?? 0);
  };
  let key = new Uint8Array([...new Uint8Array(HASH_BLOCK).fill(FOR_MAC), ...repeated(salt), ...repeated(spelled)]);
  for (let round = 0; round < ROUNDS; round += 1) key = new Uint8Array(sha256(key));
  return key;
}
