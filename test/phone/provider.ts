import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { CompactEncrypt, exportJWK, generateKeyPair, importJWK, type JWK, jwtVerify } from "jose";
import type { Challenge } from "../../src/e-num/challenge.ts";
import type { OperationStatement } from "../../src/e-num/statement.ts";
import { signStatement } from "../../src/e-num/statement-token.ts";

/**
 * A small provider over HTTP that behaves as PROTOCOL sections 5 and 6 say, and the world's knobs to turn:
 * what is wrong about it is set in `wrong`, what it was asked lies in `calls`.
 */
export type Provider = Awaited<ReturnType<typeof startProvider>>;

type Enrolled = { id: string; name: string; status: "pending" | "active" | "revoked"; key: JWK; pad: Buffer };
type Wrong = {
  issuer?: string;
  suite?: string;
  /** Seconds by which this provider's clock is ahead. */
  clock?: number;
  /** Instead of any answer. */
  answer?: { status: number; headers?: Record<string, string>; body: string };
};

export const CODE = "K7QF29XWTA";
export const EMAIL = "alice@example.org";

export async function startProvider() {
  const wrong: Wrong = {};
  const calls: { method: string; path: string; body: string }[] = [];
  const devices = new Map<string, Enrolled>();
  const codes = new Map([[`${EMAIL} ${CODE}`, true]]);
  const seen = new Set<string>();
  const requests: { id: string; statement?: string }[] = [];
  const pair = await generateKeyPair("ES256", { extractable: true });
  const keys: { kid: string; jwk: JWK }[] = [{ kid: "conf-001", jwk: await exportJWK(pair.publicKey) }];

  const now = () => Math.floor(Date.now() / 1000) + (wrong.clock ?? 0);
  const statementKeys = () => ({
    keys: [
      ...keys.map(({ kid, jwk }) => ({ ...jwk, kid, alg: "ES256", use: "sig" })),
      { kty: "OKP", crv: "Ed448", x: "AA", kid: "later" },
    ],
  });

  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const issuer = `http://127.0.0.1:${address.port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await request.setEncoding("utf8").toArray()).join("");
    const { method = "", url = "" } = request;
    const { pathname } = new URL(url, issuer);
    calls.push({ method, path: pathname, body });
    if (wrong.answer !== undefined) {
      response.writeHead(wrong.answer.status, wrong.answer.headers).end(wrong.answer.body);
      return;
    }
    if (method === "POST" && pathname === "/device/v1/activations") return enrol(JSON.parse(body), response);
    const device = await proven(request, body, response);
    if (device === undefined) return;
    if (method === "GET" && pathname === "/device/v1") {
      const { id, name, status } = device;
      const account = { email_hint: "a•••@example.org" };
      return send(response, 200, {
        device: { id, name, status },
        account,
        issuer: wrong.issuer ?? issuer,
        pad_version: 1,
        statement_keys: statementKeys(),
      });
    }
    if (method === "DELETE" && pathname === "/device/v1") {
      device.status = "revoked";
      response.writeHead(204).end();
      return;
    }
    if (device.status === "pending") return refuse(response, 403, "device-pending");
    if (method === "GET" && pathname === "/device/v1/requests")
      return send(response, 200, { requests: requests.map(described), cursor: "1" });
    return refuse(response, 404, "not-found");
  }

  async function enrol(asked: Record<string, unknown>, response: ServerResponse): Promise<void> {
    const { identifier, code, name, key, agreement_key: agreement } = asked;
    if (!isJwk(key) || !isJwk(agreement) || typeof name !== "string" || "d" in key || "d" in agreement)
      return refuse(response, 400, "invalid-request");
    if (!codes.delete(`${identifier} ${code}`)) return refuse(response, 400, "invalid-code");
    const device: Enrolled = { id: `dev-${devices.size + 1}`, name, status: "pending", key, pad: randomBytes(32) };
    devices.set(device.id, device);
    const plain = {
      version: 1,
      suite: wrong.suite ?? "OCRA-1:HOTP-SHA256-7:QN08-S032",
      k: device.pad.toString("base64url"),
    };
    const pad = await new CompactEncrypt(Buffer.from(JSON.stringify(plain)))
      .setProtectedHeader({ alg: "ECDH-ES", enc: "A256GCM" })
      .encrypt(await importJWK(agreement, "ECDH-ES"));
    send(response, 201, {
      device: { id: device.id, name, status: "pending" },
      account: { email_hint: "a•••@example.org" },
      issuer: wrong.issuer ?? issuer,
      pad,
      statement_keys: statementKeys(),
    });
  }

  /** Section 6, word for word. */
  async function proven(
    request: IncomingMessage,
    body: string,
    response: ServerResponse,
  ): Promise<Enrolled | undefined> {
    const [scheme, jwt = ""] = (request.headers.authorization ?? "").split(" ");
    const kid = String(JSON.parse(Buffer.from(jwt.split(".")[0] ?? "", "base64url").toString() || "{}").kid);
    const device = devices.get(kid);
    const refusal = () => refuse(response, 401, "invalid-proof", { now: new Date(now() * 1000).toISOString() });
    if (scheme !== "Device" || device === undefined) return refusal();
    try {
      const { payload, protectedHeader } = await jwtVerify(jwt, await importJWK(device.key, "ES256"), {
        algorithms: ["ES256"],
        typ: "enum-device+jwt",
        audience: issuer,
        currentDate: new Date(now() * 1000),
        requiredClaims: ["iat", "exp", "jti", "htm", "htu", "bsh"],
      });
      const { iat = 0, exp = 0, jti = "" } = payload;
      const fits =
        Object.keys(protectedHeader).length === 3 &&
        Math.abs(iat - now()) <= 60 &&
        exp - iat <= 60 &&
        Buffer.from(jti, "base64url").length >= 12 &&
        !seen.has(jti) &&
        payload["htm"] === request.method &&
        payload["htu"] === issuer + new URL(request.url ?? "", issuer).pathname &&
        payload["bsh"] === createHash("sha256").update(body).digest("base64url");
      if (!fits) return refusal();
      seen.add(jti);
    } catch {
      return refusal();
    }
    if (device.status !== "revoked") return device;
    return refuse(response, 401, "device-revoked");
  }

  return {
    issuer,
    wrong,
    calls,
    devices,
    requests,
    /** One more code, for an account of this e-mail. */
    offer: (email: string, code: string) => codes.set(`${email} ${code}`, true),
    /** A signed operation, as a QR holds it, or without its check number as the device API sends it. */
    sign: (statement: OperationStatement, challenge?: Challenge, kid = "conf-001", at = now()) =>
      signStatement(
        {
          issuer: wrong.issuer ?? issuer,
          statement,
          issuedAt: at,
          expiresAt: at + 300,
          ...(challenge === undefined ? {} : { challenge }),
        },
        pair.privateKey,
        kid,
      ),
    /** Publishes the same key under one more name. */
    publish: async (kid: string) => void keys.push({ kid, jwk: await exportJWK(pair.publicKey) }),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** With all that a phone shows of it. */
function described({ id, statement }: { id: string; statement?: string }): object {
  const [created, expires] = [new Date().toISOString(), new Date(Date.now() + 300_000).toISOString()];
  return {
    id,
    kind: "operation",
    client: { id: "shop", name: "Book shop" },
    created_at: created,
    expires_at: expires,
    origin: { ip: "127.0.0.1", user_agent: "Firefox/140", known: false },
    ...(statement === undefined ? {} : { statement }),
  };
}

function isJwk(value: unknown): value is JWK {
  return typeof value === "object" && value !== null && "kty" in value;
}

function send(response: ServerResponse, status: number, json: object, type = "application/json"): undefined {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(JSON.stringify(json));
}

function refuse(response: ServerResponse, status: number, code: string, members: object = {}): undefined {
  return send(response, status, { type: `urn:e-num:problem:${code}`, status, ...members }, "application/problem+json");
}
