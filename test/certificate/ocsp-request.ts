import { createHash, type X509Certificate } from "node:crypto";
import {
  embedded,
  encode,
  largeInteger,
  membersOf,
  nothing,
  octets,
  oid,
  received,
  sequence,
  tagged,
} from "../../src/certificate/der.ts";
import { OID } from "../../src/certificate/names.ts";
import { extension, keyBits } from "../../src/certificate/x509.ts";

export interface Asking {
  hash?: "sha1" | "sha256";
  nonce?: Uint8Array;
  times?: number;
}

/** A request about a serial number of this authority. */
export function requestFor(
  authority: X509Certificate,
  serial: string,
  { hash = "sha1", nonce, times = 1 }: Asking = {},
) {
  const digest = (bytes: Uint8Array) => octets(createHash(hash).update(bytes).digest());
  // Of a certificate: serial number, algorithm and issuer come before, and its own name after the validity.
  const name = membersOf(membersOf(embedded(authority.raw))?.[0])?.[5];
  const spki = authority.publicKey.export({ type: "spki", format: "der" });
  const id = sequence(
    sequence(oid(OID[hash]), nothing()),
    digest(received(name ?? nothing())),
    digest(keyBits(spki)),
    largeInteger(Buffer.from(serial, "hex")),
  );
  const requests = sequence(...Array.from({ length: times }, () => sequence(id)));
  const extensions = nonce === undefined ? [] : [tagged(2, sequence(extension(OID.ocspNonce, octets(nonce))))];
  return Buffer.from(encode(sequence(sequence(requests, ...extensions))));
}
