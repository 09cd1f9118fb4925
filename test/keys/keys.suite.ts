import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createLocalJWKSet, exportJWK, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { DAY } from "../../src/clock.ts";
import type { Database, Engine } from "../../src/database/database.ts";
import { type Keys, listKeys, loadKeys } from "../../src/keys/keys.ts";
import { KeysError } from "../../src/keys/making.ts";
import { createSealer, masterKeyId } from "../../src/secrecy.ts";
import { freshDatabase } from "../support/databases.ts";

const NOON = 1_795_392_000_000;
const MASTER = randomBytes(32);
const random = { bytes: (length: number) => randomBytes(length) };
const OTHER = fileURLToPath(new URL("./other-process.ts", import.meta.url));

function load(database: Database, masterKeys: readonly Uint8Array[] = [MASTER]): Promise<Keys> {
  return loadKeys({ database, sealer: createSealer(masterKeys, random), clock: () => NOON, random });
}

/** SEC 1 section 2.3.3, without compression. */
function pointOf({ x = "", y = "" }: JWK): string {
  return Buffer.from(
    `04${[x, y].map((half) => Buffer.from(half, "base64url").toString("hex")).join("")}`,
    "hex",
  ).toString("base64url");
}

export function describeKeys(engine: Engine): void {
  describe(`keys on ${engine}`, () => {
    test("the first start makes them: token keys by preference, and confirmation keys of their own", async () => {
      await using fresh = await freshDatabase(engine);
      const keys = await load(fresh.database);
      expect(keys.token.map(({ alg, use, kty, crv }) => ({ alg, use, kty, crv }))).toEqual([
        { alg: "ES256", use: "sig", kty: "EC", crv: "P-256" },
        { alg: "EdDSA", use: "sig", kty: "OKP", crv: "Ed25519" },
        { alg: "RS256", use: "sig", kty: "RSA", crv: undefined },
      ]);
      expect(Buffer.from(keys.token[2]?.n ?? "", "base64url")).toHaveLength(2048 / 8);
      expect(keys.confirmation.kid).toHaveLength(8);
      expect(keys.confirmation.alg).toBe("ES256");
      expect([keys.digest.length, keys.pairwise.length, keys.cookies.length]).toEqual([32, 32, 1]);
      const kids = [...keys.token, ...keys.confirmationSet.keys].map(({ kid }) => kid);
      expect(new Set(kids).size).toBe(4);
    });

    test("each key signs what its public half verifies", async () => {
      await using fresh = await freshDatabase(engine);
      const { token, confirmation, confirmationSet } = await load(fresh.database);
      const pairs = [...token, confirmation.privateJwk];
      for (const jwk of pairs) {
        const { alg = "", kid = "" } = jwk;
        const key = await importJWK(jwk, alg);
        const signed = await new SignJWT({}).setProtectedHeader({ alg, kid }).sign(key);
        const { d: _, p, q, dp, dq, qi, ...publicJwk } = jwk;
        const set = token.includes(jwk) ? { keys: [publicJwk] } : confirmationSet;
        await expect(jwtVerify(signed, createLocalJWKSet(set))).resolves.toBeDefined();
      }
    });

    test("every later start gets the same", async () => {
      await using fresh = await freshDatabase(engine);
      const first = await load(fresh.database);
      expect(await load(fresh.database)).toEqual(first);
    });

    test("several processes that start at once on an empty database get the same", async () => {
      await using fresh = await freshDatabase(engine);
      const startOne = () => promisify(execFile)(process.execPath, [OTHER, fresh.url, MASTER.toString("hex")]);
      const started = await Promise.all([startOne(), startOne(), startOne()]);
      expect(new Set(started.map(({ stdout }) => stdout.trim())).size).toBe(1);
      expect(await listKeys(fresh.database, NOON)).toHaveLength(9);
    });

    test("an older database, which has none for certificates or pushes, gets these and keeps the others", async () => {
      await using fresh = await freshDatabase(engine);
      const { certificate: _, push: __, ...first } = await load(fresh.database);
      await fresh.database.rows("DELETE FROM key WHERE purpose IN ('certificate', 'push')");
      const { certificate, push, ...others } = await load(fresh.database);
      expect(others).toEqual(first);
      expect(certificate.privateJwk).toMatchObject({ kty: "EC", crv: "P-256", kid: certificate.kid });
      expect(push.privateJwk).toMatchObject({ kty: "EC", crv: "P-256" });
      expect(push.publicKey).toBe(pointOf(push.privateJwk));
      expect(await load(fresh.database)).toMatchObject({ certificate, push });
      expect(await listKeys(fresh.database, NOON)).toHaveLength(9);
    });

    test("one that has lost another of them does not start", async () => {
      await using fresh = await freshDatabase(engine);
      await load(fresh.database);
      await fresh.database.rows("DELETE FROM key WHERE purpose IN ('digest', 'certificate')");
      await expect(load(fresh.database)).rejects.toThrow("The database has no digest key: restore it from a backup.");
    });

    test("their making is an event, in the same transaction", async () => {
      await using fresh = await freshDatabase(engine);
      await load(fresh.database);
      const events = await fresh.database.rows<{ type: string; detail: string }>("SELECT type, detail FROM event");
      expect(events.map(({ type }) => type)).toEqual(["keys.created"]);
      const kids = (await listKeys(fresh.database, NOON)).map(({ id }) => id);
      expect(JSON.parse(events[0]?.detail ?? "").kids.sort()).toEqual(kids.sort());
    });

    test("no secret half is readable in the database", async () => {
      await using fresh = await freshDatabase(engine);
      const keys = await load(fresh.database);
      const stored = JSON.stringify(await fresh.database.rows("SELECT * FROM key"));
      const secrets = [
        ...keys.token.map(({ d }) => d),
        keys.confirmation.privateJwk.d,
        ...keys.cookies,
        Buffer.from(keys.digest).toString("base64url"),
        Buffer.from(keys.pairwise).toString("base64url"),
      ];
      expect(secrets).toHaveLength(7);
      for (const secret of secrets) expect(stored).not.toContain(secret);
      expect(JSON.stringify(keys.confirmationSet)).not.toContain('"d"');
    });

    test("a wrong master key is told in one sentence that names the right one", async () => {
      await using fresh = await freshDatabase(engine);
      await load(fresh.database);
      const error: unknown = await load(fresh.database, [randomBytes(32)]).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(KeysError);
      expect(String(error)).toContain(`they are sealed under the master key ${masterKeyId(MASTER)}; give that key`);
      await expect(load(fresh.database, [randomBytes(32), MASTER])).resolves.toBeDefined();
    });

    test("a retired confirmation key signs no more, and what it signed is verified for ever", async () => {
      await using fresh = await freshDatabase(engine);
      const { database } = fresh;
      const kept = (await load(database)).confirmation;
      const { publicKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
      const old = { ...(await exportJWK(publicKey)), kid: "retired1", alg: "ES256", use: "sig" };
      await database.rows(
        `INSERT INTO key (id, purpose, alg, public_jwk, private_sealed, status, created_at, retired_at)
         VALUES ('retired1', 'confirmation', 'ES256', ?, NULL, 'retired', ?, ?)`,
        [JSON.stringify(old), NOON - DAY, NOON],
      );
      const keys = await load(database);
      expect(keys.confirmation).toEqual(kept);
      expect(keys.confirmationSet.keys).toEqual([kept.publicJwk, old]);
      const retired = (await listKeys(database, NOON)).filter(({ state }) => state === "former");
      expect(retired).toEqual([
        {
          id: "retired1",
          purpose: "confirmation",
          alg: "ES256",
          state: "former",
          createdAt: NOON - DAY,
          signsAt: undefined,
          retiredAt: NOON,
          endsAt: undefined,
        },
      ]);
    });
  });
}
