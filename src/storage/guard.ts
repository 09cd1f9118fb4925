/** Who may do what with kept keys, by the kit that every resource server can copy, and what a program is told that comes with less. */
import type { Context } from "koa";
import type { Requirement, Verdict } from "../../examples/resource-server/kit/judge.ts";
import { type Refusal, refusalOf } from "../../examples/resource-server/kit/refusal.ts";
import { catalogue, type ErrorCode } from "../errors.ts";
import type { Wmid } from "../wmid.ts";
import type { Action } from "./rules.ts";
import type { Allowed } from "./storage.ts";

export interface GuardPorts {
  /** The address that tokens are for. */
  resource: string;
  /** Where a program learns which provider gives them (RFC 9728). */
  metadata: string;
  /** The `acr` of a confirmed operation. */
  acr: string;
  /** The type of operation that is confirmed. */
  type: string;
  /** The kit's: from the header Authorization, and the proof beside it, to a verdict. */
  check(context: Context, authorization: string, wanted: Requirement): Promise<Verdict>;
  /** Of DPoP proofs (RFC 9449). */
  algorithms: readonly string[];
}

/** Undefined where the answer says what is missing. */
export type Guard = (context: Context, action: Action, wmid: Wmid) => Promise<Allowed | undefined>;

type Refused = Exclude<Verdict, { kind: "granted" }>;

export function createGuard(ports: GuardPorts): Guard {
  const { resource, acr, type } = ports;

  /** One confirmation repairs whatever the token's operation lacks, so that one challenge says it (RFC 9470 section 3). */
  const challenged = (why: string): Refused => ({ kind: "more-authentication", why, acr: [acr] });

  const judge = async (context: Context, action: Action, wmid: Wmid): Promise<Allowed | Refused> => {
    const authorization = context.get("authorization");
    if (/^bearer(?: |$)/i.test(authorization))
      return { kind: "invalid-token", why: "send a token that is bound to a key, with its proof (DPoP)", bound: true };
    const operation = { type, members: { wmid, action }, spentBy: "handler" } as const;
    const verdict = await ports.check(context, authorization, { operation });
    if (verdict.kind === "more-scope") return challenged(verdict.why);
    if (verdict.kind !== "granted") return verdict;
    const { sub: accountId, clientId, operation: confirmed } = verdict.access;
    if (confirmed === undefined || bindingOf(confirmed.details) !== "operation")
      return challenged("the phone must have shown what is confirmed: binding operation");
    return { accountId, clientId, confirmation: confirmed.txn };
  };

  return async (context, action, wmid) => {
    const judged = await judge(context, action, wmid);
    if (!("kind" in judged)) return judged;
    const { status, headers, body } = refusalOf(judged, resource, context.get("authorization"));
    const code = codeOf(judged);
    context.status = status;
    context.set({ ...headers, "WWW-Authenticate": challengeOf(judged, headers) });
    const asked = { acr_values: acr, resource, authorization_details: [{ type, wmid, action }] };
    const why = "error_description" in body ? { error: body.error, detail: body.error_description } : {};
    context.body = { type: `urn:e-num:problem:${code}`, title: catalogue[code].message, status, ...why, ...asked };
    context.type = "application/problem+json";
    context.state["fault"] = "detail" in why ? `${code}: ${why.detail}` : code;
    return undefined;
  };

  function challengeOf({ kind }: Refused, headers: Refusal["headers"]): string {
    const challenge =
      kind === "no-token"
        ? `DPoP realm="${resource}", algs="${ports.algorithms.join(" ")}"`
        : (headers["www-authenticate"] ?? "");
    return `${challenge}, resource_metadata="${ports.metadata}"`;
  }
}

function codeOf({ kind }: Refused): ErrorCode {
  switch (kind) {
    case "malformed":
      return "invalid-request";
    case "unavailable":
      return "unavailable";
    case "invalid-token":
    case "wrong-proof":
      return "invalid-token";
    case "no-token":
    case "more-authentication":
    case "more-scope":
      return "confirmation-needed";
    default:
      return kind satisfies never;
  }
}

function bindingOf(details: Readonly<Record<string, unknown>>): unknown {
  const { confirmation } = details;
  return typeof confirmation === "object" && confirmation !== null && "binding" in confirmation
    ? confirmation.binding
    : undefined;
}
