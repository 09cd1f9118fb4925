import { createLocalJWKSet, errors, importJWK, type JWK, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { type Clock, epochSeconds } from "../clock.ts";
import { ENUM_SUITE } from "../e-num/e-num.ts";
import { amrOf, type ConfirmationRow } from "./store.ts";

/** What a receipt says (PROTOCOL 10); only `binding.signature`, where it is there, speaks for the person's device. */
const receiptClaims = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  iat: z.int(),
  txn: z.string(),
  acr: z.string(),
  amr: z.array(z.string()),
  authorization_details: z.tuple([z.looseObject({ type: z.string(), operation_id: z.string() })]),
  binding: z.object({
    mode: z.enum(["payment", "confirm", "operation", "sms"]),
    /** Of a response; a code by SMS has neither. */
    suite: z.string().optional(),
    challenge: z.string().optional(),
    statement: z.looseObject({ mode: z.string() }),
    signature: z.string().optional(),
  }),
});

export type ReceiptClaims = z.infer<typeof receiptClaims>;

export type ReceiptRefusal = "not-a-receipt" | "wrong-type" | "other-issuer" | "bad-signature";

export interface Receipts {
  /**
   * A signed receipt for the client that confirmed; `sub` is the one that this client sees. The device's signature bears its key, by which
   * sites could tell that they have the same person: it is left out for one that sees a pairwise `sub`.
   */
  issue(row: ConfirmationRow, subject: ReceiptSubject): Promise<string>;
  verify(text: string): Promise<{ ok: true; claims: ReceiptClaims } | { ok: false; reason: ReceiptRefusal }>;
}

export interface ReceiptSubject {
  sub: string;
  pairwise: boolean;
}

export const RECEIPT_TYPE = "enum-receipt+jwt";

export interface ReceiptPorts {
  issuer: string;
  clock: Clock;
  /** The confirmation key of the moment signs; the set verifies, retired keys included. */
  key(): { kid: string; privateJwk: JWK };
  set(): { keys: JWK[] };
}

export function createReceipts(ports: ReceiptPorts): Receipts {
  return {
    async issue(row, { sub, pairwise }) {
      const claims = {
        txn: row.id,
        acr: row.acr,
        amr: amrOf(row),
        authorization_details: [JSON.parse(row.operation)],
        binding: {
          mode: row.binding,
          ...(row.challenge === null ? {} : { suite: ENUM_SUITE, challenge: row.challenge }),
          statement: JSON.parse(row.statement),
          ...(row.signature === null || pairwise ? {} : { signature: row.signature }),
        },
      };
      const { kid, privateJwk } = ports.key();
      return new SignJWT(claims)
        .setProtectedHeader({ alg: "ES256", typ: RECEIPT_TYPE, kid })
        .setIssuer(ports.issuer)
        .setAudience(row.client_id)
        .setSubject(sub)
        .setIssuedAt(epochSeconds(row.confirmed_at))
        .sign(await importJWK(privateJwk, "ES256"));
    },
    verify: (text) => verifyReceipt(text, { issuer: ports.issuer, set: ports.set() }),
  };
}

/** By the confirmations set alone, as any JOSE library does it: signature, `typ`, `alg` and issuer. */
export async function verifyReceipt(
  text: string,
  { issuer, set }: { issuer: string; set: { keys: JWK[] } },
): Promise<{ ok: true; claims: ReceiptClaims } | { ok: false; reason: ReceiptRefusal }> {
  const receipt = text.replace(/\s/g, "");
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(receipt)) return { ok: false, reason: "not-a-receipt" };
  // The last character of a part has bits to spare: with some of them changed, decoders still read the same bytes.
  if (!receipt.split(".").every(isCanonical)) return { ok: false, reason: "bad-signature" };
  try {
    // A receipt is no token that expires: it says what was so at its time.
    const { payload } = await jwtVerify(receipt, createLocalJWKSet({ keys: set.keys }), {
      algorithms: ["ES256"],
      typ: RECEIPT_TYPE,
      issuer,
    });
    const claims = receiptClaims.safeParse(payload);
    return claims.success ? { ok: true, claims: claims.data } : { ok: false, reason: "not-a-receipt" };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

/** RFC 4648 section 3.5. */
function isCanonical(part: string): boolean {
  return Buffer.from(part, "base64url").toString("base64url") === part;
}

function reasonOf(error: unknown): ReceiptRefusal {
  if (error instanceof errors.JWTClaimValidationFailed) return error.claim === "iss" ? "other-issuer" : "wrong-type";
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JWKSNoMatchingKey)
    return "bad-signature";
  return error instanceof errors.JOSEAlgNotAllowed ? "wrong-type" : "not-a-receipt";
}
