import { base64url, CompactSign, type CryptoKey } from "jose";
import type { Challenge } from "../e-num/challenge.ts";
import { type Statement, statementHash } from "../e-num/statement.ts";

/** The device's P-256 key: its private half, and the public one as a JWK has it. */
export type AnswerKey = { readonly private: CryptoKey; readonly x: string; readonly y: string };

/** The device's own word for one answer (PROTOCOL section 6): a compact JWS, which becomes part of the receipt. `now` by the provider's clock. */
export async function signAnswer(
  key: AnswerKey,
  answer: {
    readonly issuer: string;
    readonly request: string;
    readonly challenge: Challenge;
    readonly statement: Statement;
    readonly now: number;
  },
): Promise<string> {
  const claims = {
    aud: answer.issuer,
    request: answer.request,
    challenge: answer.challenge,
    statement_sha256: base64url.encode(statementHash(answer.statement)),
    iat: answer.now,
  };
  const jwk = { kty: "EC" as const, crv: "P-256", x: key.x, y: key.y };
  return new CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
    .setProtectedHeader({ alg: "ES256", typ: "enum-answer+jwt", jwk })
    .sign(key.private);
}
