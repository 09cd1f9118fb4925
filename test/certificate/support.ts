import { generateKeyPairSync, type KeyObject, sign, X509Certificate } from "node:crypto";
import {
  type Block,
  bits,
  decode,
  embedded,
  encode,
  integer,
  membersOf,
  nothing,
  octetsIn,
  oid,
  sequence,
  tagged,
} from "../../src/certificate/der.ts";
import { OID } from "../../src/certificate/names.ts";
import { atAccount } from "../account/support.ts";
import { confirmBy } from "../device/own-support.ts";
import { onlinePhone } from "../support/online-phone.ts";
import type { Page, Visitor } from "../support/visitor.ts";
import type { World } from "../support/world.ts";

export const ALICE_WMID = "301234567890";

export interface Request {
  pem: string;
  /** PKCS #8, PEM. */
  key: string;
}

const pem = (label: string, der: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString("base64")
    .replace(/(.{64})/g, "$1\n")}\n-----END ${label}-----\n`;

const exported = (privateKey: KeyObject) => privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** A certification request for this key; `by` signs it, and else its own. */
export function requestOf(
  publicKey: KeyObject,
  { by, algorithm, hash = "sha256" }: { by: KeyObject; algorithm: string; hash?: string },
): string {
  const spki = publicKey.export({ type: "spki", format: "der" });
  const info = sequence(integer(0), sequence(), embedded(spki), tagged(0));
  const parameters = publicKey.asymmetricKeyType === "rsa" ? [nothing()] : [];
  const signature = sign(hash, encode(info), by);
  return pem("CERTIFICATE REQUEST", encode(sequence(info, sequence(oid(algorithm), ...parameters), bits(signature))));
}

export function ecRequest(): Request {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return { pem: requestOf(publicKey, { by: privateKey, algorithm: OID.ecdsaWithSha256 }), key: exported(privateKey) };
}

export function rsaRequest(modulusLength: number): Request {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength });
  return { pem: requestOf(publicKey, { by: privateKey, algorithm: OID.rsaWithSha256 }), key: exported(privateKey) };
}

/** Posts the request, as far as the page on which the phone confirms it. */
export async function asked(visitor: Visitor, csr: string): Promise<Page> {
  return visitor.submit(await visitor.open("/account/certificates/new"), "next", { csr });
}

/** Alice with her phone, at her account page. */
export async function aliceAt(world: World) {
  const phone = await onlinePhone(world);
  const { visitor } = await atAccount(world);
  return { phone, visitor };
}

export interface Issued extends Request {
  page: Page;
  certificate: X509Certificate;
  /** Of the page's file: her own certificate, then the authority's. */
  chain: string;
  /** 34 hexadecimal digits. */
  serial: string;
}

/** A certificate, by the pages and the phone. */
export async function issued(
  world: World,
  { visitor, phone }: Awaited<ReturnType<typeof aliceAt>>,
  request = ecRequest(),
): Promise<Issued> {
  const page = await confirmBy(world, visitor, await asked(visitor, request.pem), phone);
  const serial = page.url.split("/").at(-1) ?? "";
  const chain = (await visitor.open(`${page.url}/certificate.pem`)).html.text;
  return { ...request, page, chain, serial, certificate: new X509Certificate(chain) };
}

export async function authorityOf(world: World): Promise<X509Certificate> {
  const answer = await fetch(`${world.issuer}/certificates/authority.cer`);
  return new X509Certificate(Buffer.from(await answer.arrayBuffer()));
}

/** What a list says, as far as it is looked at. */
export async function listOf(world: World) {
  const answer = await fetch(`${world.issuer}/certificates/revoked.crl`);
  const der = Buffer.from(await answer.arrayBuffer());
  const members = membersOf(membersOf(embedded(der))?.[0]) ?? [];
  const lines = membersOf(members[5]) ?? [];
  const revoked = lines.map((line) =>
    Buffer.from(encode(membersOf(line)?.[0] ?? nothing()).subarray(2)).toString("hex"),
  );
  return { der, revoked, number: listNumber(members[6] ?? members[5]), headers: answer.headers };
}

/** In the extensions, behind the authority's key. */
function listNumber(extensions: Block | undefined): number | undefined {
  const [, number] = membersOf(decode(encode(extensions ?? nothing()).subarray(2))) ?? [];
  const value = decode(octetsIn(membersOf(number)?.[1]) ?? new Uint8Array());
  return value === undefined ? undefined : Number.parseInt(Buffer.from(encode(value).subarray(2)).toString("hex"), 16);
}
