import type Provider from "oidc-provider";
import { errors, type InteractionResults } from "oidc-provider";
import { epochSeconds } from "../clock.ts";
import type { Sql } from "../database/database.ts";
import { Fault } from "../errors.ts";
import type { Conclude, Final, Outcome, Visit } from "./step.ts";

export interface ConcludePorts {
  provider: () => Provider;
  /** Does what oidc-provider reads and writes for this request in a transaction. */
  within<T>(sql: Sql, work: () => Promise<T>): Promise<T>;
}

/** The only caller of oidc-provider's `interactionResult`. */
export function createConclude({ provider, within }: ConcludePorts): Conclude {
  return async ({ req, res }, visit, final, sql) => {
    const { result, merge } = await resultOf(provider(), visit, final);
    const keep = () => provider().interactionResult(req, res, result, { mergeWithLastSubmission: merge });
    return orLost(sql === undefined ? keep() : within(sql, keep));
  };
}

/** An interaction is gone when its time is over, its cookies are lost, or another tab of this browser has finished it. */
export async function orLost<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof errors.SessionNotFound)
      throw new Fault("session-lost", { detail: error.error_description ?? error.message });
    throw error;
  }
}

async function resultOf(
  provider: Provider,
  visit: Visit,
  outcome: Final,
): Promise<{ result: InteractionResults; merge: boolean }> {
  switch (outcome.kind) {
    case "login": {
      const { accountId, acr, amr, at } = outcome;
      // `ts` is always given: merged into the consent's submission without it, auth_time would move on.
      const login = { accountId, acr, amr: [...amr], ts: epochSeconds(at), remember: false };
      const result: InteractionResults = { login };
      if (visit.prompt === "create") result["create"] = {};
      return { result, merge: false };
    }
    case "confirmation":
      return { result: await confirmationResult(provider, visit, outcome), merge: true };
    case "consent":
      return { result: { consent: { grantId: outcome.grantId } }, merge: true };
    case "clear":
      return { result: { closing: {} }, merge: true };
    case "refused":
      return { result: { error: outcome.error, error_description: outcome.description }, merge: false };
    default:
      return outcome satisfies never;
  }
}

/**
 * Who was not signed in is so for this request alone; who was keeps the session's own time and acr, and has answered `prompt=login` and
 * `max_age` by the operation's response.
 */
async function confirmationResult(
  provider: Provider,
  visit: Visit,
  { accountId, result }: Extract<Outcome, { kind: "confirmation" }>,
): Promise<InteractionResults> {
  const confirmation = { confirmation: { ...result } };
  if (result.sessionless) {
    // Of a session that ends with this request; a code by SMS is no login in it either.
    const acr = result.acr === "urn:e-num:acr:sms" ? result.acr : "urn:e-num:acr:login";
    const login = { accountId, acr, amr: [...result.amr], ts: result.at, remember: false };
    return { ...confirmation, login };
  }
  const session = visit.sessionUid === undefined ? undefined : await provider.Session.findByUid(visit.sessionUid);
  const { loginTs: ts, acr, amr } = session ?? {};
  if (ts === undefined || acr === undefined || amr === undefined) return confirmation;
  return { ...confirmation, login: { accountId, acr, amr, ts, remember: false } };
}
