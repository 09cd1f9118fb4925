import { createDecipheriv, createECDH, createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:https";
import { decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { type PushHost, parsePushHosts } from "../../src/config/push.ts";
import type { PushNetwork } from "../../src/push/network.ts";
import type { Subscription } from "../../src/push/subscription.ts";
import { certificates, key, NAME } from "./push-certificate.ts";

/** What came for one phone, once it was opened. */
export interface Received {
  path: string;
  content: string;
  headers: Record<string, string | string[] | undefined>;
  /** What the provider has shown of itself (RFC 8292). */
  vapid: { key: string; claims: Record<string, unknown>; typ: string | undefined };
}

/** A phone's end of Web Push: the keys stay here (RFC 8291 section 2.1). */
interface Browser {
  ecdh: ReturnType<typeof createECDH>;
  auth: Buffer;
}

export type PushService = Awaited<ReturnType<typeof startPushService>>;

/** A push service over TLS, as RFC 8030 has it, that also opens what it is given, as the phone would; the name leads to this machine. */
export async function startPushService(shows: keyof typeof certificates = "own") {
  const browsers = new Map<string, Browser>();
  const received: Received[] = [];
  /** What it answers; `undefined` is nothing at all. */
  const says: { status: number | undefined; headers: Record<string, string>; before?: () => Promise<unknown> } = {
    status: 201,
    headers: {},
  };
  /** What was wrong with a request, where anything was: a test that pushes looks that it is empty. */
  const faults: string[] = [];
  let calls = 0;

  const server = createServer({ key, cert: certificates[shows] }, (request, response) => {
    calls += 1;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      try {
        await says.before?.();
        received.push(await open(request.url ?? "", request.headers, Buffer.concat(chunks)));
      } catch (error) {
        faults.push(String(error));
      }
      if (says.status !== undefined) response.writeHead(says.status, says.headers).end("an answer that nobody reads");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { port } = address;
  const origin = `https://${NAME}:${port}`;

  const open = async (path: string, headers: Received["headers"], body: Buffer): Promise<Received> => {
    const browser = browsers.get(path);
    if (browser === undefined) throw new Error(`no phone is at ${path}`);
    if (headers["content-encoding"] !== "aes128gcm") throw new Error("it is not encrypted as RFC 8188 has it");
    return { path, content: decrypted(body, browser), headers, vapid: await shown(headers["authorization"], origin) };
  };

  return {
    received,
    faults,
    says,
    calls: () => calls,
    /** For `createSendPush`, and for a world. */
    network: { addressOf: async () => "127.0.0.1", ca: certificates.own + certificates.other } satisfies PushNetwork,
    hosts: hostsOf(`${NAME}:${port}`),
    /** A browser subscribes; as `PushSubscription.toJSON()` gives it. */
    subscribe(): Subscription & { expirationTime: null } {
      const path = `/push/${randomBytes(16).toString("base64url")}`;
      const ecdh = createECDH("prime256v1");
      const p256dh = ecdh.generateKeys().toString("base64url");
      const auth = randomBytes(16);
      browsers.set(path, { ecdh, auth });
      return { endpoint: origin + path, expirationTime: null, keys: { p256dh, auth: auth.toString("base64url") } };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function hostsOf(given: string): readonly PushHost[] {
  const hosts = parsePushHosts(given);
  if (!Array.isArray(hosts)) throw new Error(`"${given}" names no host`);
  return hosts;
}

/** `Authorization: vapid t=<JWT>, k=<key>`, verified (RFC 8292 sections 2 and 3). */
async function shown(given: string | string[] | undefined, origin: string): Promise<Received["vapid"]> {
  const [, token = "", key = ""] = /^vapid t=([^,]+), k=([A-Za-z0-9_-]+)$/.exec(String(given)) ?? [];
  const point = Buffer.from(key, "base64url");
  if (point.length !== 65 || point[0] !== 4) throw new Error("k is no point of P-256");
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString("base64url"));
  const jwk = await importJWK({ kty: "EC", crv: "P-256", x: x ?? "", y: y ?? "" }, "ES256");
  const { payload } = await jwtVerify(token, jwk, { audience: origin, algorithms: ["ES256"] });
  return { key, claims: payload, typ: decodeProtectedHeader(token).typ };
}

/** RFC 8291 section 3.4 and RFC 8188 section 2, step by step. */
function decrypted(body: Buffer, { ecdh, auth }: Browser): string {
  const salt = body.subarray(0, 16);
  const idLength = body.readUInt8(20);
  const sender = body.subarray(21, 21 + idLength);
  const record = body.subarray(21 + idLength);
  const secret = ecdh.computeSecret(sender);
  const info = Buffer.concat([Buffer.from("WebPush: info\0"), ecdh.getPublicKey(), sender]);
  const ikm = expand(extract(auth, secret), info, 32);
  const prk = extract(salt, ikm);
  const key = expand(prk, Buffer.from("Content-Encoding: aes128gcm\0"), 16);
  const nonce = expand(prk, Buffer.from("Content-Encoding: nonce\0"), 12);
  const decipher = createDecipheriv("aes-128-gcm", key, nonce);
  decipher.setAuthTag(record.subarray(-16));
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error("the last record does not end");
  return padded.subarray(0, end).toString();
}

function extract(salt: Buffer, secret: Buffer): Buffer {
  return createHmac("sha256", salt).update(secret).digest();
}

/** One block is enough. */
function expand(key: Buffer, info: Buffer, length: number): Buffer {
  return createHmac("sha256", key).update(info).update(Buffer.of(1)).digest().subarray(0, length);
}
