/**
 * Owns the keys of this installation, which every node shares: made at first start, sealed under the master key, kept in the database.
 * It does not know what is signed or digested with them.
 * Control enters by `loadKeys` before the app is built; `ring.ts` follows what changes while a server runs, and `rotation.ts` changes it.
 */
import type { JWK } from "jose";
import { createAudit } from "../audit/audit.ts";
import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { KeysError, type KeysPorts, makers, openRow, TOKEN_ALGORITHMS } from "./making.ts";
import { inOrder, type KeyState, stateOf } from "./rules.ts";
import { allKeys, insertKey, type KeyRow, type Purpose } from "./store.ts";

/** As they are at one moment. */
export interface Keys {
  /** 32 bytes, for the digests of bearer secrets. */
  digest: Uint8Array;
  /** For signed cookies; the first signs, all verify. */
  cookies: string[];
  /** 32 bytes, for pairwise subjects: it must never change, or every site loses its people. */
  pairwise: Uint8Array;
  /** Those that sign: private JWKs with `kid`, `alg` and `use`, in the order ES256, EdDSA, RS256. */
  token: JWK[];
  /** Public halves of the others that are published: those that will sign, and those whose signatures still hold. */
  otherTokens: JWK[];
  /** For statements and receipts alone (PROTOCOL 10): the one that signs; `kid` has eight characters, since it stands in QRs. */
  confirmation: { kid: string; alg: "ES256"; privateJwk: JWK; publicJwk: JWK };
  /** Its public half, with those that will sign and the retired ones: receipts are verified long after. */
  confirmationSet: { keys: JWK[] };
  /** ES256, of the authority that signs client certificates; it signs nothing else. */
  certificate: { kid: string; privateJwk: JWK };
  /** ES256, by which push services know this provider (RFC 8292); phones bind their subscriptions to `publicKey`, a point as base64url. */
  push: { publicKey: string; privateJwk: JWK };
}

/** What an operator may see of a key. */
export interface KeyDescription {
  id: string;
  purpose: Purpose;
  alg: string | undefined;
  state: KeyState;
  createdAt: Millis;
  /** Where it was made ahead. */
  signsAt: Millis | undefined;
  /** When another takes its place, which may be yet to come. */
  retiredAt: Millis | undefined;
  /** When nothing that it has signed holds any more. */
  endsAt: Millis | undefined;
}

const SYMMETRIC: readonly Purpose[] = ["digest", "cookie", "pairwise"];
/** What came to be after the first installations: made where it is missing. Without one of the others a database is not whole. */
const LATER: readonly Purpose[] = ["certificate", "push"];

/** Reads the keys, and makes them where there are none; however many nodes start at once, all get the same. Throws KeysError. */
export async function loadKeys(ports: KeysPorts): Promise<Keys> {
  const { database } = ports;
  const found = await allKeys(database);
  if (isWhole(found)) return assemble(found, ports);
  await database.alone(async () => {
    // Another node may have made them while we waited for the lock.
    const there = await allKeys(database);
    if (isWhole(there)) return;
    const made = there.length > 0 ? await makeLater(ports, there) : await makeKeys(ports);
    await database.transaction((sql) => keep(sql, made, ports));
  });
  return assemble(await allKeys(database), ports);
}

/** All keys, retired ones as well, the newest first, and what each is `now`; needs no master key. */
export async function listKeys(sql: Sql, now: Millis): Promise<KeyDescription[]> {
  const rows = await allKeys(sql);
  return rows.map((row) => ({
    id: row.id,
    purpose: row.purpose,
    alg: row.alg ?? undefined,
    state: stateOf(row, now),
    createdAt: row.created_at,
    signsAt: row.signs_at ?? undefined,
    retiredAt: row.retired_at ?? undefined,
    endsAt: row.ends_at ?? undefined,
  }));
}

function isWhole(rows: readonly KeyRow[]): boolean {
  return rows.length > 0 && LATER.every((purpose) => rows.some((row) => row.purpose === purpose));
}

async function makeKeys(ports: KeysPorts): Promise<KeyRow[]> {
  const { pair, symmetric } = makers(ports);
  const token = await Promise.all(TOKEN_ALGORITHMS.map((alg) => pair("token", alg)));
  const confirmation = await pair("confirmation", "ES256");
  return [...SYMMETRIC.map(symmetric), ...token, confirmation, ...(await makeLater(ports, []))];
}

function makeLater(ports: KeysPorts, there: readonly KeyRow[]): Promise<KeyRow[]> {
  const missing = LATER.filter((purpose) => there.every((row) => row.purpose !== purpose));
  const { pair } = makers(ports);
  return Promise.all(missing.map((purpose) => pair(purpose, "ES256")));
}

async function keep(sql: Sql, rows: readonly KeyRow[], { clock, random }: KeysPorts): Promise<void> {
  for (const row of rows) await insertKey(sql, row);
  await createAudit({ clock, random }).append(sql, {
    type: "keys.created",
    detail: { kids: rows.map(({ id }) => id) },
  });
}

/** What `rows` are by the ports' clock. Throws KeysError. */
export function assemble(rows: readonly KeyRow[], { sealer, clock }: Pick<KeysPorts, "sealer" | "clock">): Keys {
  const now = clock();
  const good = (purpose: Purpose, alg?: string) =>
    inOrder(
      rows.filter((row) => row.purpose === purpose && (alg === undefined || row.alg === alg)),
      now,
    );
  const bytes = (purpose: Purpose): Uint8Array => {
    const [first] = good(purpose);
    if (first === undefined) throw new KeysError(`The database has no ${purpose} key: restore it from a backup.`);
    return Buffer.from(openRow(first, sealer), "base64url");
  };
  const only = (purpose: Purpose): { row: KeyRow; privateJwk: JWK } => {
    const [row] = good(purpose);
    if (row === undefined || row.private_sealed === null)
      throw new KeysError(`The database has no active ${purpose} key: restore it from a backup.`);
    return { row, privateJwk: parseJwk(openRow(row, sealer)) };
  };
  const tokens = TOKEN_ALGORITHMS.map((alg) => good("token", alg)).filter(([first]) => first?.private_sealed != null);
  const confirmation = only("confirmation");
  const certificate = only("certificate");
  const push = only("push");
  return {
    digest: bytes("digest"),
    cookies: good("cookie").map((row) => openRow(row, sealer)),
    pairwise: bytes("pairwise"),
    token: tokens.flatMap(([first]) => (first === undefined ? [] : [parseJwk(openRow(first, sealer))])),
    otherTokens: tokens.flatMap(([, ...others]) => others.flatMap(publicOf)),
    confirmation: {
      kid: confirmation.row.id,
      alg: "ES256",
      privateJwk: confirmation.privateJwk,
      publicJwk: parseJwk(confirmation.row.public_jwk ?? "{}"),
    },
    confirmationSet: publicSet(rows, now),
    certificate: { kid: certificate.row.id, privateJwk: certificate.privateJwk },
    push: { publicKey: pointOf(parseJwk(push.row.public_jwk ?? "{}")), privateJwk: push.privateJwk },
  };
}

/** The keys that verify statements and receipts, retired ones as well; needs no master key. */
export async function readConfirmationSet(sql: Sql, now: Millis): Promise<{ keys: JWK[] }> {
  return publicSet(await allKeys(sql), now);
}

function publicSet(rows: readonly KeyRow[], now: Millis): { keys: JWK[] } {
  const good = rows.filter((row) => row.purpose === "confirmation" && stateOf(row, now) !== "over");
  return { keys: good.flatMap(publicOf) };
}

function publicOf({ public_jwk: text }: KeyRow): JWK[] {
  return text === null ? [] : [parseJwk(text)];
}

/** Without compression (SEC 1 section 2.3.3), as browsers take it: 65 bytes. */
function pointOf({ x = "", y = "" }: JWK): string {
  return Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]).toString("base64url");
}

/** Both halves were written by `makers`. */
function parseJwk(text: string): JWK {
  return JSON.parse(text);
}
