/**
 * Owns the keys of this installation, which every node shares: made at first start, sealed under the master key, kept in the database.
 * It does not know what is signed or digested with them.
 * Control enters once, by `loadKeys` before the app is built; a changed key is taken up at the next start.
 */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { createAudit } from "../audit/audit.ts";
import type { Clock, Millis } from "../clock.ts";
import type { Database, Sql } from "../database/database.ts";
import { type Random, randomId } from "../random.ts";
import type { Sealer } from "../secrecy.ts";
import { allKeys, insertKey, type KeyRow, type Purpose } from "./store.ts";

export interface Keys {
  /** 32 bytes, for the digests of bearer secrets. */
  digest: Uint8Array;
  /** For signed cookies; the first signs, all verify. */
  cookies: string[];
  /** 32 bytes, for pairwise subjects: it must never change, or every site loses its people. */
  pairwise: Uint8Array;
  /** Private JWKs with `kid`, `alg` and `use`, in the order ES256, EdDSA, RS256. */
  token: JWK[];
  /** For statements and receipts alone (PROTOCOL 10), the newest first; `kid` has eight characters, since it stands in QRs. */
  confirmation: { kid: string; alg: "ES256"; privateJwk: JWK; publicJwk: JWK }[];
  /** The public half of those, with the retired ones: receipts are verified long after. */
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
  status: "active" | "retired";
  createdAt: Millis;
  retiredAt: Millis | undefined;
}

/** The message is one sentence for the operator. */
export class KeysError extends Error {}

export interface KeysPorts {
  database: Database;
  sealer: Sealer;
  clock: Clock;
  random: Random;
}

/** The first match of `alg` signs: ES256 is fast everywhere, RS256 is for sites that know nothing else. */
const TOKEN_ALGORITHMS = ["ES256", "EdDSA", "RS256"] as const;
const SYMMETRIC: readonly Purpose[] = ["digest", "cookie", "pairwise"];
/** As long as the output of the HMACs (SHA-256) that they key (RFC 2104 section 3). */
const SYMMETRIC_BYTES = 32;
const CONFIRMATION_KID_LENGTH = 8;
/** What came to be after the first installations: made where it is missing. Without one of the others a database is not whole. */
const LATER: readonly Purpose[] = ["certificate", "push"];

/** Reads the keys, and makes them where there are none; however many nodes start at once, all get the same. Throws KeysError. */
export async function loadKeys(ports: KeysPorts): Promise<Keys> {
  const { database } = ports;
  const found = await allKeys(database);
  if (isWhole(found)) return assemble(found, ports.sealer);
  await database.alone(async () => {
    // Another node may have made them while we waited for the lock.
    const there = await allKeys(database);
    if (isWhole(there)) return;
    const made = there.length > 0 ? await makeLater(ports, there) : await makeKeys(ports);
    await database.transaction((sql) => keep(sql, made, ports));
  });
  return assemble(await allKeys(database), ports.sealer);
}

/** All keys, retired ones as well, the newest first; needs no master key. */
export async function listKeys(sql: Sql): Promise<KeyDescription[]> {
  const rows = await allKeys(sql);
  return rows.map((row) => ({
    id: row.id,
    purpose: row.purpose,
    alg: row.alg ?? undefined,
    status: row.status,
    createdAt: row.created_at,
    retiredAt: row.retired_at ?? undefined,
  }));
}

function isWhole(rows: readonly KeyRow[]): boolean {
  return rows.length > 0 && LATER.every((purpose) => rows.some((row) => row.purpose === purpose));
}

function makers({ sealer, clock, random }: KeysPorts) {
  const now = clock();
  const row = (id: string, purpose: Purpose, secret: string, alg?: string, publicJwk?: JWK): KeyRow => ({
    id,
    purpose,
    alg: alg ?? null,
    public_jwk: publicJwk === undefined ? null : JSON.stringify(publicJwk),
    private_sealed: sealer.seal(secret, placeOf(id)),
    status: "active",
    created_at: now,
    retired_at: null,
  });
  const pair = async (purpose: Purpose, alg: string, kidLength?: number) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
    const publicJwk = await exportJWK(publicKey);
    const kid = (await calculateJwkThumbprint(publicJwk)).slice(0, kidLength);
    const named = { kid, alg, use: "sig" };
    const secret = JSON.stringify({ ...(await exportJWK(privateKey)), ...named });
    return row(kid, purpose, secret, alg, { ...publicJwk, ...named });
  };
  const symmetric = (purpose: Purpose) =>
    row(randomId(random), purpose, Buffer.from(random.bytes(SYMMETRIC_BYTES)).toString("base64url"));
  return { pair, symmetric };
}

async function makeKeys(ports: KeysPorts): Promise<KeyRow[]> {
  const { pair, symmetric } = makers(ports);
  const token = await Promise.all(TOKEN_ALGORITHMS.map((alg) => pair("token", alg)));
  const confirmation = await pair("confirmation", "ES256", CONFIRMATION_KID_LENGTH);
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

function assemble(rows: readonly KeyRow[], sealer: Sealer): Keys {
  const active = (purpose: Purpose) => rows.filter((row) => row.purpose === purpose && row.status === "active");
  const secrets = (purpose: Purpose) => active(purpose).map((row) => openRow(row, sealer));
  const bytes = (purpose: Purpose): Uint8Array => {
    const [first] = secrets(purpose);
    if (first === undefined) throw new KeysError(`The database has no ${purpose} key: restore it from a backup.`);
    return Buffer.from(first, "base64url");
  };
  const tokenKeys = secrets("token").map(parseJwk);
  const only = (purpose: "certificate" | "push"): { row: KeyRow; privateJwk: JWK } => {
    const [row] = active(purpose);
    if (row === undefined) throw new KeysError(`The database has no active ${purpose} key: restore it from a backup.`);
    return { row, privateJwk: parseJwk(openRow(row, sealer)) };
  };
  const certificate = only("certificate");
  const push = only("push");
  return {
    digest: bytes("digest"),
    cookies: secrets("cookie"),
    pairwise: bytes("pairwise"),
    token: TOKEN_ALGORITHMS.flatMap((alg) => tokenKeys.filter((jwk) => jwk.alg === alg)),
    confirmation: active("confirmation").map((row) => ({
      kid: row.id,
      alg: "ES256",
      privateJwk: parseJwk(openRow(row, sealer)),
      publicJwk: parseJwk(row.public_jwk ?? "{}"),
    })),
    confirmationSet: publicSet(rows),
    certificate: { kid: certificate.row.id, privateJwk: certificate.privateJwk },
    push: { publicKey: pointOf(parseJwk(push.row.public_jwk ?? "{}")), privateJwk: push.privateJwk },
  };
}

/** The keys that verify statements and receipts, retired ones as well; needs no master key. */
export async function readConfirmationSet(sql: Sql): Promise<{ keys: JWK[] }> {
  return publicSet(await allKeys(sql));
}

function publicSet(rows: readonly KeyRow[]): { keys: JWK[] } {
  return {
    keys: rows.flatMap((row) =>
      row.purpose === "confirmation" && row.public_jwk !== null ? [parseJwk(row.public_jwk)] : [],
    ),
  };
}

/** Without compression (SEC 1 section 2.3.3), as browsers take it: 65 bytes. */
function pointOf({ x = "", y = "" }: JWK): string {
  return Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]).toString("base64url");
}

function openRow(row: KeyRow, sealer: Sealer): string {
  try {
    return sealer.open(row.private_sealed ?? "", placeOf(row.id)).toString();
  } catch (cause) {
    const [, sealedUnder] = (row.private_sealed ?? "").split(".");
    throw new KeysError(
      `The master key does not open the keys in the database: they are sealed under the master key ${sealedUnder}; ` +
        "give that key in ENUM_ID_MASTER_KEY, or put its file back beside the database.",
      { cause },
    );
  }
}

/** Both halves were written by `makeKeys`. */
function parseJwk(text: string): JWK {
  return JSON.parse(text);
}

function placeOf(id: string) {
  return { table: "key", column: "private_sealed", row: id };
}
