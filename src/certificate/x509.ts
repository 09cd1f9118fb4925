/** What is signed: certificates and lists of revoked ones, by the profile of RFC 5280. */
import { createHash } from "node:crypto";
import type { Millis } from "../clock.ts";
import type { Wmid } from "../wmid.ts";
import {
  type Block,
  bits,
  bitsIn,
  embedded,
  encode,
  enumerated,
  integer,
  largeInteger,
  membersOf,
  octets,
  oid,
  sequence,
  set,
  tagged,
  taggedBytes,
  time,
  utf8,
  yes,
} from "./der.ts";
import { OID, wmidUri } from "./names.ts";
import type { Signer } from "./signer.ts";

/** Why a certificate was revoked (RFC 5280 section 5.3.1), as far as it is told apart here. */
export type Reason = keyof typeof REASONS;

export const REASONS = { unspecified: 0, "key-compromise": 1, superseded: 4, "no-longer-used": 5 } as const;

export interface Addresses {
  /** Where the authority's own certificate and its list are served. */
  authority: string;
  list: string;
  /** The responder's (RFC 6960). */
  status: string;
}

interface Validity {
  from: Millis;
  to: Millis;
}

const VERSION_3 = 2;
const LIST_VERSION_2 = 1;
/** Bits of `KeyUsage`, the first is the leftmost. */
const DIGITAL_SIGNATURE = 0x80;
const KEY_CERT_SIGN = 0x04;
const CRL_SIGN = 0x02;
const URI = 6;

/** A certificate signed by its own key, under which no further authority may stand. */
export function authorityCertificate(
  signer: Signer,
  { serial, host, validity }: { serial: Uint8Array; host: string; validity: Validity },
): Promise<Uint8Array> {
  const name = authorityName(host);
  return signed(signer, [
    tagged(0, integer(VERSION_3)),
    largeInteger(serial),
    ecdsa(),
    name,
    span(validity),
    name,
    embedded(signer.publicKey),
    tagged(
      3,
      sequence(
        extension(OID.basicConstraints, sequence(yes(), integer(0)), "critical"),
        extension(OID.keyUsage, usage(DIGITAL_SIGNATURE | KEY_CERT_SIGN | CRL_SIGN), "critical"),
        extension(OID.subjectKeyIdentifier, octets(keyIdentifier(signer.publicKey))),
      ),
    ),
  ]);
}

/** A person's certificate for one WMID: it shows who a TLS client is, and nothing else. */
export function clientCertificate(
  signer: Signer,
  subject: { serial: Uint8Array; host: string; validity: Validity; wmid: Wmid; spki: Uint8Array; at: Addresses },
): Promise<Uint8Array> {
  const { serial, host, validity, wmid, spki, at } = subject;
  return signed(signer, [
    tagged(0, integer(VERSION_3)),
    largeInteger(serial),
    ecdsa(),
    authorityName(host),
    span(validity),
    nameOf(host, wmid),
    embedded(spki),
    tagged(
      3,
      sequence(
        extension(OID.basicConstraints, sequence(), "critical"),
        extension(OID.keyUsage, usage(DIGITAL_SIGNATURE), "critical"),
        extension(OID.extendedKeyUsage, sequence(oid(OID.clientAuth))),
        extension(OID.subjectAltName, sequence(uri(wmidUri(wmid)))),
        extension(OID.subjectKeyIdentifier, octets(keyIdentifier(spki))),
        extension(OID.authorityKeyIdentifier, authorityKey(signer)),
        extension(OID.crlDistributionPoints, sequence(sequence(tagged(0, tagged(0, uri(at.list)))))),
        extension(
          OID.authorityInfoAccess,
          sequence(sequence(oid(OID.ocsp), uri(at.status)), sequence(oid(OID.caIssuers), uri(at.authority))),
        ),
      ),
    ),
  ]);
}

export interface RevokedLine {
  serial: Uint8Array;
  at: Millis;
  reason: Reason;
}

/** The list of revoked certificates (RFC 5280 section 5), whole. */
export function revocationList(
  signer: Signer,
  list: { host: string; number: number; from: Millis; next: Millis; revoked: readonly RevokedLine[] },
): Promise<Uint8Array> {
  const { host, number, from, next, revoked } = list;
  const lines = revoked.map(({ serial, at, reason }) =>
    sequence(
      largeInteger(serial),
      time(at),
      // RFC 5280 section 5.3.1: `unspecified` is told by leaving it out.
      ...(reason === "unspecified" ? [] : [sequence(extension(OID.crlReason, enumerated(REASONS[reason])))]),
    ),
  );
  return signed(signer, [
    integer(LIST_VERSION_2),
    ecdsa(),
    authorityName(host),
    time(from),
    time(next),
    ...(lines.length === 0 ? [] : [sequence(...lines)]),
    tagged(
      0,
      sequence(extension(OID.authorityKeyIdentifier, authorityKey(signer)), extension(OID.crlNumber, integer(number))),
    ),
  ]);
}

export function pem(label: "CERTIFICATE" | "X509 CRL", der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** What is signed, by which algorithm, and the signature: certificates, lists and answers about a status are alike in this. */
export async function signed(signer: Signer, members: Block[]): Promise<Uint8Array> {
  const body = sequence(...members);
  return encode(sequence(body, ecdsa(), bits(await signer.sign(encode(body)))));
}

/** The algorithm has no parameters (RFC 5758 section 3.2). */
const ecdsa = () => sequence(oid(OID.ecdsaWithSha256));
const span = ({ from, to }: Validity) => sequence(time(from), time(to));
const uri = (address: string) => taggedBytes(URI, Buffer.from(address, "ascii"));
export const authorityName = (host: string) => nameOf(host, "E-num client certificates");
const authorityKey = ({ publicKey }: Signer) => sequence(taggedBytes(0, keyIdentifier(publicKey)));

function nameOf(organization: string, commonName: string): Block {
  const member = (type: string, value: string) => set(sequence(oid(type), utf8(value)));
  return sequence(member(OID.organization, organization), member(OID.commonName, commonName));
}

/** DER drops the zeros at the end of a list of named bits (X.690 section 11.2.2). */
function usage(flags: number): Block {
  return bits(Uint8Array.of(flags), 31 - Math.clz32(flags & -flags));
}

export function extension(id: string, value: Block, critical?: "critical"): Block {
  return sequence(oid(id), ...(critical === undefined ? [] : [yes()]), octets(encode(value)));
}

/** RFC 5280 section 4.2.1.2, method 1: that is what the method is defined with, and nothing rests on its strength. */
function keyIdentifier(spki: Uint8Array): Uint8Array {
  return createHash("sha1").update(keyBits(spki)).digest();
}

/** The key alone, which digests of a key are made of. */
export function keyBits(spki: Uint8Array): Uint8Array {
  const key = bitsIn(membersOf(embedded(spki))?.[1]);
  if (key === undefined) throw new Error("this is no public key");
  return key;
}
