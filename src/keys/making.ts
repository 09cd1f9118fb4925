/** New keys, and how one is sealed and opened in its row. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { type Random, randomId } from "../random.ts";
import { placeIn, type SealedColumn, type Sealer } from "../secrecy.ts";
import type { KeyRow, Purpose } from "./store.ts";

/** The message is one sentence for the operator. */
export class KeysError extends Error {}

export interface KeysPorts {
  database: Database;
  sealer: Sealer;
  clock: Clock;
  random: Random;
}

export const SEALED_KEYS: SealedColumn = {
  table: "key",
  column: "private_sealed",
  name: "private_sealed",
  key: ["id"],
  row: ["id"],
  at: "created_at",
};

/** The first match of `alg` signs: ES256 is fast everywhere, RS256 is for sites that know nothing else. */
export const TOKEN_ALGORITHMS = ["ES256", "EdDSA", "RS256"] as const;
/** As long as the output of the HMACs (SHA-256) that they key (RFC 2104 section 3). */
const SYMMETRIC_BYTES = 32;
/** It stands in QRs. */
const CONFIRMATION_KID_LENGTH = 8;

/** Makes keys that sign from now on. */
export function makers({ sealer, clock, random }: KeysPorts) {
  const now = clock();
  const row = (id: string, purpose: Purpose, secret: string, alg?: string, publicJwk?: JWK): KeyRow => ({
    id,
    purpose,
    alg: alg ?? null,
    public_jwk: publicJwk === undefined ? null : JSON.stringify(publicJwk),
    private_sealed: sealer.seal(secret, placeIn(SEALED_KEYS, id)),
    status: "active",
    created_at: now,
    signs_at: null,
    retired_at: null,
    ends_at: null,
  });
  const pair = async (purpose: Purpose, alg: string) => {
    const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 2048 });
    const publicJwk = await exportJWK(publicKey);
    const length = purpose === "confirmation" ? CONFIRMATION_KID_LENGTH : undefined;
    const kid = (await calculateJwkThumbprint(publicJwk)).slice(0, length);
    const named = { kid, alg, use: "sig" };
    const secret = JSON.stringify({ ...(await exportJWK(privateKey)), ...named });
    return row(kid, purpose, secret, alg, { ...publicJwk, ...named });
  };
  const symmetric = (purpose: Purpose) =>
    row(randomId(random), purpose, Buffer.from(random.bytes(SYMMETRIC_BYTES)).toString("base64url"));
  return { pair, symmetric };
}

export function openRow(row: KeyRow, sealer: Sealer): string {
  try {
    return sealer.open(row.private_sealed ?? "", placeIn(SEALED_KEYS, row.id)).toString();
  } catch (cause) {
    const [, sealedUnder] = (row.private_sealed ?? "").split(".");
    throw new KeysError(
      `The master key does not open the keys in the database: they are sealed under the master key ${sealedUnder}; ` +
        "give that key in ENUM_ID_MASTER_KEY, or put its file back beside the database.",
      { cause },
    );
  }
}
