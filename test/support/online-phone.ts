import { createHash, randomBytes } from "node:crypto";
import { CompactSign, exportJWK, importJWK, SignJWT } from "jose";
import { parseChallenge } from "../../src/e-num/challenge.ts";
import { computeResponse } from "../../src/e-num/e-num.ts";
import { type Statement, statementHash } from "../../src/e-num/statement.ts";
import { ALICE } from "./sign-in.ts";
import type { World } from "./world.ts";

/** One thing about a call that is not as it should be. */
export interface Change {
  claims?: object;
  /** Sent instead of the body that the proof covers. */
  body?: string;
  signal?: AbortSignal;
  /** A proof that was used before. */
  proof?: string;
  /** Of the page that calls. */
  origin?: string;
}

export interface Reply {
  status: number;
  /** Empty where there is none. */
  body: Record<string, unknown>;
  text: string;
  headers: Headers;
  proof: string;
}

export interface RequestSeen {
  id: string;
  kind: string;
  client: { id: string; name: string };
  created_at: string;
  expires_at: string;
  origin: { ip: string; user_agent: string; country?: string; known: boolean };
  statement?: string;
}

/** A phone that speaks PROTOCOL 6 word by word, and can be made to speak it wrongly. */
export interface OnlinePhone {
  deviceId: string;
  call(method: string, path: string, body?: unknown, change?: Change): Promise<Reply>;
  requests(query?: string, change?: Change): Promise<{ requests: RequestSeen[]; cursor: string; text: string }>;
  respond(challenge: string, statement?: Statement): string;
  answer(
    id: string,
    challenge: string,
    more?: { statement?: Statement; signature?: string; response?: string },
  ): Promise<Reply>;
  sign(
    id: string,
    challenge: string,
    statement?: Statement,
    change?: { claims?: object; header?: object },
  ): Promise<string>;
  decline(id: string, reason: string): Promise<Reply>;
  /** From now on it answers with this pad. */
  take(pad: Uint8Array): void;
}

const LOGIN: Statement = { mode: "login" };

/** The seeded one, where no other is given. */
export async function onlinePhone(world: World, email = ALICE, seeded = world.phone(email)): Promise<OnlinePhone> {
  const key = await importJWK({ ...seeded.privateKey, alg: "ES256" }, "ES256", { extractable: true });
  if (key instanceof Uint8Array) throw new Error("no key pair");
  const { x = "", y = "" } = await exportJWK(key);
  const jwk = { kty: "EC" as const, crv: "P-256", x, y };
  let pad = seeded.pad;
  const seconds = () => Math.floor(world.now() / 1000);

  const prove = (method: string, path: string, body: string, claims: object = {}) =>
    new SignJWT({
      aud: world.issuer,
      iat: seconds(),
      exp: seconds() + 60,
      jti: randomBytes(16).toString("base64url"),
      htm: method,
      htu: `${world.issuer}${path.split("?")[0]}`,
      bsh: createHash("sha256").update(body).digest("base64url"),
      ...claims,
    })
      .setProtectedHeader({ alg: "ES256", typ: "enum-device+jwt", kid: seeded.deviceId })
      .sign(key);

  const call: OnlinePhone["call"] = async (method, path, body, change = {}) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const proof = change.proof ?? (await prove(method, path, text, change.claims));
    const sent = change.body ?? text;
    const response = await fetch(`${world.issuer}${path}`, {
      method,
      headers: {
        authorization: `Device ${proof}`,
        ...(sent === "" ? {} : { "content-type": "application/json" }),
        ...(change.origin === undefined ? {} : { origin: change.origin }),
      },
      ...(sent === "" ? {} : { body: sent }),
      ...(change.signal === undefined ? {} : { signal: change.signal }),
    });
    const answered = await response.text();
    return {
      status: response.status,
      body: answered === "" ? {} : JSON.parse(answered),
      text: answered,
      headers: response.headers,
      proof,
    };
  };

  const respond: OnlinePhone["respond"] = (challenge, statement = LOGIN) => {
    const parsed = parseChallenge(challenge);
    if (!parsed.ok) throw new Error(`"${challenge}" is no check number`);
    return computeResponse(pad, parsed.value, statement);
  };

  return {
    deviceId: seeded.deviceId,
    call,
    respond,
    async requests(query = "", change) {
      const { body, text, status } = await call("GET", `/device/v1/requests${query}`, undefined, change);
      if (status !== 200) throw new Error(text);
      return { ...JSON.parse(JSON.stringify(body)), text };
    },
    answer: (id, challenge, { statement, signature, response } = {}) =>
      call("POST", `/device/v1/requests/${id}/answer`, {
        challenge,
        response: response ?? respond(challenge, statement),
        ...(signature === undefined ? {} : { signature }),
      }),
    sign(id, challenge, statement = LOGIN, { claims = {}, header = {} } = {}) {
      const payload = {
        aud: world.issuer,
        request: id,
        challenge,
        statement_sha256: Buffer.from(statementHash(statement)).toString("base64url"),
        iat: seconds(),
        ...claims,
      };
      return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
        .setProtectedHeader({ alg: "ES256", typ: "enum-answer+jwt", jwk, ...header })
        .sign(key);
    },
    decline: (id, reason) => call("POST", `/device/v1/requests/${id}/decline`, { reason }),
    take(renewed) {
      pad = renewed;
    },
  };
}

/** The code of a problem document. */
export function problemOf({ status, body }: Reply): [number, string] {
  return [status, String(body["type"]).replace("urn:e-num:problem:", "")];
}
