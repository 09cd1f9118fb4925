import { createHash } from "node:crypto";
import { type Clock, HOUR, type Millis } from "../clock.ts";
import type { Database } from "../database/database.ts";
import {
  type Block,
  decode,
  encode,
  enumerated,
  generalizedTime,
  integerIn,
  membersOf,
  membersOfTag,
  octets,
  octetsIn,
  oid,
  oidIn,
  sequence,
  tagged,
  taggedBytes,
} from "./der.ts";
import { OID } from "./names.ts";
import type { Signer } from "./signer.ts";
import { type CertificateRow, statusOf } from "./store.ts";
import { authorityName, extension, keyBits, REASONS, signed } from "./x509.ts";

/** Says of certificates whether they are good (RFC 6960): always from the database, and signed by the authority itself. */
export interface Responder {
  /** `forAll`: everybody who asks the same may get the same, until it is old. */
  answer(request: Uint8Array): Promise<{ der: Uint8Array; forAll: boolean }>;
}

export interface ResponderPorts {
  database: Database;
  clock: Clock;
  signer: Signer;
  host: string;
}

interface AskedCertificate {
  /** As it came, which the answer repeats. */
  id: Block;
  /** Undefined for another authority's. */
  serial: string | undefined;
}

/** Section 4.2.1. */
const SUCCESSFUL = 0;
const MALFORMED = 1;
/** A server asks about one, or about a chain. */
const MOST = 10;
/** RFC 9654 section 2.1: from 1 to 32 bytes are to be taken. */
const LONGEST_NONCE = 32;
/** As long as a server may go on with an answer. */
const NEXT: Millis = HOUR;
const GOOD = 0;
const REVOKED = 1;
const UNKNOWN = 2;

export function createResponder({ database, clock, signer, host }: ResponderPorts): Responder {
  const name = encode(authorityName(host));
  const key = keyBits(signer.publicKey);
  const digests = new Map(
    (
      [
        [OID.sha1, "sha1"],
        [OID.sha256, "sha256"],
      ] as const
    ).map(([algorithm, hash]) => {
      const of = (bytes: Uint8Array) => createHash(hash).update(bytes).digest("hex");
      return [algorithm, { name: of(name), key: of(key) }] as const;
    }),
  );
  const responder = createHash("sha1").update(key).digest();

  /** CertID: by which hash, of the issuer's name, of its key, and the serial number. */
  const readAsked = (request: Block): AskedCertificate | undefined => {
    const [id] = membersOf(request) ?? [];
    const [algorithm, nameHash, keyHash, number] = membersOf(id) ?? [];
    const [hashedName, hashedKey, serial] = [octetsIn(nameHash), octetsIn(keyHash), integerIn(number)];
    if (id === undefined || hashedName === undefined || hashedKey === undefined || serial === undefined)
      return undefined;
    const own = [...digests].find(([one]) => one === oidIn(membersOf(algorithm)?.[0]))?.[1];
    const isOurs = own !== undefined && own.name === hex(hashedName) && own.key === hex(hashedKey);
    return { id, serial: isOurs ? hex(serial) : undefined };
  };

  const single = (
    { id }: AskedCertificate,
    row: Pick<CertificateRow, "revoked_at" | "reason"> | undefined,
    now: Millis,
  ): Block => sequence(id, stateOf(row), generalizedTime(now), tagged(0, generalizedTime(now + NEXT)));

  return {
    async answer(bytes) {
      const read = readRequest(bytes);
      const asked = read?.requests.map(readAsked) ?? [];
      const known = asked.filter((one) => one !== undefined);
      if (read === undefined || known.length === 0 || known.length < asked.length)
        return { der: encode(sequence(enumerated(MALFORMED))), forAll: false };
      const serials = known.flatMap(({ serial }) => serial ?? []);
      const rows = serials.length === 0 ? [] : await statusOf(database, signer.id, serials);
      const now = clock();
      const answers = known.map((one) =>
        single(
          one,
          rows.find(({ serial }) => serial === one.serial),
          now,
        ),
      );
      const { nonce } = read;
      const basic = await signed(signer, [
        tagged(2, octets(responder)),
        generalizedTime(now),
        sequence(...answers),
        ...(nonce === undefined ? [] : [tagged(1, sequence(extension(OID.ocspNonce, octets(nonce))))]),
      ]);
      const response = tagged(0, sequence(oid(OID.ocspBasic), octets(basic)));
      return { der: encode(sequence(enumerated(SUCCESSFUL), response)), forAll: nonce === undefined };
    },
  };
}

/** OCSPRequest (section 4.1.1); who has signed it, if anybody, does not matter: everybody may know. Undefined for what is none. */
function readRequest(bytes: Uint8Array): { requests: readonly Block[]; nonce: Uint8Array | undefined } | undefined {
  const members = membersOf(membersOf(decode(bytes))?.[0]);
  const requests = members?.map(membersOf).find((list) => list !== undefined);
  if (members === undefined || requests === undefined || requests.length > MOST) return undefined;
  const extensions = members
    .flatMap((member) => membersOfTag(member, 2) ?? [])
    .flatMap((list) => membersOf(list) ?? []);
  const found = extensions.map(membersOf).find((one) => oidIn(one?.[0]) === OID.ocspNonce);
  if (found === undefined) return { requests, nonce: undefined };
  const nonce = octetsIn(decode(octetsIn(found.at(-1)) ?? new Uint8Array()));
  return nonce === undefined || nonce.length === 0 || nonce.length > LONGEST_NONCE ? undefined : { requests, nonce };
}

/** CertStatus: `good [0]`, `revoked [1]`, `unknown [2]`, the first and the last without content. */
function stateOf(row: Pick<CertificateRow, "revoked_at" | "reason"> | undefined): Block {
  if (row === undefined) return taggedBytes(UNKNOWN, new Uint8Array());
  const { revoked_at: at, reason } = row;
  if (at === null) return taggedBytes(GOOD, new Uint8Array());
  const why = reason === null || reason === "unspecified" ? [] : [tagged(0, enumerated(REASONS[reason]))];
  return tagged(REVOKED, generalizedTime(at), ...why);
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
