/**
 * Owns confirmed operations: what a response was bound to, once for each client's `operation_id`, and what the site gets of it.
 * It does not know pages (routes.ts) or how the account is proven (`authentication/`); the types of operations are `operation/`'s.
 * A confirmation is recorded in the transaction that accepts the response, so that after a crash it is there whole or not at all.
 */
import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import type { Accepted, Asking, Authentication, AuthenticationVerdict } from "../authentication/authentication.ts";
import type { ChallengeView } from "../challenge/challenge.ts";
import { type Candidate, expectingOperation, type Mode } from "../challenge/expectation.ts";
import { type Clock, epochSeconds, type Millis, SECOND } from "../clock.ts";
import type { Database, Sql } from "../database.ts";
import { type Challenge, parseChallenge, type Response } from "../e-num/challenge.ts";
import { printQrText } from "../e-num/qr-text.ts";
import { type Statement, statementHash } from "../e-num/statement.ts";
import { signStatement } from "../e-num/statement-token.ts";
import type { Confirmed, Visit } from "../interaction/step.ts";
import type { Operation, OperationTypes } from "../operation/operation.ts";
import { type Random, randomId } from "../random.ts";
import type { Digester } from "../secrecy.ts";
import {
  type ConfirmationRow,
  confirmationOfContext,
  confirmationOfOperation,
  insertConfirmation,
  knowsRecipient,
} from "./store.ts";

export type Binding = "payment" | "confirm" | "operation";

/** One request to confirm one operation, computed from our own record of the site's request. */
export interface Request {
  operation: Operation;
  client: { id: string; name: string };
}

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
  random: Random;
  digest: Digester;
  accounts: Pick<Accounts, "wmids">;
  authentication: Pick<Authentication, "answer">;
  audit: Audit;
  types: OperationTypes;
  issuer: string;
  /** The registered name, which is part of the statement. */
  clientName(clientId: string): string;
  /** The newest confirmation key signs statements. */
  key: { kid: string; privateJwk: object };
}

const ACR = "urn:e-num:acr:operation";
const AMR = ["otp", "mfa", "user"] as const;
interface Scanned {
  id: string;
  digits: Challenge;
  expiresAt: Millis;
}

/** Beyond, decoders fail on every second frame (PROTOCOL 4). */
const QR_LIMIT = 700;

/** As long as any request's id, number and time, to see whether a code would fit. */
const LONGEST: Scanned = { id: "x".repeat(22), digits: longestChallenge(), expiresAt: 9_999_999_999_000 };

function longestChallenge(): Challenge {
  const parsed = parseChallenge("99999999");
  if (!parsed.ok) throw new Error("eight nines are a challenge");
  return parsed.value;
}

export function createConfirmations(ports: ConfirmationPorts): Confirmations {
  const { database, types } = ports;
  const contextKey = (visit: Visit) => ports.digest("confirmation-context", visit.uid);

  const statements = ({ operation, client }: Request): Record<Binding, Statement | undefined> => {
    const { typed, scanned } = types.statementsOf(operation, client);
    return {
      payment: typed.mode === "payment" ? typed : undefined,
      confirm: typed.mode === "confirm" ? typed : undefined,
      operation: scanned,
    };
  };
  const candidates = (request: Request, accepted: boolean): Candidate[] => {
    const accepts = types.accepts(request.operation);
    const all = Object.entries(statements(request)) as [Binding, Statement | undefined][];
    return all.flatMap(([mode, statement]) =>
      statement !== undefined && accepts.includes(mode) === accepted ? [{ mode, hash: statementHash(statement) }] : [],
    );
  };

  const toConfirmed = (row: ConfirmationRow, sessionless: boolean): Confirmed => ({
    id: row.id,
    details: {
      ...JSON.parse(row.operation),
      confirmation: { id: row.id, confirmed_at: new Date(row.confirmed_at).toISOString(), binding: row.binding },
    },
    amr: AMR,
    at: epochSeconds(row.confirmed_at),
    sessionless,
  });

  const record = (asking: Asking, request: Request, challenge: Challenge, accepted: Accepted): ConfirmationRow => {
    const binding = bindingOf(accepted.mode);
    const statement = statements(request)[binding];
    return {
      id: randomId(ports.random),
      context: contextKey(asking.visit),
      client_id: request.client.id,
      operation_id: request.operation.operation_id,
      account_id: accepted.accountId,
      device_id: accepted.deviceId,
      type: request.operation.type,
      operation: JSON.stringify(request.operation),
      recipient: recipientOf(statements(request).payment),
      binding,
      challenge,
      statement: JSON.stringify(statement),
      acr: ACR,
      confirmed_at: accepted.answeredAt,
    };
  };

  const keep = async (sql: Sql, row: ConfirmationRow): Promise<void> => {
    if (!(await insertConfirmation(sql, row))) throw new AlreadyConfirmed();
    const about = { accountId: row.account_id, clientId: row.client_id, deviceId: row.device_id };
    const detail = { confirmation: row.id, type: row.type, binding: row.binding };
    await ports.audit.append(sql, { ...about, type: "operation.confirmed", detail });
  };

  const of: Confirmations["of"] = async (visit) => {
    const row = await confirmationOfContext(database, contextKey(visit));
    return row === undefined
      ? undefined
      : { confirmed: toConfirmed(row, visit.accountId === undefined), accountId: row.account_id };
  };

  const owns = async (sql: Sql, accountId: string, { operation }: Request): Promise<boolean> => {
    const needed = types.ownWmids(operation);
    if (needed.length === 0) return true;
    const own = await ports.accounts.wmids(sql, accountId);
    return needed.every((wmid) => own.includes(wmid));
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
    owns: (accountId, request) => owns(database, accountId, request),
    request(visit) {
      const [element] = JSON.parse(visit.params["authorization_details"] ?? "[]");
      const parsed = types.parse(element);
      // It was checked when the request came, by the same rules; a type that the operator has removed since is the one way here.
      if (!parsed.ok) throw new Error(`the request's operation no longer holds: ${parsed.member}`);
      return { operation: parsed.operation, client: { id: visit.site.clientId, name: visit.site.name } };
    },

    async answer(asking, request, response, pinned) {
      const expectation = expectingOperation(candidates(request, true), candidates(request, false));
      try {
        const verdict = await ports.authentication.answer(
          asking,
          response,
          expectation,
          async (sql, accepted, challenge) => {
            if (!(await pinned(accepted.accountId))) throw new OtherAccount();
            if (!(await owns(sql, accepted.accountId, request))) throw new Foreign();
            await keep(sql, record(asking, request, challenge.digits, accepted));
          },
        );
        if (verdict.kind !== "accepted") return verdict;
        const done = await of(asking.visit);
        if (done === undefined) throw new Error("an accepted operation has left no confirmation");
        return { kind: "confirmed", ...done };
      } catch (error) {
        if (error instanceof Foreign) return { kind: "foreign" };
        if (error instanceof OtherAccount) return { kind: "other-account" };
        if (!(error instanceof AlreadyConfirmed)) throw error;
        const first = await confirmationOfOperation(database, request.client.id, request.operation.operation_id);
        return { kind: "already-confirmed", id: first?.id ?? "" };
      }
    },

    lifetime: ({ operation }) => types.lifetime(operation) * SECOND,

    qrText: (request, { id, digits, expiresAt }) => qrText(request, { id, digits, expiresAt }),

    async firstTime(accountId, request) {
      const recipient = recipientOf(statements(request).payment);
      return recipient !== null && !(await knowsRecipient(database, accountId, recipient));
    },

    async refuse(element, clientId) {
      const parsed = types.parse(element);
      if (!parsed.ok) return `${parsed.member === "" ? "the element" : parsed.member}: ${parsed.reason}`;
      const former = await confirmationOfOperation(database, clientId, parsed.operation.operation_id);
      if (former !== undefined) return `already confirmed: ${former.id}`;
      const request = { operation: parsed.operation, client: { id: clientId, name: ports.clientName(clientId) } };
      const typed = types.accepts(parsed.operation).includes(types.typedScreen(parsed.operation));
      // Where only the scanned statement confirms, it has to fit into a code that phones can read.
      if (typed || (await qrText(request, LONGEST)).whole) return undefined;
      return `its texts are too long for the QR code that confirms it (${QR_LIMIT} characters): shorten them`;
    },
  };
}

class Foreign extends Error {}

class OtherAccount extends Error {}

/** Takes the response back: the operation was confirmed by another request, and this one must not count as answered. */
class AlreadyConfirmed extends Error {}

function bindingOf(mode: Mode): Binding {
  if (mode === "payment" || mode === "confirm" || mode === "operation") return mode;
  throw new Error(`a response to ${mode} confirms nothing`);
}

function recipientOf(statement: Statement | undefined): string | null {
  return statement?.mode === "payment" ? statement.recipient : null;
}
