/**
 * Owns confirmed operations: what a response or a code was bound to, once for each client's `operation_id`, and what the site gets of it.
 * It does not know pages (routes.ts) or how the account is proven (`authentication/`); the types of operations are `operation/`'s.
 * A confirmation is recorded in the transaction that accepts it, so that after a crash it is there whole or not at all.
 */
import type { Asking, Authentication, AuthenticationVerdict } from "../authentication/authentication.ts";
import type { ByCode, ByCodeVerdict, CodeAsking } from "../authentication/by-code.ts";
import type { ChallengeView } from "../challenge/challenge.ts";
import { type Clock, epochSeconds, type Millis, SECOND } from "../clock.ts";
import type { Database } from "../database/database.ts";
import type { Challenge, Response } from "../e-num/challenge.ts";
import { printQrText } from "../e-num/qr-text.ts";
import type { Statement } from "../e-num/statement.ts";
import { signStatement } from "../e-num/statement-token.ts";
import type { Confirmed, Visit } from "../interaction/step.ts";
import type { AboutOperation } from "../messaging/messages.ts";
import type { Described, OperationTypes } from "../operation/operation.ts";
import type { Because, Decision } from "../policy/policy.ts";
import type { Digester } from "../secrecy.ts";
import { requestFor, toConfirmed } from "./confirmed.ts";
import { bindingsOf, type Confirming, DemandsMore, NotConfirmed, type Request, recipientOf } from "./confirming.ts";
import { writeKept } from "./on-phone.ts";
import { confirmationOfContext, confirmationOfOperation, knowsRecipient } from "./store.ts";

export type { Request } from "./confirming.ts";

export type ConfirmationVerdict = Exclude<AuthenticationVerdict, { kind: "accepted" }> | Judged;
export type CodeConfirmationVerdict = Exclude<ByCodeVerdict, { kind: "accepted" }> | Judged;

/** What a right response or code comes to. */
export type Judged =
  | { kind: "confirmed"; confirmed: Confirmed; accountId: string }
  /** Another request has confirmed the same operation meanwhile. */
  | { kind: "already-confirmed"; id: string }
  /** A WMID of the operation must be the account's own, and is not (PROTOCOL 9). */
  | { kind: "foreign" }
  /** The site has asked for another account. */
  | { kind: "other-account" }
  /** The response was right, and the policy demands more for this account: the scanned statement, or that nothing is confirmed. */
  | { kind: "demands-more"; decision: Decision };

export interface Confirmations {
  request(visit: Visit): Request;
  /** `pinned`: whether the site lets this account confirm; asked before anything is kept. */
  answer(
    asking: Asking,
    request: Request,
    response: Response,
    pinned: (accountId: string) => Promise<boolean>,
  ): Promise<ConfirmationVerdict>;
  /** The same of a code by SMS, which was sent for this operation alone. */
  answerCode(
    asking: Pick<CodeAsking, "context" | "visit" | "locale">,
    request: Request,
    code: string,
    pinned: (accountId: string) => Promise<boolean>,
  ): Promise<CodeConfirmationVerdict>;
  /** What a code is bound to, and what its SMS says. */
  codeFor(request: Request): Pick<CodeAsking, "purpose" | "bound" | "about">;
  lifetime(request: Request): Millis;
  /** What the policy demands of this request; `accountId` only of somebody who is signed in, since until then no page depends on it. */
  decide(request: Request, accountId: string | undefined): Promise<Decision>;
  /** The statement that the phone is asked to agree to on this page. */
  statement(request: Request, decision: Decision): Statement;
  /** What was confirmed in this interaction, as after a crash or in another tab. */
  of(visit: Visit): Promise<{ confirmed: Confirmed; accountId: string } | undefined>;
  /**
   * The text of the QR code. `whole`: it holds the signed statement with all details. Where that is too long to be read off a screen,
   * the code names the request only, and an online phone takes the statement from us (PROTOCOL 4).
   */
  qrText(request: Request, challenge: ChallengeView): Promise<QrTexts>;
  /** What an answer from the phone is judged by, to be kept with the challenge. */
  details(visit: Visit, request: Request): string;
  /** The confirmation of the same operation, by another request. */
  former(request: Request): Promise<string>;
  /** Whether the WMIDs that must be the account's own are. */
  owns(accountId: string, request: Request): Promise<boolean>;
  /** True when the account has never confirmed anything for this payee. */
  firstTime(accountId: string, request: Request): Promise<boolean>;
  /** Undefined when the element may be confirmed; otherwise why not, for the site's developer (PROTOCOL 9), and how it was decided. */
  refuse(element: unknown, clientId: string): Promise<Refusal | undefined>;
}

/** `whole`: the code holds every detail. `link` always does, for a client on the same device: a link may be longer than a code. */
export interface QrTexts {
  text: string;
  whole: boolean;
  link: string;
}

export interface Refusal {
  description: string;
  /** For the log, under the request's reference. */
  steps?: readonly string[];
}

export interface ConfirmationPorts {
  database: Database;
  clock: Clock;
  digest: Digester;
  confirming: Confirming;
  authentication: Pick<Authentication, "answer">;
  byCode: Pick<ByCode, "answer">;
  types: OperationTypes;
  /** The `sub` that the site pinned in its request. */
  pinnedSubject(visit: Visit): string | undefined;
  issuer: string;
  /** That of the moment, which signs statements. */
  key(): { kid: string; privateJwk: object };
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

  const of: Confirmations["of"] = async (visit) => {
    const row = await confirmationOfContext(database, contextKey(visit));
    return row === undefined
      ? undefined
      : { confirmed: toConfirmed(row, visit.accountId === undefined), accountId: row.account_id };
  };

  const confirmedBy = async (visit: Visit): Promise<Judged> => {
    const done = await of(visit);
    if (done === undefined) throw new Error("an accepted operation has left no confirmation");
    return { kind: "confirmed", ...done };
  };

  /** What takes a right answer back, as a verdict. */
  const orJudged = async <Verdict>(request: Request, answer: () => Promise<Verdict>): Promise<Verdict | Judged> => {
    try {
      return await answer();
    } catch (error) {
      if (error instanceof DemandsMore) return { kind: "demands-more", decision: error.decision };
      if (!(error instanceof NotConfirmed)) throw error;
      const { reason } = error;
      return reason === "already-confirmed" ? { kind: reason, id: await former(request) } : { kind: reason };
    }
  };

  const codeFor: Confirmations["codeFor"] = ({ operation, client }) => ({
    purpose: "operation",
    bound: JSON.stringify([client.id, operation]),
    about: (locale) => aboutOf(types.describe(operation, locale)),
  });

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
    const { privateJwk, kid } = ports.key();
    const signed = await signStatement(token, privateJwk, kid);
    const named = { kind: "operation", challenge: digits, request: id } as const;
    const link = printQrText({ ...named, token: signed });
    return link.length <= QR_LIMIT
      ? { text: link, whole: true, link }
      : { text: printQrText(named), whole: false, link };
  };

  return {
    of,
    decide: (request, accountId) => confirming.decide(database, request, accountId),
    statement(request, decision) {
      const { typed, scanned } = types.statementsOf(request.operation, request.client);
      return bindingsOf(decision).includes(typed.mode) ? typed : scanned;
    },
    owns: (accountId, request) => confirming.owns(database, accountId, request),
    former,
    details: (visit, request) =>
      writeKept({ ...request, context: contextKey(visit), pinned: ports.pinnedSubject(visit) }),
    request(visit) {
      const [element] = JSON.parse(visit.params["authorization_details"] ?? "[]");
      return requestFor(types, element, { id: visit.site.clientId, name: visit.site.name });
    },

    async answer(asking, request, response, pinned) {
      // Without an account wherever nobody is signed in, so that an account and a decoy cost the same.
      const decision = await confirming.decide(database, request, asking.visit.accountId);
      const verdict = await orJudged(request, () =>
        ports.authentication.answer(
          asking,
          response,
          confirming.expectation(request, decision),
          async (sql, accepted, { digits: challenge }) => {
            const given = { ...accepted, challenge, signature: undefined };
            await confirming.confirm(sql, contextKey(asking.visit), request, given, pinned);
          },
        ),
      );
      return verdict.kind === "accepted" ? confirmedBy(asking.visit) : verdict;
    },

    async answerCode(asking, request, code, pinned) {
      const verdict = await orJudged(request, () =>
        ports.byCode.answer({ ...asking, ...codeFor(request) }, code, (sql, { accountId, answeredAt }) => {
          const given = { mode: "sms", accountId, answeredAt, ...NO_DEVICE } as const;
          return confirming.confirm(sql, contextKey(asking.visit), request, given, pinned);
        }),
      );
      return verdict.kind === "accepted" ? confirmedBy(asking.visit) : verdict;
    },
    codeFor,

    lifetime: ({ operation }) => types.lifetime(operation) * SECOND,

    qrText: (request, { id, digits, expiresAt }) => qrText(request, { id, digits, expiresAt }),

    async firstTime(accountId, request) {
      const recipient = recipientOf(confirming.statements(request).payment);
      return recipient !== null && !(await knowsRecipient(database, accountId, recipient));
    },

    async refuse(element, clientId) {
      const parsed = types.parse(element);
      if (!parsed.ok)
        return { description: `${parsed.member === "" ? "the element" : parsed.member}: ${parsed.reason}` };
      const former = await confirmationOfOperation(database, clientId, parsed.operation.operation_id);
      if (former !== undefined) return { description: `already confirmed: ${former.id}` };
      const request = { operation: parsed.operation, client: { id: clientId, name: clientId } };
      const decision = await confirming.decide(database, request, undefined);
      if (decision.kind === "confirm") return undefined;
      return { description: describeRefusal(decision.because), steps: decision.steps };
    },
  };
}

/** No phone has answered. */
const NO_DEVICE = { deviceId: undefined, challenge: undefined, signature: undefined };

/** What an SMS has room for. */
function aboutOf({ noun, amount, payee }: Described): AboutOperation {
  const account = payee?.purse ?? payee?.wmid;
  return {
    noun,
    ...(amount === undefined ? {} : { amount: `${amount.value} ${amount.currency}` }),
    ...(account === undefined ? {} : { payee: { name: payee?.name, account } }),
  };
}

/** For the site's developer, in the one language of OAuth's error descriptions. */
export function describeRefusal(because: Because): string {
  if (because.kind === "raised") return "refused by policy: stopped for now by the provider";
  const { window, limit, currency } = because;
  return `refused by policy: more than ${limit} ${currency} ${window === "each" ? "in one operation" : `a ${window}`}`;
}
