import { CompactSign, type CryptoKey, compactVerify, decodeProtectedHeader, type JSONWebKeySet, type JWK } from "jose";
import type { Challenge } from "./challenge.ts";
import { deflate, inflate } from "./deflate.ts";
import { ok, type Parsed, refused } from "./parsed.ts";
import { type OperationStatement, parseStatement } from "./statement.ts";

/** The JWS of PROTOCOL section 4 has this `typ`, and `zip` as SMART Health Cards do. */
const TYPE = "enum-statement+jwt";
const ALGORITHM = "ES256";
const ZIP = "DEF";

// An operation has at most 5 kB as JSON; the rest is the client's name and the claims.
const MAX_INFLATED = 16_384;
// Deflated and in base64url no honest token comes near it.
const MAX_TOKEN = 16_384;

export type StatementToken = {
  readonly issuer: string;
  readonly statement: OperationStatement;
  /** Only in a QR; what the device API sends never holds it. */
  readonly challenge?: Challenge;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  /** Seconds since 1970. */
  readonly expiresAt: number;
};

/** The phone only tells the person about a time that looks wrong: expiry is the server's business. */
export type TokenTime = "fits" | "expired" | "not-yet-valid";

export type StatementTokenReason =
  | "not-a-token"
  | "wrong-type"
  | "wrong-algorithm"
  | "unknown-key"
  | "wrong-signature"
  | "too-large"
  | "not-deflated"
  | "bad-claims"
  | "wrong-issuer"
  | "wrong-challenge"
  | "bad-statement";

/** A compact JWS by the confirmations key `kid`. */
export async function signStatement(token: StatementToken, key: CryptoKey | JWK, kid: string): Promise<string> {
  const claims = {
    iss: token.issuer,
    iat: token.issuedAt,
    exp: token.expiresAt,
    statement: token.statement,
    challenge: token.challenge,
  };
  const payload = await deflate(new TextEncoder().encode(JSON.stringify(claims)));
  return new CompactSign(payload).setProtectedHeader({ alg: ALGORITHM, typ: TYPE, zip: ZIP, kid }).sign(key);
}

/**
 * What a phone checks before it shows an operation: type, algorithm, key, signature, issuer and, for a QR, the check number.
 * `challenge` is the QR's `c`; leave it out for a token that came from the device API.
 * `now` is in seconds since 1970.
 */
export async function verifyStatement(
  token: string,
  expected: {
    readonly keys: JSONWebKeySet;
    readonly issuer: string;
    readonly challenge?: Challenge;
    readonly now: number;
  },
): Promise<Parsed<StatementToken & { readonly time: TokenTime }, StatementTokenReason>> {
  const key = keyOf(token, expected.keys);
  if (!key.ok) return key;
  let payload: Uint8Array;
  try {
    ({ payload } = await compactVerify(token, key.value, { algorithms: [ALGORITHM] }));
  } catch {
    return refused("wrong-signature");
  }
  const json = await inflate(new Uint8Array(payload), MAX_INFLATED);
  if (!json.ok) return json;
  const claims = parseClaims(json.value);
  if (claims === undefined) return refused("bad-claims");
  if (claims.iss !== expected.issuer) return refused("wrong-issuer");
  if (expected.challenge !== undefined && claims.challenge !== expected.challenge) return refused("wrong-challenge");
  const statement = parseStatement(claims.statement);
  if (!statement.ok || statement.value.mode !== "operation") return refused("bad-statement");
  return ok({
    issuer: expected.issuer,
    statement: statement.value,
    ...(expected.challenge === undefined ? {} : { challenge: expected.challenge }),
    issuedAt: claims.iat,
    expiresAt: claims.exp,
    time: timeOf(claims, expected.now),
  });
}

function keyOf(token: string, keys: JSONWebKeySet): Parsed<JWK, StatementTokenReason> {
  if (token.length > MAX_TOKEN) return refused("too-large");
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(token);
  } catch {
    return refused("not-a-token");
  }
  if (header.typ !== TYPE || header["zip"] !== ZIP) return refused("wrong-type");
  if (header.alg !== ALGORITHM) return refused("wrong-algorithm");
  const key = keys.keys.find(({ kid }) => kid !== undefined && kid === header.kid);
  return key === undefined ? refused("unknown-key") : ok(key);
}

type Claims = { iss: string; iat: number; exp: number; challenge: unknown; statement: unknown };

function parseClaims(bytes: Uint8Array): Claims | undefined {
  let claims: unknown;
  try {
    claims = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (typeof claims !== "object" || claims === null) return undefined;
  if (!("iss" in claims && "iat" in claims && "exp" in claims && "statement" in claims)) return undefined;
  const { iss, iat, exp, statement } = claims;
  if (typeof iss !== "string" || typeof iat !== "number" || typeof exp !== "number") return undefined;
  return { iss, iat, exp, statement, challenge: "challenge" in claims ? claims.challenge : undefined };
}

// A minute either way is no wrong time: two clocks seldom agree to the second.
const LEEWAY = 60;

function timeOf({ iat, exp }: Claims, now: number): TokenTime {
  if (now > exp + LEEWAY) return "expired";
  return now < iat - LEEWAY ? "not-yet-valid" : "fits";
}
