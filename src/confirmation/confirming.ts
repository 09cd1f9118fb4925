import type { Accounts } from "../account/account.ts";
import type { Audit } from "../audit/audit.ts";
import { type Candidate, type Expectation, expectingOperation, type Mode } from "../challenge/expectation.ts";
import type { Millis } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import type { Challenge } from "../e-num/challenge.ts";
import { type Statement, statementHash } from "../e-num/statement.ts";
import type { Binding, Operation, OperationTypes } from "../operation/operation.ts";
import type { Decision, Policy } from "../policy/policy.ts";
import { type Random, randomId } from "../random.ts";
import { type ConfirmationRow, insertConfirmation } from "./store.ts";

/** One request to confirm one operation, computed from our own record of the site's request. */
export interface Request {
  operation: Operation;
  client: { id: string; name: string };
}

/** A right response to a request's challenge, typed or sent by the phone, or a right code that was sent for it. */
export type Confirmation = { accountId: string; answeredAt: Millis } & (
  | { mode: Mode; deviceId: string; challenge: Challenge; signature: string | undefined }
  | { mode: "sms"; deviceId: undefined; challenge: undefined; signature: undefined }
);

/** Why a right response confirms nothing all the same; thrown, so that the transaction takes the response back. */
export class NotConfirmed extends Error {
  readonly reason: "foreign" | "other-account" | "already-confirmed";
  constructor(reason: NotConfirmed["reason"]) {
    super(reason);
    this.reason = reason;
  }
}

/** The response is right, and the policy demands more for this account: the scanned statement, or that nothing is confirmed. */
export class DemandsMore extends Error {
  readonly decision: Decision;
  constructor(decision: Decision) {
    super("the policy demands more");
    this.decision = decision;
  }
}

/** What a response to an operation is judged by and what it leaves behind: the same whether it was typed or came from the phone. */
export interface Confirming {
  statements(request: Request): Record<Binding, Statement | undefined>;
  /** What the policy demands; `accountId` only of one that is known, since until then no page depends on it. */
  decide(sql: Sql, request: Request, accountId: string | undefined): Promise<Decision>;
  /** Of what is refused as well: a right response to it is no wrong one, and `confirm` says that it is refused. */
  expectation(request: Request, decision: Decision): Expectation;
  owns(sql: Sql, accountId: string, request: Request): Promise<boolean>;
  /** In the transaction that accepts the response. `context`: the digest of the interaction; `pinned`: whether the site lets this account confirm. */
  confirm(
    sql: Sql,
    context: string,
    request: Request,
    given: Confirmation,
    pinned: (accountId: string) => Promise<boolean>,
  ): Promise<void>;
}

export interface ConfirmingPorts {
  random: Random;
  accounts: Pick<Accounts, "wmids">;
  audit: Audit;
  types: OperationTypes;
  policy: Policy;
}

const BINDINGS: readonly Binding[] = ["payment", "confirm", "operation"];
const ACR = "urn:e-num:acr:operation";
const SMS = "urn:e-num:acr:sms";

export function createConfirming(ports: ConfirmingPorts): Confirming {
  const { types, policy } = ports;

  const statements: Confirming["statements"] = ({ operation, client }) => {
    const { typed, scanned } = types.statementsOf(operation, client);
    return {
      payment: typed.mode === "payment" ? typed : undefined,
      confirm: typed.mode === "confirm" ? typed : undefined,
      operation: scanned,
    };
  };
  const candidates = (request: Request, accepts: readonly Binding[], accepted: boolean): Candidate[] => {
    const all = Object.entries(statements(request)) as [Binding, Statement | undefined][];
    return all.flatMap(([mode, statement]) =>
      statement !== undefined && accepts.includes(mode) === accepted ? [{ mode, hash: statementHash(statement) }] : [],
    );
  };

  const owns: Confirming["owns"] = async (sql, accountId, { operation }) => {
    const needed = types.ownWmids(operation);
    if (needed.length === 0) return true;
    const own = await ports.accounts.wmids(sql, accountId);
    return needed.every((wmid) => own.includes(wmid));
  };

  const decide: Confirming["decide"] = (sql, { operation, client }, accountId) =>
    policy.decide(sql, { clientId: client.id, operation, accountId });

  /** The policy's last word, now that the account is proven; what passes is counted in the same transaction. */
  const allow = async (sql: Sql, request: Request, { accountId, mode }: Confirmation): Promise<void> => {
    const binding = bindingOf(mode);
    const decision = await decide(sql, request, accountId);
    const accepted = binding === "sms" ? takesSms(decision) : bindingsOf(decision).includes(binding);
    if (!accepted) throw new DemandsMore(decision);
    if (decision.counted === undefined) return;
    const over = await policy.spend(sql, accountId, decision.counted, binding);
    // Another operation was confirmed since the decision was made, so that it is another one now.
    if (over !== undefined) throw new DemandsMore(await decide(sql, request, accountId));
  };

  const rowOf = (context: string, request: Request, given: Confirmation): ConfirmationRow => {
    const binding = bindingOf(given.mode);
    const all = statements(request);
    const statement = all[binding === "sms" ? "operation" : binding];
    return {
      id: randomId(ports.random),
      context,
      client_id: request.client.id,
      operation_id: request.operation.operation_id,
      account_id: given.accountId,
      device_id: given.deviceId ?? null,
      type: request.operation.type,
      operation: JSON.stringify(request.operation),
      recipient: recipientOf(all.payment),
      binding,
      challenge: given.challenge ?? null,
      statement: JSON.stringify(statement),
      acr: binding === "sms" ? SMS : ACR,
      confirmed_at: given.answeredAt,
      signature: given.signature ?? null,
    };
  };

  return {
    statements,
    decide,
    expectation(request, decision) {
      const bindings = decision.kind === "refused" ? BINDINGS : decision.bindings;
      return expectingOperation(candidates(request, bindings, true), candidates(request, bindings, false));
    },
    owns,
    async confirm(sql, context, request, given, pinned) {
      if (!(await pinned(given.accountId))) throw new NotConfirmed("other-account");
      if (!(await owns(sql, given.accountId, request))) throw new NotConfirmed("foreign");
      await allow(sql, request, given);
      const row = rowOf(context, request, given);
      // Another request has confirmed the operation: this one must not count as answered.
      if (!(await insertConfirmation(sql, row))) throw new NotConfirmed("already-confirmed");
      const about = { accountId: row.account_id, clientId: row.client_id, deviceId: given.deviceId };
      const detail = { confirmation: row.id, type: row.type, binding: row.binding };
      await ports.audit.append(sql, { ...about, type: "operation.confirmed", detail });
    },
  };
}

export function bindingsOf(decision: Decision): readonly Binding[] {
  return decision.kind === "confirm" ? decision.bindings : [];
}

/** Whether a code by SMS confirms it, where the site's request names one. */
export function takesSms(decision: Decision): boolean {
  return decision.kind === "confirm" && decision.sms;
}

export function recipientOf(statement: Statement | undefined): string | null {
  return statement?.mode === "payment" ? statement.recipient : null;
}

function bindingOf(mode: Mode | "sms"): Binding | "sms" {
  if (mode === "sms" || mode === "payment" || mode === "confirm" || mode === "operation") return mode;
  throw new Error(`a response to ${mode} confirms nothing`);
}
