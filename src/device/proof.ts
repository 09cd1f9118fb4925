import { createHash } from "node:crypto";
import { decodeProtectedHeader, importJWK, type JWTPayload, jwtVerify } from "jose";
import type { Context } from "koa";
import { type Clock, epochSeconds, SECOND } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { Fault } from "../errors.ts";
import { readRaw } from "../http/body.ts";
import { type Digester, sameText } from "../secrecy.ts";
import type { Device, Devices, PublicKey } from "./device.ts";
import { goneKey } from "./gone.ts";

/** Seconds that a phone's clock may differ from ours, and that a proof may live (PROTOCOL 6). */
const WINDOW_SECONDS = 60;
const NO_BYTES = new Uint8Array();
/** As we make them; what a stranger writes instead goes to no database, which may choke on it (NUL in PostgreSQL). */
const DEVICE_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Reads `Authorization: Device <JWT>` and says which device sent this request, or throws what the phone is to be told. */
export type ProveDevice = (
  context: Context,
  options: { pendingToo: boolean },
) => Promise<Device & { body: Uint8Array }>;

export function createDeviceProof(ports: {
  database: Database;
  clock: Clock;
  digest: Digester;
  devices: Devices;
  issuer: string;
}): ProveDevice {
  return async (context, { pendingToo }) => {
    const [scheme, token, rest] = context.get("authorization").split(" ");
    if (scheme?.toLowerCase() !== "device" || token === undefined || rest !== undefined)
      throw refused("send Authorization: Device <JWT>");
    const id = deviceIdIn(token);
    const device = await ports.devices.byId(ports.database, id);
    // A phone forgets its account at our word: it is said to nobody whose key is not known here, as to all phones of another database.
    const key = device?.key ?? (await goneKey(ports.database, ports.digest, id));
    if (key === undefined) throw refused("there is no such device");
    const claims = await verified(token, key);
    // The proof covers the bytes as they came, also where none are expected.
    const body = context.method === "GET" ? NO_BYTES : await readRaw(context);
    checkClaims(claims, context, body, ports.issuer, epochSeconds(ports.clock()));
    if (device === undefined || device.status === "revoked") throw new Fault("device-revoked");
    if (device.status === "pending" && !pendingToo) throw new Fault("device-pending");
    // A call that only reads may come twice; one that changes something may not.
    if (context.method !== "GET") await spend(ports, device, String(claims.jti));
    await ports.devices.seen(ports.database, device);
    return { ...device, body };
  };
}

function deviceIdIn(token: string): string {
  try {
    const { kid, typ, alg } = decodeProtectedHeader(token);
    if (typ === "enum-device+jwt" && alg === "ES256" && typeof kid === "string" && DEVICE_ID.test(kid)) return kid;
  } catch {
    throw refused("the proof is not a JWT");
  }
  throw refused("the header needs typ enum-device+jwt, alg ES256 and kid");
}

async function verified(token: string, publicKey: PublicKey): Promise<JWTPayload> {
  try {
    const key = await importJWK({ ...publicKey }, "ES256");
    // Times are judged by checkClaims, on the server's own clock.
    const { payload } = await jwtVerify(token, key, { algorithms: ["ES256"], currentDate: new Date(0) });
    return payload;
  } catch {
    throw refused("the signature is not this device's");
  }
}

function checkClaims(claims: JWTPayload, context: Context, body: Uint8Array, issuer: string, now: number): void {
  const { aud, iat, exp, jti } = claims;
  if (aud !== issuer) throw refused(`aud must be ${issuer}`);
  if (iat === undefined || Math.abs(now - iat) > WINDOW_SECONDS)
    throw refused(`iat must be within ${WINDOW_SECONDS} s of now`);
  if (exp === undefined || exp < now || exp > iat + WINDOW_SECONDS)
    throw refused(`exp must be at most ${WINDOW_SECONDS} s after iat`);
  if (jti === undefined || !/^[A-Za-z0-9_-]{16,128}$/.test(jti))
    throw refused("jti must be 96 random bits or more, as base64url");
  if (claims["htm"] !== context.method) throw refused("htm must be the request's method");
  if (claims["htu"] !== `${issuer}${context.path}`) throw refused("htu must be the request's address without query");
  const expected = createHash("sha256").update(body).digest("base64url");
  if (typeof claims["bsh"] !== "string" || !sameText(claims["bsh"], expected))
    throw refused("bsh must be the body's SHA-256 as base64url");
}

async function spend(
  ports: { database: Database; clock: Clock; digest: Digester },
  device: Device,
  jti: string,
): Promise<void> {
  const statement =
    "INSERT INTO device_proof (id_digest, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id_digest";
  const until = ports.clock() + 3 * WINDOW_SECONDS * SECOND;
  const rows = await ports.database.rows(statement, [ports.digest("device-proof", `${device.id} ${jti}`), until]);
  if (rows.length === 0) throw refused("this jti was used before");
}

function refused(detail: string): Fault {
  return new Fault("invalid-proof", { detail });
}
