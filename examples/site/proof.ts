/**
 * Believes that an operation was confirmed only when token and receipt say so of exactly this operation (PROTOCOL 10).
 * Copy it: whatever is left out here, somebody gets for nothing.
 */
import { isDeepStrictEqual } from "node:util";
import { createRemoteJWKSet, jwtVerify } from "jose";
import * as oidc from "openid-client";
import type { Provider } from "./provider.ts";

export interface Operation {
  readonly type: string;
  readonly operation_id: string;
  readonly [member: string]: unknown;
}

/** What is expected, from the site's own record. */
export interface Expected {
  /** Exactly as it was sent. */
  operation: Operation;
  /** The account that must have confirmed, where the site knows it. */
  sub: string | undefined;
}

/** What was compared and verified. */
export interface Proof {
  receipt: Receipt;
  /** The receipt as it was signed. */
  signed: string;
  /** Absent where the answer was lost on the way, and the receipt was asked for by `operation_id`. */
  token?: { details: object; id?: { claims: oidc.IDToken; idToken: string } };
}

/** What a receipt says, as far as a site looks at it. */
export interface Receipt {
  iss: string;
  sub: string;
  iat: number;
  txn: string;
  acr: string;
  authorization_details: readonly object[];
  binding: { mode: string; suite: string; challenge: string; statement: object };
}

type Tokens = Awaited<ReturnType<typeof oidc.authorizationCodeGrant>>;

export interface Proofs {
  /** Of the address with which a person comes back. */
  ofReturn(url: URL, checks: oidc.AuthorizationCodeGrantChecks, expected: Expected): Promise<Proof>;
  /** Of the tokens that came without one (RFC 8628). */
  ofTokens(tokens: Tokens, expected: Expected): Promise<Proof>;
  /** Where the answer was lost on the way: the provider's record, had with the site's own secret. */
  ofRecord(expected: Expected): Promise<Proof>;
}

const CONFIRMED = "urn:e-num:acr:operation";

/** A native app has no secret, and so no record that it could ask for. */
type Party = Pick<Provider, "config" | "clientId" | "proving"> & Partial<Pick<Provider, "clientSecret">>;

export function createProofs({ config, clientId, clientSecret = "", proving = {} }: Party): Proofs {
  const { issuer, enum_confirmations_jwks_uri: keysUri } = config.serverMetadata();
  // Not `jwks_uri`: the keys of tokens sign no receipts.
  const keys = createRemoteJWKSet(new URL(String(keysUri)));

  const verify = async (signed: string, { operation, sub }: Expected): Promise<Receipt> => {
    const right = { issuer, audience: clientId, typ: "enum-receipt+jwt", algorithms: ["ES256"] };
    const { payload: receipt } = await jwtVerify<Receipt>(signed, keys, right);
    if (receipt.acr !== CONFIRMED || !isDeepStrictEqual(receipt.authorization_details, [operation]))
      throw new Error("The receipt is for something else than what was asked for.");
    if (sub !== undefined && receipt.sub !== sub)
      throw new Error("Another E-num account has confirmed it than the one that is signed in here.");
    return receipt;
  };

  const proofs: Proofs = {
    /** openid-client compares `state` and `iss`, redeems the code and checks the ID token; the operation is for us to compare. */
    ofReturn: async (url, checks, expected) =>
      proofs.ofTokens(await oidc.authorizationCodeGrant(config, url, checks, undefined, proving), expected),

    async ofTokens(tokens, expected) {
      const [details = { type: "" }, ...more] = tokens.authorization_details ?? [];
      const { confirmation, ...confirmed } = details;
      const id = idOf(confirmation);
      if (id === undefined || !isDeepStrictEqual([confirmed, ...more], [expected.operation]))
        throw new Error("Something else was confirmed than what was asked for.");
      const address = new URL(`${issuer}/confirmations/${encodeURIComponent(id)}/receipt`);
      const asked = [config, tokens.access_token, address, "GET", undefined, undefined, proving] as const;
      const answer = await oidc.fetchProtectedResource(...asked);
      const signed = await answer.text();
      const receipt = await verify(signed, expected);
      // With `openid` there is an ID token as well, and all three speak of one confirmation by one person.
      const claims = tokens.claims();
      const { sub, txn } = claims ?? { sub: receipt.sub, txn: id };
      if (receipt.txn !== id || txn !== id || receipt.sub !== sub)
        throw new Error("Token and receipt are not of one confirmation.");
      const { id_token: idToken = "" } = tokens;
      return { receipt, signed, token: { details, ...(claims && { id: { claims, idToken } }) } };
    },

    async ofRecord(expected) {
      const credentials = btoa([clientId, clientSecret].map(encodeURIComponent).join(":"));
      const answer = await fetch(`${issuer}/confirmations/receipt`, {
        method: "POST",
        headers: { authorization: `Basic ${credentials}` },
        body: new URLSearchParams({ operation_id: expected.operation.operation_id }),
      });
      if (!answer.ok) throw new Error(`E-num gives no receipt of it (${answer.status}).`);
      const signed = await answer.text();
      return { receipt: await verify(signed, expected), signed };
    },
  };
  return proofs;
}

/** `{ id, confirmed_at, binding }`; the receipt says the rest. */
function idOf(confirmation: unknown): string | undefined {
  const named = typeof confirmation === "object" && confirmation !== null && "id" in confirmation;
  return named && typeof confirmation.id === "string" ? confirmation.id : undefined;
}
