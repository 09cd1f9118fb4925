/**
 * Owns confirmed operations: what a response was bound to, once for each client's `operation_id`, and what the site gets of it.
 * It does not know pages (routes.ts) or how the account is proven (`authentication/`); the types of operations are `operation/`'s.
 * A confirmation is recorded in the transaction that accepts the response, so that after a crash it is there whole or not at all.
 */
import type { Asking, Authentication, AuthenticationVerdict } from "../authentication/authentication.ts";
import type { ChallengeView } from "../challenge/challenge.ts";
import { type Clock, epochSeconds, type Millis, SECOND } from "../clock.ts";
import type { Database } from "../database.ts";
import type { Challenge, Response } from "../e-num/challenge.ts";
import { printQrText } from "../e-num/qr-text.ts";
import type { Statement } from "../e-num/statement.ts";
import { signStatement } from "../e-num/statement-token.ts";
import type { Confirmed, Visit } from "../interaction/step.ts";
import type { OperationTypes } from "../operation/operation.ts";
import type { Digester } from "../secrecy.ts";
import { type Confirming, NotConfirmed, type Request, recipientOf } from "./confirming.ts";
import { writeKept } from "./on-phone.ts";
import {
  amrOf,
  type ConfirmationRow,
  confirmationOfContext,
  confirmationOfOperation,
  knowsRecipient,
} from "./store.ts";

export type { Request } from "./confirming.ts";

export type ConfirmationVerdict =
  | Exclude<AuthenticationVerdict, { kind: "accepted" }>
  | { kind: "confirmed"; confirmed: Confirmed; accountId: string }
  /** Another request has confirmed the same operation meanwhile. */
  | { kind: "already-confirmed"; id: string }
  /** A WMID of the operation must be the account's own, and is not (PROTOCOL 9). */
  | { kind: "foreign" }
  /** The site has asked for another account. */
  | { kind: "other-account" };

export interface Confirmations {
  request(visit: Visit): Request;
  /** `pinned`: whether the site lets this account confirm; asked before anything is kept. */
  answer(
    asking: Asking,
    request: Request,
    response: Response,
    pinned: (accountId: string) => Promise<boolean>,
  ): Promise<ConfirmationVerdict>;
  lifetime(request: Request): Millis;
  /** The statement that the phone is asked to agree to on this page. */
  statement(request: Request): Statement;
  /** What was confirmed in this interaction, as after a crash or in another tab. */
  of(visit: Visit): Promise<{ confirmed: Confirmed; accountId: string } | undefined>;
  /**
   * The text of the QR code. `whole`: it holds the signed statement with all details. Where that is too long to be read off a screen,
   * the code names the request only, and an online phone takes the statement from us (PROTOCOL 4).
   */
  qrText(request: Request, challenge: ChallengeView): Promise<{ text: string; whole: boolean }>;
  /** What an answer from the phone is judged by, to be kept with the challenge. */
  details(visit: Visit, request: Request): string;
  /** The confirmation of the same operation, by another request. */
  former(request: Request): Promise<string>;
  /** Whether the WMIDs that must be the account's own are. */
  owns(accountId: string, request: Request): Promise<boolean>;
  /** True when the account has never confirmed anything for this payee. */
  firstTime(accountId: string, request: Request): Promise<boolean>;
  /** Undefined when the element may be confirmed; otherwise why not, for the site's developer (PROTOCOL 9). */
  refuse(element: unknown, clientId: string): Promise<string | undefined>;
}

export interface ConfirmationPorts {
  database: Database;
  clock: Clock;
  digest: Digester;
  confirming: Confirming;
  authentication: Pick<Authentication, "answer">;
  types: OperationTypes;
  /** The `sub` that the site pinned in its request. */
  pinnedSubject(visit: Visit): string | undefined;
  issuer: string;
  /** The newest confirmation key signs statements. */
  key: { kid: string; privateJwk: object };
}

interface Scanned {
  id: string;
  digits: Challenge;
  expiresAt: Millis;
}

/** Beyond, decoders fail on every second frame (PROTOCOL 4). */
const QR_LIMIT = 700;

export function createConfirmations(ports: ConfirmationPorts): Confirmations {
  const { database, types, confirming } = ports;
  const contextKey = (visit: Visit) => ports.digest("confirmation-context", visit.uid);

  const former = async ({ client, operation }: Request): Promise<string> =>
    (await confirmationOfOperation(database, client.id, operation.operation_id))?.id ?? "";

  const toConfirmed = (row: ConfirmationRow, sessionless: boolean): Confirmed => ({
    id: row.id,
    details: {
      ...JSON.parse(row.operation),
      confirmation: { id: row.id, confirmed_at: new Date(row.confirmed_at).toISOString(), binding: row.binding },
    },
    amr: amrOf(row),
    at: epochSeconds(row.confirmed_at),
    sessionless,
  });

  const of: Confirmations["of"] = async (visit) => {
    const row = await confirmationOfContext(database, contextKey(visit));
    return row === undefined
      ? undefined
      : { confirmed: toConfirmed(row, visit.accountId === undefined), accountId: row.account_id };
  };

  const qrText = async (request: Request, { id, digits, expiresAt }: Scanned): ReturnType<Confirmations["qrText"]> => {
    const statement = types.statementsOf(request.operation, request.client).scanned;
    const issuedAt = epochSeconds(ports.clock());
    const token = {
      issuer: ports.issuer,
      statement,
      challenge: digits,
      issuedAt,
      expiresAt: Math.ceil(expiresAt / SECOND),
    };
    const signed = await signStatement(token, ports.key.privateJwk, ports.key.kid);
    const named = { kind: "operation", challenge: digits, request: id } as const;
    const text = printQrText({ ...named, token: signed });
    return text.length <= QR_LIMIT ? { text, whole: true } : { text: printQrText(named), whole: false };
  };

  return {
    of,
    statement(request) {
      const { typed, scanned } = types.statementsOf(request.operation, request.client);
      return types.accepts(request.operation).includes(types.typedScreen(request.operation)) ? typed : scanned;
    },
    owns: (accountId, request) => confirming.owns(database, accountId, request),
    former,
    details: (visit, request) =>
      writeKept({ ...request, context: contextKey(visit), pinned: ports.pinnedSubject(visit) }),
    request(visit) {
      const [element] = JSON.parse(visit.params["authorization_details"] ?? "[]");
      const parsed = types.parse(element);
      // It was checked when the request came, by the same rules; a type that the operator has removed since is the one way here.
      if (!parsed.ok) throw new Error(`the request's operation no longer holds: ${parsed.member}`);
      return { operation: parsed.operation, client: { id: visit.site.clientId, name: visit.site.name } };
    },

    async answer(asking, request, response, pinned) {
      try {
        const verdict = await ports.authentication.answer(
          asking,
          response,
          confirming.expectation(request),
          async (sql, accepted, { digits: challenge }) => {
            const given = { ...accepted, challenge, signature: undefined };
            await confirming.confirm(sql, contextKey(asking.visit), request, given, pinned);
          },
        );
        if (verdict.kind !== "accepted") return verdict;
        const done = await of(asking.visit);
        if (done === undefined) throw new Error("an accepted operation has left no confirmation");
        return { kind: "confirmed", ...done };
      } catch (error) {
        if (!(error instanceof NotConfirmed)) throw error;
        const { reason } = error;
        return reason === "already-confirmed" ? { kind: reason, id: await former(request) } : { kind: reason };
      }
    },

    lifetime: ({ operation }) => types.lifetime(operation) * SECOND,

    qrText: (request, { id, digits, expiresAt }) => qrText(request, { id, digits, expiresAt }),

    async firstTime(accountId, request) {
      const recipient = recipientOf(confirming.statements(request).payment);
      return recipient !== null && !(await knowsRecipient(database, accountId, recipient));
    },

    async refuse(element, clientId) {
      const parsed = types.parse(element);
      if (!parsed.ok) return `${parsed.member === "" ? "the element" : parsed.member}: ${parsed.reason}`;
      const former = await confirmationOfOperation(database, clientId, parsed.operation.operation_id);
      return former === undefined ? undefined : `already confirmed: ${former.id}`;
    },
  };
}
